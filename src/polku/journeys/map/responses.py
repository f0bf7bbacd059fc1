"""The latest responses that follow a touchpoint, and what was said in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from polku.journeys.asking.scope import Scope
from polku.journeys.map.experience import FOLLOWS_WITHIN
from polku.journeys.map.kernels import respond
from polku.store import Block, Stored

Found = tuple[tuple[int, int, int], ...]
"""Of each response: time in seconds, sequence number, profile."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a profile answered."""

    profile: int
    at: datetime
    score: float
    survey: str
    comment: str


@dataclass(frozen=True)
class LatestQuestion:
    """The latest responses within 30 days after a touchpoint of the scope."""

    scope: Scope
    most: int = 24

    def partial(self, block: Block) -> Found:
        s, within = self.scope, int(FOLLOWS_WITHIN.total_seconds())
        rows = respond(
            block.starts, block.ends, block.time, block.touchpoint, block.source, block.score,
            s.index, self.most, within, s.limits,
        )[:, 0]  # fmt: skip
        rows = rows[rows >= 0]
        owners = block.profiles[np.searchsorted(block.starts, rows, side="right") - 1]
        columns = (block.time[rows], block.seq[rows], owners)
        return tuple(zip(*(c.tolist() for c in columns), strict=True))

    def merge(self, a: Found, b: Found) -> Found:
        return tuple(sorted(a + b, reverse=True)[: self.most])

    def finish(self, partial: Found) -> Found:
        return self.merge(partial, ())


def read_responses(stored: Stored, found: Found) -> list[Response]:
    """The responses with their words, the latest first. One that is no longer stored is left out."""
    if not found:
        return []
    owners = {seq: profile for _, seq, profile in found}
    table = stored.rows(np.array(list(owners), np.int64), ["seq", "occurred_at", "score", "properties"])
    told = []
    for row in table.to_pylist():
        if row["score"] is None:
            continue
        about = json.loads(row["properties"] or "{}")
        survey, comment = about.get("survey"), about.get("comment")
        told.append(
            Response(
                owners[row["seq"]],
                row["occurred_at"],
                float(row["score"]),
                survey if isinstance(survey, str) else "",
                comment.strip() if isinstance(comment, str) else "",
            )
        )
    return sorted(told, key=lambda r: r.at, reverse=True)
