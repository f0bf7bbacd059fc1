"""The timeline of a profile: newest first, page by page, what happened with score and comment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from polku.errors import InvalidInput
from polku.profiles.encounters import Encounters
from polku.profiles.naming import SourceLabel, TouchpointNames
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
class Timeline:
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

    def channels(self, path: Encounters) -> list[str]:
        """The channel of each event: its touchpoint's, else its source's."""
        pairs, inverse = np.unique(
            path.touchpoint.astype(np.int64) << 16 | path.source.astype(np.int64), return_inverse=True
        )
        words = [self.channel(int(p) >> 16, int(p) & 0xFFFF) for p in pairs]
        return [words[i] for i in inverse.tolist()]

    def channel(self, touchpoint: int, source: int) -> str:
        label = self.names.label(touchpoint, self.language) if touchpoint else None
        if label is not None:
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
    of = np.array(words.channels(path), object)
    names, numbers = np.unique(of.astype(str), return_counts=True)
    rows = np.arange(len(path))
    if channel:
        rows = rows[of == channel]
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
        dict(sorted(zip(names.tolist(), numbers.tolist(), strict=True), key=lambda c: -c[1])),
        tuple(happenings(shown, words, snapshot)[::-1]),
        older,
    )


def happenings(path: Encounters, words: Words, snapshot: Snapshot) -> list[Happening]:
    """Events in words, in their order."""
    answers = _answers(path, snapshot)
    found = []
    for i, channel in enumerate(words.channels(path)):
        kind, code = path.kinds[path.kind[i]], int(path.touchpoint[i])
        label = words.names.label(code, words.language) if code else None
        answer, comment = answers.get(int(path.seq[i]), (None, None))
        found.append(
            Happening(
                int(path.seq[i]),
                datetime.fromtimestamp(int(path.time[i]) / 1000, UTC),
                EventType(kind.type).name.lower(),
                kind.name,
                label.name if label else kind.name,
                label.key if label else None,
                label.stage if label else None,
                channel,
                words.source(int(path.source[i])),
                _number(path.value[i]),
                _number(path.score[i]),
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


def _number(x: np.float32) -> float | None:
    return None if np.isnan(x) else round(float(x), 2)
