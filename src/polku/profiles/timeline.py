"""The timeline of a profile: newest first, page by page, what happened with score and comment."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from math import isnan

import numpy as np

from polku.answer import Answer
from polku.errors import InvalidInput
from polku.profiles.encounters import Encounters
from polku.profiles.naming import SourceLabel, TouchpointLabel, TouchpointNames
from polku.store import EventType, Snapshot

UNKNOWN_CHANNEL = "other"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a profile. `title` is its touchpoint's name, else the name it came with."""

    seq: int
    at: datetime
    type: str  # track, page, screen, identify, group, alias
    name: str
    title: str
    touchpoint: str | None
    stage: str | None
    channel: str
    source: str
    value: float | None
    score: float | None  # −100…100
    answer: str | None  # the answer as it was given, e.g. 'nps 9'
    comment: str | None


@dataclass(frozen=True, slots=True)
class Timeline(Answer):
    """A page of a profile's events, newest first; `older` continues it (as `before`), None at the end."""

    profile: str
    events: int
    channels: dict[str, int]  # how many events of each channel
    happenings: tuple[Happening, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """Puts touchpoints, channels and sources into words."""

    names: TouchpointNames
    sources: dict[int, SourceLabel]
    language: str

    _labels: dict[int, TouchpointLabel | None] = field(default_factory=dict)

    def label(self, touchpoint: int) -> TouchpointLabel | None:
        """None for no touchpoint, and for one that is there no more."""
        if touchpoint and touchpoint not in self._labels:
            self._labels[touchpoint] = self.names.label(touchpoint, self.language)
        return self._labels.get(touchpoint)

    def channels(self, path: Encounters) -> list[str]:
        """The channel of each event."""
        channel = cache(self.channel)
        return [channel(t, s) for t, s in zip(path.touchpoint.tolist(), path.source.tolist(), strict=True)]

    def channel(self, touchpoint: int, source: int) -> str:
        """The touchpoint's, else the source's."""
        if label := self.label(touchpoint):
            return label.channel
        return self.sources[source].channel if source in self.sources else UNKNOWN_CHANNEL

    def source(self, source: int) -> str:
        return self.sources[source].name if source in self.sources else str(source)


def timeline(
    profile: int,
    path: Encounters,
    words: Words,
    snapshot: Snapshot,
    *,
    limit: int,
    before: str = "",
    channel: str = "",
) -> Timeline:
    """A page of a profile's events, newest first, from before `before` on, of one channel or all."""
    channels = words.channels(path)
    rows = np.arange(len(path))
    if channel:
        rows = np.array([i for i, c in enumerate(channels) if c == channel], np.int64)
    if before:
        time, seq = _mark(before)
        here = path.take(rows)
        rows = rows[(here.time < time) | ((here.time == time) & (here.seq < seq))]
    page = rows[-limit:]
    shown = path.take(page)
    older = f"{shown.time[0]}-{shown.seq[0]}" if len(rows) > len(page) else None
    return Timeline(
        f"{profile:016x}",
        len(path),
        dict(sorted(Counter(channels).items(), key=lambda c: (-c[1], c[0]))),
        tuple(happenings(shown, words, snapshot)[::-1]),
        older,
    )


def happenings(path: Encounters, words: Words, snapshot: Snapshot) -> list[Happening]:
    """Events in words, in their order."""
    answers = _answers(path, snapshot)
    channel = cache(words.channel)
    found = []
    for seq, time, of_kind, code, source, value, score in zip(
        *(
            getattr(path, c).tolist()
            for c in ("seq", "time", "kind", "touchpoint", "source", "value", "score")
        ),
        strict=True,
    ):
        kind, called = path.kinds[of_kind], words.label(code)
        answer, comment = answers.get(seq, (None, None))
        found.append(
            Happening(
                seq,
                datetime.fromtimestamp(time / 1000, UTC),
                EventType(kind.type).name.lower(),
                kind.name,
                called.name if called else kind.name,
                called.key if called else None,
                called.stage if called else None,
                channel(code, source),
                words.source(source),
                _number(value),
                _number(score),
                answer,
                comment,
            )
        )
    return found


def _answers(path: Encounters, snapshot: Snapshot) -> dict[int, tuple[str | None, str | None]]:
    """Of events with a score: the answer as given and the comment, by sequence number."""
    scored = path.seq[~np.isnan(path.score)]
    if not len(scored):
        return {}
    rows = snapshot.rows(scored, ["properties"])
    found: dict[int, tuple[str | None, str | None]] = {}
    for row in rows.to_pylist():
        said = json.loads(row["properties"] or "{}")
        given = f"{said.get('metric', '')} {said['score']}".strip() if "score" in said else None
        comment = said.get("comment")
        found[row["seq"]] = given, comment if isinstance(comment, str) and comment.strip() else None
    return found


def _mark(before: str) -> tuple[int, int]:
    time, _, seq = before.partition("-")
    if not (time.isdecimal() and seq.isdecimal() and len(before) < 40):
        raise InvalidInput(
            "'before' cannot be '%(given)s'. Give what 'older' of the page before said.", given=before[:40]
        )
    return int(time), int(seq)


def _number(x: float) -> float | None:
    return None if isnan(x) else round(x, 2)
