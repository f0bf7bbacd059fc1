"""Comments that are stored told anew: by a changed taxonomy, another model, or a person's correction.

What a new understanding tells differently is put beside the comments, batch by batch, the newest first; when all have
been read it takes their place in one unit of work. Until then readers find what was told before, not a mixture, and a
stop in the middle loses nothing.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from polku.feedback.correcting import corrected
from polku.feedback.file import CommentFile, indexed
from polku.feedback.store import Correction
from polku.feedback.understanding import Understanding
from polku.text import LANGUAGES, Mention, Sentiment, reread

BATCH: Final = 500
_BESIDE: Final = "CREATE TABLE IF NOT EXISTS retold (comment INTEGER PRIMARY KEY, told TEXT NOT NULL)"
_NEWEST: Final = 1 << 62

CorrectionsOf = Callable[[Sequence[int]], Mapping[int, Correction]]
MentionRow = tuple[str, str, str, float]
"""Aspect, touchpoint, sentiment, how likely it is negative: a row of `mention`."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading anew is: `done` of `total` comments."""

    done: int
    total: int

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a comment, as it is stored."""

    sentiment: str | None
    negative: float | None
    positive: float | None
    mentions: tuple[MentionRow, ...]

    @staticmethod
    def of(feeling: Sentiment | None, mentions: Sequence[Mention]) -> Told:
        rows = tuple(
            (m.aspect or "", m.touchpoint or "", str(m.sentiment.label), m.sentiment.negative)
            for m in mentions
        )
        if feeling is None:
            return Told(None, None, None, rows)
        return Told(str(feeling.label), feeling.negative, feeling.positive, rows)


def progress(file: CommentFile) -> Progress | None:
    """None: nothing is being read anew."""
    state = file.state() if file.path.exists() else {}
    if "retelling" not in state:
        return None
    return Progress(int(state.get("retold", "0")), int(state["retell"]))


def read_anew(
    file: CommentFile,
    by: Understanding,
    corrections: CorrectionsOf,
    lock: threading.Lock,
    *,
    batches: int | None = None,
    stopping: threading.Event | None = None,
) -> bool:
    """Bring the file to what `by` tells; False when there are more than in so many batches, or it was stopped before.
    What was begun is gone on with.

    `lock` is held by whoever corrects a comment, so that no correction comes between reading and putting beside.
    """
    state = file.state()
    if state.get("understanding") == by.key:
        if "retelling" in state:  # the old understanding holds again
            _forget(file)
        return True
    if state.get("retelling") != by.key:
        _begin(file, by.key)
    cursor = int(file.state()["retell_below"])
    for _ in itertools.count() if batches is None else range(batches):
        if stopping and stopping.is_set():
            return False
        with lock:
            below = _next(file, by, corrections, cursor)
            if below is None:
                _put_in_place(file, by.key)
                return True
            cursor = below
    return False


def _next(file: CommentFile, by: Understanding, corrections: CorrectionsOf, cursor: int) -> int | None:
    """Read the next batch below a number, and return where the one after begins; None: there is none."""
    with file.reading() as connection:
        rows = connection.execute(
            "SELECT id, language, text, sentiment, negative, positive FROM comment WHERE id < ? "
            "ORDER BY id DESC LIMIT ?",
            (cursor, BATCH),
        ).fetchall()
        now = _mentions(connection, [row[0] for row in rows])
    if not rows:
        return None
    told = _told(rows, by, corrections([row[0] for row in rows]))
    stored = {row[0]: Told(row[3], row[4], row[5], tuple(now[row[0]])) for row in rows}
    changed = {id: one for id, one in told.items() if one != stored[id]}
    below: int = rows[-1][0]
    _put_beside(file, changed, below, len(rows))
    return below


def rewrite(connection: sqlite3.Connection, id: int, told: Told, *, touchpoint: str | None = None) -> None:
    """Store what is told of a comment now, in the unit of work of `connection`; None leaves the touchpoint."""
    row = connection.execute(
        "SELECT language, sentiment, levels, touchpoint, text FROM comment WHERE id = ?", (id,)
    ).fetchone()
    if row is None:
        return
    aspects = [a for (a,) in connection.execute("SELECT aspect FROM mention WHERE comment = ?", (id,)) if a]
    before = indexed(row, aspects)
    at = row[3] if touchpoint is None else touchpoint
    after = indexed((row[0], told.sentiment, row[2], at, row[4]), [m[0] for m in told.mentions if m[0]])
    connection.execute(
        "UPDATE comment SET sentiment = ?, negative = ?, positive = ?, touchpoint = ? WHERE id = ?",
        (told.sentiment, told.negative, told.positive, at, id),
    )
    connection.execute("DELETE FROM mention WHERE comment = ?", (id,))
    connection.executemany("INSERT INTO mention VALUES (?, ?, ?, ?, ?)", [(id, *m) for m in told.mentions])
    if before != after:  # an index without content must be told what it held
        connection.execute("INSERT INTO terms (terms, rowid, said) VALUES ('delete', ?, ?)", (id, before))
        connection.execute("INSERT INTO terms (rowid, said) VALUES (?, ?)", (id, after))


def forget_beside(connection: sqlite3.Connection, id: int) -> None:
    """What waits to take a comment's place is not told any more: a person has told it meanwhile."""
    connection.execute(_BESIDE)
    connection.execute("DELETE FROM retold WHERE comment = ?", (id,))


