"""Tables that the server sorts and pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from polku.errors import InvalidInput
from polku.i18n import LazyText

SIZES: Final = (25, 50, 100, 200)
DEEPEST_PAGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column. `sort` is its key in the query string, empty when it cannot be sorted by."""

    title: LazyText
    sort: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class TableRequest:
    """Which rows a reader asks for: `?sort=-name&page=2&size=50` (a minus: descending)."""

    sort: str
    descending: bool
    page: int
    size: int
    path: str
    others: tuple[tuple[str, str], ...]  # the rest of the query string, which links keep

    @classmethod
    def read(
        cls, query: QueryParams, *, path: str, sorts: Sequence[str], default: str, size: int = 50
    ) -> TableRequest:
        """`sorts` is the allow-list; `default` one of them, with a minus when descending.

        Raises InvalidInput when sort, page or size is not allowed.
        """
        sort = query.get("sort", default)
        if sort.removeprefix("-") not in sorts:
            raise InvalidInput(
                "Cannot sort by '%(sort)s'. Allowed: %(allowed)s", sort=sort, allowed=", ".join(sorts)
            )
        page = _whole(query.get("page", "1"), "page", most=DEEPEST_PAGE)
        size = _whole(query.get("size", str(size)), "size", most=SIZES[-1])
        others = tuple((k, v) for k, v in query.multi_items() if k not in ("sort", "page", "size"))
        return cls(sort.removeprefix("-"), sort.startswith("-"), page, size, path, others)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    def link(self, *, sort: str | None = None, page: int = 1) -> str:
        """The address of the same table sorted otherwise (from its first page) or on another page."""
        key = ("-" if self.descending else "") + self.sort if sort is None else sort
        return f"{self.path}?{urlencode([*self.others, ('sort', key), ('page', page), ('size', self.size)])}"

    def sort_link(self, column: Column) -> str:
        """Sort by a column, the greatest number first; the other way round when already sorted by it."""
        descending = not self.descending if column.sort == self.sort else column.numeric
        return self.link(sort=f"-{column.sort}" if descending else column.sort)

    def aria_sort(self, key: str) -> str:
        """ARIA's word for how the column with this sort key is sorted."""
        if key != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """The rows of one page of a table, out of `total`."""

    columns: Sequence[Column]
    rows: Sequence[R]
    total: int
    request: TableRequest

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.request.size))

    @property
    def first(self) -> int:
        return self.request.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.request.offset + len(self.rows)

    def near_pages(self) -> Iterator[int | None]:
        """Pages to link to: the first, the last, those beside this one; None stands for a gap."""
        here = self.request.page
        shown = sorted({1, self.pages} | {p for p in range(here - 1, here + 2) if 1 <= p <= self.pages})
        for before, page in zip([0, *shown], shown, strict=False):
            if page - before > 1:
                yield None
            yield page


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice above a page, a field of its GET form: options as (value, words), and the chosen value."""

    name: str
    title: LazyText
    options: Sequence[tuple[str, object]]
    value: str = ""


def _whole(text: str, name: str, *, most: int) -> int:
    if text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most:
        return int(text)
    raise InvalidInput(
        "'%(field)s' cannot be '%(given)s'. Allowed: whole numbers 1–%(most)s",
        field=name,
        given=text[:20],
        most=most,
    )
