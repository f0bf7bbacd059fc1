"""Which touchpoint an event is: rules tried in order, the first that matches decides.

Order: `position` (smaller first); then the more particular rule, that is the one with more conditions, then
an exact name before a pattern, then the one whose texts are longer; then that of the older touchpoint. So
"page /checkout*" wins over "any page" without anyone having to say so. Capital letters never matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from polku.journeys.touchpoints.conditions import (
    PathPattern,
    Pattern,
    PropertyCondition,
    folded,
    folded_column,
    parse,
)
from polku.store import EventType
from polku.store.numbering import distinct

USUAL_POSITION: Final = 100
TYPES: Final = tuple(t.name.lower() for t in EventType)

Codes = npt.NDArray[np.uint16]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rule:
    """Conditions that an event must all meet to be a touchpoint; an empty one is no condition."""

    touchpoint: int = 0  # its code
    source: str = ""  # a source's name
    type: str = ""  # one of TYPES
    name: str = ""  # of the event; `*` stands for any text
    path: str = ""  # of the page, without host and query; `*` stands for any text
    property: str = ""
    operator: str = ""  # one of conditions.OPERATORS
    value: str = ""
    position: int = USUAL_POSITION

    @cached_property
    def order(self) -> tuple[int, ...]:
        conditions = sum(map(bool, (self.source, self.type, self.name, self.path, self.property)))
        name, path = Pattern(self.name), Pattern(self.path)
        exact = bool(self.name and name.is_exact)
        return (self.position, -conditions, -exact, -name.literal - path.literal, self.touchpoint)


@dataclass(frozen=True)
class _Compiled:
    """A rule, its source and type as numbers."""

    code: int
    source: int | None
    type: int | None
    name: Pattern | None
    path: PathPattern | None
    about: PropertyCondition | None

    @property
    def looks_at_rows(self) -> bool:
        return self.path is not None or self.about is not None


class Rules:
    """Rules in their order, ready to be applied. `sources` are numbers by name; a rule of an unknown source
    matches nothing until the source comes."""

    def __init__(self, rules: Iterable[Rule], sources: Mapping[str, int]) -> None:
        numbers = {folded(name): number for name, number in sources.items()}
        ordered = sorted(rules, key=lambda r: r.order)
        possible = [r for r in ordered if not r.source or folded(r.source) in numbers]
        self.rules: tuple[Rule, ...] = tuple(ordered)
        self._compiled = [_compile(r, numbers) for r in possible]
        self._named: dict[str, list[int]] = {}
        self._patterned: list[int] = []
        for i, rule in enumerate(self._compiled):
            if rule.name is not None and rule.name.is_exact:
                self._named.setdefault(folded(rule.name.text), []).append(i)
            else:
                self._patterned.append(i)
        self.version = _version(self._compiled)
        self.columns: Sequence[str] = tuple(
            column
            for column, wanted in (
                ("path", any(r.path for r in self._compiled)),
                ("properties", any(r.about for r in self._compiled)),
            )
            if wanted
        )

    def touchpoints(self, events: pa.Table) -> Codes:
        """The touchpoint's code of each event, 0 for none.

        `events` has the columns source, type, name and `columns`.
        """
        if not events.num_rows or not self._compiled:
            return np.zeros(events.num_rows, np.uint16)
        kind, plans = self._plans(events)
        decided = np.array([self._decision(p) for p in plans], np.int64)
        open_plans = np.flatnonzero(decided < 0)
        codes: Codes = np.maximum(decided, 0).astype(np.uint16)[kind]
        if len(open_plans):
            self._look_at_rows(events, kind, [(int(k), plans[k]) for k in open_plans], codes)
        return codes

    def _plans(self, events: pa.Table) -> tuple[Rows, list[tuple[int, ...]]]:
        """The number of each event's plan: the rules that its source, type and name leave possible."""
        names: Any = events["name"].combine_chunks().dictionary_encode()
        source_type = events["source"].to_numpy().astype(np.int64) << 8 | events["type"].to_numpy()
        outer, outer_at = distinct(source_type)
        key = outer_at * len(names.dictionary) + names.indices.to_numpy()
        kinds, kind_at = distinct(key)
        by_name = [self._possible(n) for n in folded_column(names.dictionary).to_pylist()]
        numbers: dict[tuple[int, ...], int] = {}
        plan_of_kind = np.empty(len(kinds), np.int64)
        for k, at in enumerate(kinds.tolist()):
            source, type_ = divmod(int(outer[at // len(by_name)]), 256)
            plan = self._until_certain(by_name[at % len(by_name)], source, type_)
            plan_of_kind[k] = numbers.setdefault(plan, len(numbers))
        return plan_of_kind[kind_at], list(numbers)

    def _possible(self, name: str) -> list[int]:
        """Rules whose name condition this (folded) name meets, in order."""
        rules = self._compiled
        patterned = [i for i in self._patterned if (p := rules[i].name) is None or p.matches(name)]
        return sorted(self._named.get(name, []) + patterned)

    def _until_certain(self, possible: list[int], source: int, type_: int) -> tuple[int, ...]:
        plan = []
        for i in possible:
            rule = self._compiled[i]
            if rule.source in (None, source) and rule.type in (None, type_):
                plan.append(i)
                if not rule.looks_at_rows:
                    break
        return tuple(plan)

    def _decision(self, plan: tuple[int, ...]) -> int:
        """The code if the plan decides by itself, else −1."""
        if not plan:
            return 0
        first = self._compiled[plan[0]]
        return -1 if first.looks_at_rows else first.code

    def _look_at_rows(
        self, events: pa.Table, kind: Rows, plans: list[tuple[int, tuple[int, ...]]], codes: Codes
    ) -> None:
        by_row = _RowConditions(events, self._compiled)
        for number, plan in plans:
            rows = np.flatnonzero(kind == number)
            for i in plan:
                rule = self._compiled[i]
                hit = by_row.hits(i, rows)
                codes[rows[hit]] = rule.code
                rows = rows[~hit]
                if not len(rows):
                    break


class _RowConditions:
    """Path and property conditions over one table: each distinct path is looked at once."""

    def __init__(self, events: pa.Table, rules: Sequence[_Compiled]) -> None:
        self._events, self._rules = events, rules
        self._masks: dict[PathPattern, npt.NDArray[np.bool_]] = {}

    def hits(self, rule: int, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which of these rows meet the rule's path and property conditions."""
        path, about = self._rules[rule].path, self._rules[rule].about
        hit = self._path_hits(path)[self._path_at[rows]] if path else np.ones(len(rows), np.bool_)
        if about is None:
            return hit
        texts = self._properties.take(pa.array(rows[hit]))
        possible = about.possible(texts)
        hit[hit] = possible.to_numpy(zero_copy_only=False)
        holds = [about.holds(parse(t)) for t in texts.filter(possible).to_pylist()]
        hit[hit] = np.array(holds, np.bool_)
        return hit

    def _path_hits(self, pattern: PathPattern) -> npt.NDArray[np.bool_]:
        if pattern not in self._masks:
            mask = pattern.matching(self._paths)
            self._masks[pattern] = mask.to_numpy(zero_copy_only=False)
        return self._masks[pattern]

    @cached_property
    def _encoded(self) -> Any:
        paths: Any = self._events["path"].combine_chunks()
        return pc.fill_null(paths, "").dictionary_encode()

    @cached_property
    def _properties(self) -> Any:
        return self._events["properties"].combine_chunks()  # taking from chunks costs far more

    @cached_property
    def _paths(self) -> Any:
        return folded_column(self._encoded.dictionary)

    @cached_property
    def _path_at(self) -> Rows:
        at: Rows = self._encoded.indices.to_numpy()
        return at


def _compile(rule: Rule, sources: Mapping[str, int]) -> _Compiled:
    return _Compiled(
        code=rule.touchpoint,
        source=sources[folded(rule.source)] if rule.source else None,
        type=int(EventType[rule.type.upper()]) if rule.type else None,
        name=Pattern(rule.name) if rule.name else None,
        path=PathPattern(rule.path) if rule.path else None,
        about=PropertyCondition(rule.property, rule.operator, rule.value) if rule.property else None,
    )


def _version(rules: Sequence[_Compiled]) -> str:
    """A hash of all that decides which touchpoint an event is; names and stages of touchpoints do not."""
    return hashlib.sha256(msgspec.json.encode([astuple(r) for r in rules])).hexdigest()[:16]
