"""What customers said in their own words, read from events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from polku.store import EventType, Snapshot

TEXTS: Final = ("comment", "review_body")
"""Properties of an event that are somebody's own words: of responses and reviews, whoever sends them."""
_ALWAYS: Final = ("seq", "key", "source", "type", "name", "occurred_at", "score", "properties")
MOST_PARTS: Final = 8
"""Comments that one event may hold: a survey may ask several."""

OpenAnswers = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Of a survey's response (its properties), the answers that are free text, by question."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it is in its event. `at` is in seconds since 1970; `touchpoint` a key, or "" where none is known."""

    seq: int
    part: int
    key: int
    at: int
    touchpoint: str
    score: float | None
    expected: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Touched:
    """How events get their touchpoints: the columns that the rules look at, their codes, and the codes' keys."""

    columns: tuple[str, ...]
    codes: Callable[[pa.Table], Any]
    keys: Mapping[int, str]

    def of(self, events: pa.Table) -> list[str]:
        return [self.keys.get(int(code), "") for code in np.asarray(self.codes(events))]


def said_after(
    snapshot: Snapshot, seq: int, touched: Touched, answers: OpenAnswers
) -> Iterator[tuple[int, list[Said]]]:
    """Comments of events with a number above `seq`, a segment at a time in order of arrival, with its last number."""
    for part in snapshot.after(seq).alone():
        segments = part.segments["events"]
        last = segments[-1].last_seq if segments else part.tails["events"][-1]["seq"][-1].as_py()
        yield last, list(_of(_rows(part, seq, touched), touched, answers))


def said_in(snapshot: Snapshot, seq: int, touched: Touched, answers: OpenAnswers) -> list[Said]:
    """Comments of the event with this number."""
    return list(_of(_rows(snapshot.after(seq - 1), seq - 1, touched, last=seq), touched, answers))


def _rows(snapshot: Snapshot, seq: int, touched: Touched, *, last: int | None = None) -> pa.Table:
    columns = dict.fromkeys([*_ALWAYS, *touched.columns])
    listed = ", ".join(f'"{c}"' for c in columns)
    holds = " OR ".join(f"contains(properties, '\"{name}\"')" for name in (*TEXTS, "answers"))
    return snapshot.sql(
        f"SELECT {listed} FROM events WHERE seq > $seq AND seq <= $last AND type = $type AND ({holds}) ORDER BY seq",  # noqa: S608 - names are ours
        {"seq": seq, "last": snapshot.next_seq if last is None else last, "type": int(EventType.TRACK)},
    )


def _of(events: pa.Table, touched: Touched, answers: OpenAnswers) -> Iterator[Said]:
    if not events.num_rows:
        return
    of_rules = touched.of(events)
    known = set(touched.keys.values())
    rows = events.select(["seq", "key", "occurred_at", "score", "properties"]).to_pylist()
    for row, by_rule in zip(rows, of_rules, strict=True):
        about = json.loads(row["properties"] or "{}")
        named = about.get("touchpoint")
        touchpoint = named if isinstance(named, str) and named in known else by_rule
        spoken = about.get("language")
        for part, text in enumerate(_texts(about, answers)):
            yield Said(
                row["seq"],
                part,
                row["key"],
                max(0, int(row["occurred_at"].timestamp())),
                touchpoint,
                row["score"],
                spoken if isinstance(spoken, str) else None,
                text,
            )


def _texts(about: Mapping[str, Any], answers: OpenAnswers) -> list[str]:
    """Each text once: a response's comment is one of its answers too."""
    found = [about[name] for name in TEXTS if isinstance(about.get(name), str)]
    if "survey" in about and isinstance(about.get("answers"), dict):
        found += answers(about).values()
    return list(dict.fromkeys(text for text in (t.strip() for t in found) if text))[:MOST_PARTS]
