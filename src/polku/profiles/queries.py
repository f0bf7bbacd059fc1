"""What people ask of profiles; the API, the command line and the library derive from these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from polku.errors import NotFound
from polku.i18n import current_language
from polku.profiles import profile as view
from polku.profiles import reviews
from polku.profiles.customers import Customers
from polku.profiles.encounters import Encounters, encounters
from polku.profiles.graph import Edge
from polku.profiles.identity import Identities, IdentityMap
from polku.profiles.naming import Naming
from polku.profiles.people import display_name, shown_identifiers
from polku.profiles.profile import Profile360
from polku.profiles.search import IdentifierIndex, Named
from polku.profiles.timeline import Timeline, Words, timeline
from polku.store import LABEL_TYPES, Snapshot
from polku.workspace import Query, Workspace


@dataclass(frozen=True, slots=True)
class Found:
    """A profile that was found, and by what."""

    id: str
    name: str
    matched: str
    matched_type: str
    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Profiles that a text may mean, the best first."""

    text: str
    profiles: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of the customers' table."""

    id: str
    name: str
    identifiers: tuple[str, ...]
    events: int
    first_seen: datetime
    last_seen: datetime
    orders: int
    value: float
    score: float | None


@dataclass(frozen=True, slots=True)
class CustomerList:
    """A page of all customers, as of the last refresh of the journeys."""

    total: int
    as_of: datetime
    customers: tuple[Customer, ...]


@dataclass(frozen=True, slots=True)
class ReviewEvidence:
    """An event that showed two known users together: by this identifier of one and that of the other."""

    event: str
    at: datetime | None
    source: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Review:
    """Two profiles that may be the same person."""

    pair: str  # both ids, as a decision names them
    one: Customer
    other: Customer
    evidence: tuple[ReviewEvidence, ...]


@dataclass(frozen=True, slots=True)
class ReviewList:
    """Pairs that wait for a person's judgement, those with the most evidence first."""

    total: int
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment of a workspace, for one answer."""

    who: IdentityMap
    snapshot: Snapshot
    words: Words
    index: IdentifierIndex
    workspace: Workspace

    @classmethod
    def now(cls, workspace: Workspace) -> Reading:
        snapshot = workspace.store.snapshot
        naming = workspace.part(Naming)
        words = Words(naming.names, naming.sources(), current_language())
        who = workspace.part(Identities).resolve(snapshot)
        return cls(who, snapshot, words, workspace.part(IdentifierIndex), workspace)

    def path(self, profile: int) -> Encounters:
        return encounters(profile, self.who, self.workspace.engine.blocks, self.snapshot, self.words.names)

    def named(self, keys: Iterable[int]) -> list[Named]:
        return self.index.named(keys, self.snapshot)

    def customer(self, profile: int) -> Customer:
        those = self.named(self.who.members(profile))
        numbers = view.key_numbers(self.path(profile))
        return Customer(**_called(profile, those), **{f: getattr(numbers, f) for f in _NUMBERS})


_NUMBERS = ("events", "first_seen", "last_seen", "orders", "value", "score")


class ProfileShow(Query):
    """One customer: who, key numbers, traits, and why the identifiers belong together."""

    path: ClassVar[str] = "profiles/show"
    positional: ClassVar[tuple[str, ...]] = ("id",)
    id: str = Field(description="Any identifier's value, 'type:value', or the profile's id")

    def answer(self, workspace: Workspace) -> Profile360:
        """Raises NotFound, and Conflict if the id points to several profiles."""
        reading = Reading.now(workspace)
        profile = reading.who.find(self.id)
        members = reading.who.members(profile)
        those, path = reading.named(members), reading.path(profile)
        stage, number = view.current_stage(path, reading.words)
        counts = view.events_by_key(path, reading.snapshot, members)
        values = {n.key: n.value for n in those if n.type not in LABEL_TYPES}
        decisions = workspace.part(Identities).decisions()
        touched = {k for d in decisions for p in d.pairs for k in p}
        values |= {n.key: n.value for n in reading.named(touched) if n.type not in LABEL_TYPES}
        numbers = view.key_numbers(path)
        return Profile360(
            f"{profile:016x}",
            display_name(those),
            stage,
            number,
            numbers,
            view.known_traits(path, reading.snapshot, reading.words),
            view.memberships(profile, reading.who, those, counts, reading.snapshot, reading.words),
            view.decisions_about(members, decisions, values),
        )


class ProfileTimeline(Query):
    """A customer's events over all channels, newest first."""

    path: ClassVar[str] = "profiles/timeline"
    positional: ClassVar[tuple[str, ...]] = ("id",)
    id: str = Field(description="Any identifier's value, 'type:value', or the profile's id")
    before: str = Field(default="", description="Where to go on: what 'older' of the page before said")
    limit: int = Field(default=50, ge=1, le=1000, description="How many events")
    channel: str = Field(default="", description="Only events of this channel, e.g. phone")

    def answer(self, workspace: Workspace) -> Timeline:
        """Raises NotFound, and Conflict if the id points to several profiles."""
        reading = Reading.now(workspace)
        profile = reading.who.find(self.id)
        asked = {"limit": self.limit, "before": self.before, "channel": self.channel}
        return timeline(profile, reading.path(profile), reading.words, reading.snapshot, **asked)  # type: ignore[arg-type]