def retold(text: str, language: str, by: Understanding, correction: Correction | None) -> Told:
    """What is told of one comment."""
    return _told([(0, language, text)], by, {0: correction} if correction else {})[0]


def _told(
    rows: Sequence[Sequence[Any]], by: Understanding, corrections: Mapping[int, Correction]
) -> dict[int, Told]:
    """Of rows of (number, language, text, …), by number."""
    made: dict[int, Told] = {}
    for code in {row[1] for row in rows}:
        of_code = [row for row in rows if row[1] == code]
        texts = [row[2] for row in of_code]
        nothing: list[tuple[Sentiment | None, tuple[Mention, ...]]] = [(None, ())] * len(texts)
        known = code in LANGUAGES
        read = reread(texts, code, taxonomy=by.taxonomy, model=by.models[code]) if known else nothing
        for row, (feeling, mentions) in zip(of_code, read, strict=True):
            correction = corrections.get(row[0])
            made[row[0]] = Told.of(
                *corrected(feeling, mentions, correction, by.taxonomy.names, end=len(row[2]))
            )
    return made


def _mentions(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, list[MentionRow]]:
    found: dict[int, list[MentionRow]] = defaultdict(list)
    for id, *row in connection.execute(
        "SELECT comment, aspect, touchpoint, sentiment, negative FROM mention "
        "WHERE comment IN (SELECT value FROM json_each(?)) ORDER BY rowid",
        (json.dumps(list(ids)),),
    ):
        found[id].append((row[0], row[1], row[2], row[3]))
    return found


def _begin(file: CommentFile, key: str) -> None:
    with file.writing() as connection:
        connection.execute(_BESIDE)
        connection.execute("DELETE FROM retold")
        (total,) = connection.execute("SELECT count(*) FROM comment").fetchone()
        _note(connection, retelling=key, retell=total, retold=0, retell_below=_NEWEST)


def _put_beside(file: CommentFile, changed: Mapping[int, Told], cursor: int, read: int) -> None:
    rows = [(id, json.dumps([t.sentiment, t.negative, t.positive, t.mentions])) for id, t in changed.items()]
    with file.writing() as connection:
        connection.executemany("INSERT OR REPLACE INTO retold VALUES (?, ?)", rows)
        done = connection.execute("SELECT value FROM state WHERE name = 'retold'").fetchone()
        _note(connection, retell_below=cursor, retold=int(done[0]) + read)


def _put_in_place(file: CommentFile, key: str) -> None:
    with file.writing() as connection:
        for id, told in _beside(connection):
            rewrite(connection, id, told)
        connection.execute("DELETE FROM retold")
        connection.execute(
            "DELETE FROM state WHERE name IN ('retelling', 'retell', 'retold', 'retell_below')"
        )
        _note(connection, understanding=key)


def _beside(connection: sqlite3.Connection) -> Iterator[tuple[int, Told]]:
    for id, said in connection.execute("SELECT comment, told FROM retold ORDER BY comment"):
        feeling, negative, positive, mentions = json.loads(said)
        yield id, Told(feeling, negative, positive, tuple((m[0], m[1], m[2], m[3]) for m in mentions))


def _forget(file: CommentFile) -> None:
    with file.writing() as connection:
        connection.execute("DELETE FROM retold")
        connection.execute(
            "DELETE FROM state WHERE name IN ('retelling', 'retell', 'retold', 'retell_below')"
        )


def _note(connection: sqlite3.Connection, **state: object) -> None:
    values = [(name, str(value)) for name, value in state.items()]
    connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", values)
