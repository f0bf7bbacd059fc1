"""What people ask of profiles; the API, the command line and the library derive from these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from polku.answer import Answer
from polku.profiles import profile as view
from polku.profiles.customers import CustomerColumns, Customers
from polku.profiles.graph import Edge
from polku.profiles.identity import Identities
from polku.profiles.left_out import MOST_SHOWN, LeftOut, left_out, refused
from polku.profiles.people import display_name
from polku.profiles.profile import Profile360
from polku.profiles.reading import Customer, Reading, all_called
from polku.profiles.timeline import Timeline, timeline
from polku.store import LABEL_TYPES
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
class SearchResult(Answer):
    """Profiles that a text may mean, the best first."""

    text: str
    profiles: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class CustomerList(Answer):
    """A page of all customers, as of the last refresh of the journeys."""

    total: int
    as_of: datetime
    customers: tuple[Customer, ...]


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
        nobody = not reading.who.profile(profile)
        stayed_out = [] if nobody else refused(profile, reading.who)
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
            _left_out(stayed_out[:MOST_SHOWN], reading),
            len(stayed_out),
            nobody,
        )


def _left_out(those: list[tuple[int, Edge]], reading: Reading) -> tuple[LeftOut, ...]:
    seen = view.origins({e.seq for _, e in those}, reading.snapshot, reading.words)
    named = (n for n in reading.named(k for k, _ in those) if n.type not in LABEL_TYPES)
    return left_out(those, reading.who, named, seen)


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
        return timeline(
            profile,
            reading.path(profile),
            reading.words,
            reading.snapshot,
            limit=self.limit,
            before=self.before,
            channel=self.channel,
        )


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
        called = all_called([p for p, _ in found], reading)
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
        blocks, all_ = workspace.part(Customers).columns()
        rows = all_.order(self.sort, descending=not self.ascending, offset=self.offset, limit=self.limit)
        return CustomerList(len(all_), blocks.as_of, _in_rows(rows, all_, workspace))


def customers_of(profiles: Sequence[int], workspace: Workspace) -> tuple[Customer, ...]:
    """These profiles as rows of the customers' table, in this order; those that are no more are left out."""
    _, all_ = workspace.part(Customers).columns()
    places = np.flatnonzero(np.isin(all_.profile, np.array(profiles, np.uint64)))
    row_of = dict(zip(all_.profile[places].tolist(), places.tolist(), strict=True))
    rows = np.array([row_of[p] for p in profiles if p in row_of], np.int64)
    return _in_rows(rows, all_, workspace)


def _in_rows(
    rows: npt.NDArray[np.int64], all_: CustomerColumns, workspace: Workspace
) -> tuple[Customer, ...]:
    called = all_called(all_.profile[rows].tolist(), Reading.now(workspace))
    return tuple(
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
