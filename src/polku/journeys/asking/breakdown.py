"""What a page says of the groups of a breakdown: its own numbers of each, and which differ from the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlencode

from starlette.datastructures import URL, QueryParams

from polku.i18n import gettext, number, percent
from polku.journeys.asking.beside import Beside, Counts, beside_others
from polku.journeys.asking.filters import Filters
from polku.journeys.asking.lens import OTHERS
from polku.journeys.asking.marks import quoted
from polku.journeys.asking.results import Grouped
from polku.journeys.asking.telling import is_told, said, share
from polku.journeys.asking.who import BEGINNINGS, value_in_words
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.stats import Estimate

RARE: Final = "rare"
"""Why a number is not told of a group in which what it is about is too rare to be listed."""

Kind = Literal["share", "time", "score"]

_SIGNS: Final = set('=~<>!"[]')
"""A trait with these in its name has no condition that means it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a page: of all, and of each group. Where each customer counts once, `counts` are for how many of
    how many it holds, so that groups can be tested."""

    title: str
    whole: Estimate | None
    each: tuple[Estimate | None, ...]
    kind: Kind = "share"
    counts: tuple[Counts, ...] = ()


def measure(
    title: object, told: Grouped, of: Callable[[Any], Estimate | None], kind: Kind = "share"
) -> Measure:
    """A number that an answer tells of all and of each group."""
    return Measure(str(title), of(told), tuple(map(of, told.each)), kind)


def share_of(title: object, told: Grouped, of: Callable[[Any], Counts]) -> Measure:
    """A share of customers, each of whom counts once, from how many of how many."""
    counts = tuple(map(of, told.each))
    return Measure(str(title), share(*of(told)), tuple(share(*c) for c in counts), counts=counts)


def counts_of(told: Estimate | None) -> Counts:
    """How many of how many a share is; nobody where it is not told."""
    return (0, 0) if told is None or told.estimate is None else (round(told.estimate * told.n), told.n)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a group; beside that of the others where that can be tested."""

    estimate: Estimate | None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A group, the address of the same page of it alone, its numbers, how many customers with a touchpoint in all that
    was chosen are in it, and the address of their list; without addresses: they cannot be chosen; of all, the first."""

    name: str
    address: str
    cells: tuple[Cell, ...]
    customers: int = 0
    listed: str = ""

    @property
    def n(self) -> int | None:
        """How many all its numbers rest on, if on the same."""
        found = {c.estimate.n for c in self.cells if c.estimate is not None}
        return found.pop() if len(found) == 1 and len(self.cells) > 1 else None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups of a page; `tops` is the end of each measure's scale, from 0 (of scores from −top)."""

    by: str
    says: str
    measures: tuple[Measure, ...]
    tops: tuple[float, ...]
    rows: tuple[Row, ...]
    is_tested: bool


def breakdown_of(
    told: Grouped,
    measures: Sequence[Measure],
    those: Callable[[], Mapping[str, int]],
    *,
    filters: Filters,
    url: URL,
    catalogue: Catalogue,
    language: str,
) -> Breakdown | None:
    """What a page at `url` says of the groups of its answer; None where nothing was broken down. `those` tells how many
    customers with a touchpoint in all that was chosen are in each group, by its key, and (of the empty key) in all."""
    if not told.breakdown:
        return None
    by, keys = filters.breakdown, [g.key for g in told.breakdown]
    names = [
        gettext("Other groups") if k == OTHERS else value_in_words(by, k, catalogue, language) for k in keys
    ]
    compared = iter(beside_others([m.counts for m in measures if m.counts]))
    beside = [next(compared) if m.counts else [None] * len(keys) for m in measures]
    customers = those()
    rows = []
    for i, (key, name) in enumerate(zip(keys, names, strict=True)):
        cells = tuple(Cell(m.each[i], b[i]) for m, b in zip(measures, beside, strict=True))
        conditions = _conditions(by, key, keys)
        listed = filters.customers(*conditions) if conditions else ""
        rows.append(Row(name, _address(filters, url, conditions), cells, customers.get(key, 0), listed))
    everyone = customers.get("", 0), filters.customers()
    whole = Row(gettext("All together"), "", tuple(Cell(m.whole) for m in measures), *everyone)
    return Breakdown(
        str(BEGINNINGS.get(by, by)),
        _says(measures, rows),
        tuple(measures),
        tuple(_top(m) for m in measures),
        (whole, *rows),
        any(m.counts for m in measures),
    )


def _conditions(by: str, key: str, keys: Sequence[str]) -> tuple[str, ...]:
    """The conditions that make a group; none where they cannot be written."""
    if _SIGNS & set(by) or (":" in by and by not in BEGINNINGS):
        return ()
    if key == OTHERS:
        return (by, *(f"{by}!={quoted(k)}" for k in keys if k != OTHERS))
    return (f"{by}={quoted(key)}",)


def _address(filters: Filters, url: URL, conditions: tuple[str, ...]) -> str:
    """The same page of those of whom it is said now and for whom the conditions hold."""
    if not conditions:
        return ""
    alone = replace(filters, breakdown="", who=(*filters.who, *conditions))
    theirs = {"who", "whose", "is", "what", "breakdown", *(name for name, _ in filters.chosen)}
    own = [(n, v) for n, v in QueryParams(url.query).multi_items() if n not in theirs]
    return f"{url.path}?{urlencode([*own, *alone.chosen])}"


def _top(of: Measure) -> float:
    if of.kind == "score":
        return 100.0
    limits = [e.high for e in (of.whole, *of.each) if e is not None and e.high is not None]
    return max(limits, default=1.0) or 1.0


def _says(measures: Sequence[Measure], rows: Sequence[Row]) -> str:
    """Which group differs most from the others, if any does for sure."""
    found = [
        (row.name, m.title, cell.beside)
        for row in rows
        for m, cell in zip(measures, row.cells, strict=True)
        if cell.beside and is_told(cell.beside.difference)
    ]
    if not found:
        return ""
    clear = [f for f in found if f[2].is_clear]
    if not clear:
        return gettext("No group differs from the others for sure: it may be chance.")
    name, title, most = max(clear, key=lambda f: abs(f[2].difference.estimate or 0))
    points = most.difference.estimate or 0.0
    values = {
        "group": name,
        "measure": title,
        "share": percent(most.share.estimate or 0, 1),
        "others": percent(most.others.estimate or 0, 1),
        "points": f"{number(abs(points) * 100, 1)} ± {number((most.difference.half_width or 0) * 100, 1)}",
    }
    if points > 0:
        sentence = gettext(
            "%(group)s differs most. %(measure)s: %(share)s, of the others %(others)s, %(points)s percentage "
            "points more.",
            **values,
        )
    else:
        sentence = gettext(
            "%(group)s differs most. %(measure)s: %(share)s, of the others %(others)s, %(points)s percentage "
            "points less.",
            **values,
        )
    return said([sentence])