class ProfileSearch(Query):
    """Find customers as you type, by any identifier, name or e-mail."""

    path: ClassVar[str] = "profiles/search"
    positional: ClassVar[tuple[str, ...]] = ("text",)
    text: str = Field(max_length=200, description="Any part of an identifier or a name")
    limit: int = Field(default=20, ge=1, le=100, description="How many profiles")

    def answer(self, workspace: Workspace) -> SearchResult:
        reading = Reading.now(workspace)
        hits = reading.index.find(self.text, reading.snapshot, most=4 * self.limit)
        profiles = reading.who.profiles(np.array([h.key for h in hits], np.uint64)).tolist()
        best: dict[int, Any] = {}
        for hit, profile in zip(hits, profiles, strict=True):
            best.setdefault(profile or hit.key, hit)
        found = list(best.items())[: self.limit]
        called = _all_called([p for p, _ in found], reading)
        return SearchResult(
            self.text,
            tuple(Found(**called[p], matched=hit.value, matched_type=hit.type) for p, hit in found),
        )


class ProfileList(Query):
    """All customers, the most recently active first."""

    path: ClassVar[str] = "profiles/list"
    sort: Literal["last_seen", "first_seen", "events", "value", "score"] = Field(
        default="last_seen", description="What to sort by"
    )
    ascending: bool = Field(default=False, description="The least first")
    offset: int = Field(default=0, ge=0, description="How many to skip")
    limit: int = Field(default=50, ge=1, le=200, description="How many profiles")

    def answer(self, workspace: Workspace) -> CustomerList:
        reading = Reading.now(workspace)
        blocks, all_ = workspace.part(Customers).columns()
        rows = all_.order(self.sort, descending=not self.ascending, offset=self.offset, limit=self.limit)
        called = _all_called(all_.profile[rows].tolist(), reading)
        customers = tuple(
            Customer(
                **called[int(all_.profile[r])],
                events=int(all_.events[r]),
                first_seen=datetime.fromtimestamp(int(all_.first_seen[r]), UTC),
                last_seen=datetime.fromtimestamp(int(all_.last_seen[r]), UTC),
                orders=int(all_.orders[r]),
                value=round(float(all_.value[r]), 2),
                score=None if np.isnan(all_.score[r]) else float(all_.score[r]),
            )
            for r in rows
        )
        return CustomerList(len(all_), blocks.as_of, customers)


class ProfileReviews(Query):
    """Pairs of customers that may be the same person."""

    path: ClassVar[str] = "profiles/reviews"
    offset: int = Field(default=0, ge=0, description="How many to skip")
    limit: int = Field(default=20, ge=1, le=100, description="How many pairs")

    def answer(self, workspace: Workspace) -> ReviewList:
        reading = Reading.now(workspace)
        waiting = reviews.candidates(reading.who, reading.who.conflicts)
        page = waiting[self.offset : self.offset + self.limit]
        return ReviewList(len(waiting), tuple(_review(c, reading) for c in page))


def pair_of(text: str, workspace: Workspace) -> tuple[int, int]:
    """The two profiles that a review's `pair` names. Raises NotFound."""
    one, _, other = text.partition("-")
    who = workspace.part(Identities).current()
    try:
        return who.find(one), who.find(other)
    except NotFound:
        raise NotFound(f"There is no pair '{text}'. See: polku profiles reviews") from None


def review_of(text: str, workspace: Workspace) -> Review:
    """The review of a pair. Raises NotFound if it does not wait for a judgement."""
    pair, reading = pair_of(text, workspace), Reading.now(workspace)
    for waiting in reviews.candidates(reading.who, reading.who.conflicts):
        if set(waiting.pair) == set(pair):
            return _review(waiting, reading)
    raise NotFound(f"The pair '{text}' does not wait for a judgement. See: polku profiles reviews")


def _review(candidates: reviews.Candidates, reading: Reading) -> Review:
    one, other = candidates.pair
    edges = candidates.edges[:20]
    names = {n.key: n for n in reading.named({k for e in edges for k in e.pair}) if n.type not in LABEL_TYPES}
    origins = view.origins({e.seq for e in edges}, reading.snapshot, reading.words)
    evidence = tuple(_shown(e, one, names, origins, reading.who) for e in edges)
    return Review(f"{one:016x}-{other:016x}", reading.customer(one), reading.customer(other), evidence)


def _shown(
    edge: Edge, one: int, names: dict[int, Named], origins: view.Origins, who: IdentityMap
) -> ReviewEvidence:
    a, b = (edge.a, edge.b) if who.profile(edge.a) == one else (edge.b, edge.a)
    words = [f"{names[k].type}:{names[k].value}" if k in names else f"{k:016x}" for k in (a, b)]
    event, at, source = origins.get(edge.seq, ("", None, ""))
    return ReviewEvidence(event, at, source, words[0], words[1])


def _all_called(profiles: list[int], reading: Reading) -> dict[int, dict[str, Any]]:
    """Id, name and identifiers of several profiles, looked up at once."""
    members = {p: reading.who.members(p) for p in profiles}
    by_key: dict[int, list[Named]] = {}
    for n in reading.named(k for keys in members.values() for k in keys):
        by_key.setdefault(n.key, []).append(n)
    return {p: _called(p, [n for k in keys for n in by_key.get(k, [])]) for p, keys in members.items()}


def _called(profile: int, those: list[Named]) -> dict[str, Any]:
    shown = tuple(n.value for n in shown_identifiers(those))
    return {"id": f"{profile:016x}", "name": display_name(those), "identifiers": shown}
