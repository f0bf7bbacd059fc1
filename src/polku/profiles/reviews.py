"""Possibly the same person: two known users whom events have shown together. A person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import numpy as np
from pydantic import Field

from polku.answer import Answer
from polku.errors import NotFound
from polku.profiles import profile as view
from polku.profiles.graph import Edge, Pair
from polku.profiles.identity import Identities, IdentityMap
from polku.profiles.joining import Outcome
from polku.profiles.reading import Customer, Reading
from polku.profiles.search import Named
from polku.store import LABEL_TYPES
from polku.workspace import Query, Role, Workspace


@dataclass(frozen=True, slots=True)
class Candidates:
    """Two profiles that may be one person, and the edges that say so, oldest first."""

    pair: Pair
    edges: tuple[Edge, ...]


def candidates(who: IdentityMap, conflicts: Sequence[Edge]) -> list[Candidates]:
    """Pairs of profiles to be judged: those with the most evidence first, then the newest."""
    users = [e for e in conflicts if e.outcome is Outcome.TWO_USERS]
    ends = np.array([(e.a, e.b) for e in users], np.uint64).reshape(-1, 2)
    pairs = zip(who.profiles(ends[:, 0]).tolist(), who.profiles(ends[:, 1]).tolist(), strict=True)
    found: dict[Pair, list[Edge]] = {}
    for edge, (p, q) in zip(users, pairs, strict=True):
        found.setdefault((min(p, q), max(p, q)), []).append(edge)
    ordered = sorted(found.items(), key=lambda f: (len(f[1]), f[1][-1].seq), reverse=True)
    return [Candidates(pair, tuple(edges)) for pair, edges in ordered]


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
class ReviewList(Answer):
    """Pairs that wait for a person's judgement, those with the most evidence first."""

    total: int
    reviews: tuple[Review, ...]


class ProfileReviews(Query):
    """Pairs of customers that may be the same person."""

    path: ClassVar[str] = "profiles/reviews"
    role: ClassVar[Role] = "analyst"
    offset: int = Field(default=0, ge=0, description="How many to skip")
    limit: int = Field(default=20, ge=1, le=100, description="How many pairs")

    def answer(self, workspace: Workspace) -> ReviewList:
        reading = Reading.now(workspace)
        waiting = candidates(reading.who, reading.who.conflicts)
        page = waiting[self.offset : self.offset + self.limit]
        return ReviewList(len(waiting), tuple(_review(c, reading) for c in page))


def pair_of(text: str, workspace: Workspace) -> tuple[int, int]:
    """The two profiles that a review's `pair` names. Raises NotFound."""
    one, _, other = text.partition("-")
    who = workspace.part(Identities).current()
    try:
        return who.find(one), who.find(other)
    except NotFound:
        raise NotFound("There is no pair '%(pair)s'. See: polku profiles reviews", pair=text) from None


def review_of(text: str, workspace: Workspace) -> Review:
    """The review of a pair. Raises NotFound if it does not wait for a judgement."""
    pair, reading = pair_of(text, workspace), Reading.now(workspace)
    for waiting in candidates(reading.who, reading.who.conflicts):
        if set(waiting.pair) == set(pair):
            return _review(waiting, reading)
    raise NotFound(
        "The pair '%(pair)s' does not wait for a judgement. See: polku profiles reviews", pair=text
    )


def _review(candidates: Candidates, reading: Reading) -> Review:
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
