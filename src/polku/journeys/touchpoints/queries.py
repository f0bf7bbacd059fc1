"""Questions about touchpoints and their rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from polku.answer import Answer
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.touchpoints.occurrences import Kinds, Occurrences
from polku.journeys.touchpoints.rules import Rule
from polku.store import EventType
from polku.workspace import Query, Workspace


@dataclass(frozen=True, slots=True)
class ListedTouchpoint:
    """A touchpoint and how many events are it."""

    key: str
    name_fi: str
    name_en: str
    channel: str
    stage: str | None  # key of its stage; null: not on the map
    events: int


@dataclass(frozen=True, slots=True)
class TouchpointList(Answer):
    """All touchpoints in order of the path, and how much of what happens they cover."""

    touchpoints: tuple[ListedTouchpoint, ...]
    events: int  # that belong to someone, whatever they are
    covered: int  # that are a touchpoint
    as_of: datetime


class ListTouchpoints(Query):
    """Touchpoints with their names, channel, stage and number of events."""

    path: ClassVar[str] = "touchpoints/list"

    def answer(self, workspace: Workspace) -> TouchpointList:
        catalogue = workspace.part(Touchpoints).catalogue()
        as_of, found = _counted(workspace)
        by_code: Counter[int] = Counter()
        for (_, _, code), count in found.items():
            by_code[code] += count
        listed = tuple(
            ListedTouchpoint(t.key, t.name_fi, t.name_en, t.channel, t.stage, by_code[t.code])
            for t in catalogue.touchpoints
        )
        return TouchpointList(listed, found.total(), found.total() - by_code[0], as_of)


@dataclass(frozen=True, slots=True)
class UnmatchedKind:
    """Events of one source, type and name that no rule matches."""

    source: str
    type: str  # track, page, …
    name: str  # empty where calls have none
    events: int


@dataclass(frozen=True, slots=True)
class UnmatchedEvents(Answer):
    """Events that are no touchpoint yet, the most frequent first."""

    kinds: tuple[UnmatchedKind, ...]
    different: int  # kinds in all, also those not listed
    events: int
    as_of: datetime


class ListUnmatched(Query):
    """Events that no touchpoint's rule matches: what is not on the path yet."""

    path: ClassVar[str] = "touchpoints/unmatched"

    limit: int = Field(50, ge=1, le=1000, description="How many kinds at most")

    def answer(self, workspace: Workspace) -> UnmatchedEvents:
        sources = {number: name for name, number in workspace.part(Touchpoints).sources().items()}
        as_of, found = _counted(workspace)
        kinds = workspace.engine.blocks.kinds
        open_ones: Counter[tuple[int, int]] = Counter()
        for (source, kind, code), count in found.items():
            if code == 0 and kind < len(kinds) and EventType(kinds[kind].type) not in _NO_CONTACT:
                open_ones[source, kind] += count
        listed = tuple(
            UnmatchedKind(
                sources.get(source, str(source)), EventType(kinds[k].type).name.lower(), kinds[k].name, count
            )
            for (source, k), count in open_ones.most_common(self.limit)
        )
        return UnmatchedEvents(listed, len(open_ones), open_ones.total(), as_of)


_NO_CONTACT = frozenset({EventType.IDENTIFY, EventType.GROUP, EventType.ALIAS})
"""They say who someone is; a rule can still make a touchpoint of them."""


@dataclass(frozen=True, slots=True)
class ShownRule:
    """Conditions that an event must all meet; an empty one is no condition."""

    source: str
    type: str
    name: str
    path: str
    property: str
    operator: str
    value: str
    position: int


@dataclass(frozen=True, slots=True)
class ShownTouchpoint(Answer):
    """A touchpoint with its rules."""

    key: str
    name_fi: str
    name_en: str
    channel: str
    stage: str | None
    position: int
    rules: tuple[ShownRule, ...]


class ShowTouchpoint(Query):
    """One touchpoint with its rules."""

    path: ClassVar[str] = "touchpoints/show"
    positional: ClassVar[tuple[str, ...]] = ("key",)

    key: str = Field(description="Its key, or its name in either language")

    def answer(self, workspace: Workspace) -> ShownTouchpoint:
        """Raises UnknownTouchpoint."""
        touchpoint = workspace.part(Touchpoints).catalogue().touchpoint(self.key)
        with workspace.db.session(read_only=True) as session:
            spec = store.load_spec(session, touchpoint.key)
        rules = tuple(shown_rule(r) for r in spec.rules)
        return ShownTouchpoint(
            spec.key, spec.name_fi, spec.name_en, spec.channel, spec.stage, spec.position or 0, rules
        )


def shown_rule(rule: Rule) -> ShownRule:
    values = asdict(rule)
    del values["touchpoint"]
    return ShownRule(**values)


def _counted(workspace: Workspace) -> tuple[datetime, Kinds]:
    as_of = workspace.engine.blocks.as_of
    return as_of, workspace.engine.ask(Occurrences())


QUERIES = (ListTouchpoints, ListUnmatched, ShowTouchpoint)
