"""Searching as you type: identifiers and names, folded, in memory."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.profiles.arrivals import IDENTIFIER, count, parts_after
from polku.store import Snapshot
from polku.workspace import Workspace

_NEW, _WORD = b"\n", b" "
_NFKD: Final = pc.Utf8NormalizeOptions("NFKD")
_MARKS: Final = r"[\x{0300}-\x{036f}]"
_OPAQUE: Final = frozenset({"anonymous_id"})
"""Types that nobody reads; searched only when what people read has been."""
SMALL: Final = 200_000


@dataclass(frozen=True, slots=True)
class Hit:
    """An identifier or name that was found. `rank`: 0 the whole, 1 its beginning, 2 a word's, 3 anywhere."""

    key: int
    type: str
    value: str
    rank: int


@dataclass(frozen=True, slots=True)
class Named:
    """An identifier, or a name of the identifier `key`, and the event that first showed it."""

    key: int
    type: str
    value: str
    seq: int


@dataclass(frozen=True, slots=True)
class _Texts:
    """Folded values, each between line ends, a space before each word, where each starts; rows by key."""

    text: bytes
    starts: npt.NDArray[np.int64]
    rows: pa.Table  # key, type, value, seq
    keys: npt.NDArray[np.uint64]
    by_key: npt.NDArray[np.int32]

    @classmethod
    def of(cls, rows: pa.Table) -> _Texts:
        folded = fold_column(rows["value"])
        lengths = pc.binary_length(folded).to_numpy().astype(np.int64) + 2
        starts = np.concatenate([np.ones(1, np.int64), 1 + np.cumsum(lengths)])[:-1]
        joined = _NEW + b"".join(part for v in folded.chunks for part in _lines(v))
        keys = rows["key"].to_numpy()
        by_key = np.argsort(keys, kind="stable").astype(np.int32)
        return cls(joined, starts, rows, keys[by_key], by_key)

    def row(self, number: int) -> Named:
        return Named(**self.rows.slice(number, 1).to_pylist()[0])

    def named(self, keys: npt.NDArray[np.uint64]) -> list[Named]:
        """The rows with these keys (sorted)."""
        low, high = (np.searchsorted(self.keys, keys, side=s) for s in ("left", "right"))
        rows = np.concatenate([np.zeros(0, np.int64), *map(np.arange, low, high)])
        return [Named(**r) for r in self.rows.take(self.by_key[rows]).to_pylist()]

    def find(self, needle: bytes, most: int) -> Iterator[int]:
        """Rows that hold `needle`, each once."""
        at, last = self.text.find(needle), -1
        while at >= 0 and most:
            row = int(np.searchsorted(self.starts, at + needle.startswith(_NEW), side="right")) - 1
            if row != last:
                yield row
                last, most = row, most - 1
            at = self.text.find(needle, at + 1)


class IdentifierIndex:
    """All identifiers and names of a workspace (`workspace.part(IdentifierIndex)`), current this second."""

    def __init__(self, workspace: Workspace) -> None:
        self._lock = threading.Lock()
        self._taken = 0
        self._readable: list[_Texts] = []
        self._opaque: list[_Texts] = []

    def find(self, text: str, snapshot: Snapshot, *, most: int) -> list[Hit]:
        """The best hits: whole before beginning before word before anywhere.

        What nobody reads is searched only if nothing else was found.
        """
        self._catch_up(snapshot)
        needle = fold(text).encode()
        if not needle:
            return []
        found = _best(self._readable, needle, most) or _best(self._opaque, needle, most)
        return sorted(found, key=lambda h: (h.rank, len(h.value), h.value))[:most]

    def named(self, keys: Iterable[int], snapshot: Snapshot) -> list[Named]:
        """The identifiers with these keys, and their names, as first seen."""
        self._catch_up(snapshot)
        wanted = np.unique(np.array(list(keys), np.uint64))
        return sorted(
            (n for part in (*self._readable, *self._opaque) for n in part.named(wanted)), key=lambda n: n.seq
        )

    def _catch_up(self, snapshot: Snapshot) -> None:
        if count(snapshot, "identifiers") <= self._taken:
            return
        with self._lock:
            for rows in parts_after(snapshot, "identifiers", IDENTIFIER, self._taken):
                self._taken += rows.num_rows
                opaque = pc.is_in(rows["type"], pa.array(sorted(_OPAQUE)))
                self._opaque = _grown(self._opaque, rows.filter(opaque))
                self._readable = _grown(self._readable, rows.filter(pc.invert(opaque)))


def _best(parts: Sequence[_Texts], needle: bytes, most: int) -> list[Hit]:
    """Hits of any rank; if there are more than `most`, better ones are looked for too."""
    found = _collected(parts, needle, most)
    if len(found) >= most:
        begun = _collected(parts, _WORD + needle, most)
        found |= begun
        if len(begun) >= most:
            found |= _collected(parts, _NEW + _WORD + needle + _NEW, most)
    return [_hit(parts[part].row(row), needle) for part, row in found]


def _collected(parts: Sequence[_Texts], pattern: bytes, most: int) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for number, part in enumerate(parts):
        found.update((number, row) for row in part.find(pattern, most - len(found)))
        if len(found) >= most:
            break
    return found


def _hit(named: Named, needle: bytes) -> Hit:
    return Hit(named.key, named.type, named.value, _rank(fold(named.value).encode(), needle))


def _grown(parts: list[_Texts], rows: pa.Table) -> list[_Texts]:
    """Parts with rows behind; small last parts are joined, so that there are few."""
    kept = list(parts)
    while kept and kept[-1].rows.num_rows < min(SMALL, 4 * rows.num_rows):
        rows = pa.concat_tables([kept.pop().rows, rows])
    return [*kept, _Texts.of(rows.combine_chunks())] if rows.num_rows else kept


def _rank(value: bytes, needle: bytes) -> int:
    if value == needle:
        return 0
    if value.startswith(needle):
        return 1
    return 2 if b" " + needle in value else 3


def fold(text: str) -> str:
    """Small letters without diacritics, single spaces: 'Äijälä ' is 'aijala'."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(c for c in plain if not "\u0300" <= c <= "\u036f").split())


def fold_column(values: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """`fold` of a whole column."""
    plain = pc.call_function("utf8_normalize", [pc.utf8_lower(values)], _NFKD)
    plain = pc.replace_substring_regex(plain, _MARKS, "")
    folded: pa.ChunkedArray[Any] = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"\s+", " "))
    return folded


def _lines(values: pa.Array[Any]) -> Iterator[bytes]:
    ended = pc.binary_join_element_wise(pa.scalar(" "), values, pa.scalar("\n"), pa.scalar(""))
    _, offsets, data = ended.buffers()
    if data is not None:
        low, high = np.frombuffer(offsets, np.int32)[[ended.offset, ended.offset + len(ended)]]
        yield data.to_pybytes()[low:high]
