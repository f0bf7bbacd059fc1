"""The file of analysed comments: SQLite beside the events, with their terms in an index for searching."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import xxhash

from polku.feedback.said import Said
from polku.feedback.terms import terms
from polku.text import Analysis

FILE: Final = "feedback.db"
FORMAT: Final = "1"
"""Changes when comments must be analysed anew: the file is then made again from the events."""
LONGEST: Final = 20_000
"""Characters of a comment that are analysed and searched; the whole of it stays in its event."""
MOST_LETTERS: Final = 2_000_000
"""Characters of a comment that is brought: a long interview has a tenth of that."""
SAME_WITHIN_S: Final = 86_400
"""The same words of the same customer within a day are one comment that came twice."""
TELLING: Final = 40
"""Characters from which the same words of nobody in particular are one comment, if they came within a day."""


@dataclass(frozen=True, slots=True)
class Read:
    """A comment and what it says."""

    said: Said
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class Version:
    """`told` changes with what is told of comments (touchpoints, taxonomy, models, corrections), `came` when others
    come."""

    told: tuple[str, ...]
    came: int


class CommentFile:
    """Readers have a connection each; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA query_only = 1")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing."""
        with closing(self._connect()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def prepare(self, next_seq: int) -> int:
        """Make the file where there is none that can be used, and tell up to which number events are in it.

        One of another format, and one that knows more events than there are (the folder was brought back from a
        copy), is made again.
        """
        try:
            state = self.state() if self.path.exists() else {}
        except sqlite3.DatabaseError:  # no database, or one without our tables
            state = {}
        done = int(state.get("seq", 0))
        if state.get("format") == FORMAT and done < next_seq:
            with self.writing() as connection:
                connection.execute(_INDEX)  # files of before have none
            return done
        self.remove()
        self.path.touch(mode=0o600)
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript((files("polku.feedback") / "schema.sql").read_text(encoding="utf-8"))
        self.note({"format": FORMAT, "seq": "0"})
        return 0

    def remove(self) -> None:
        """It is made again from the events when it is asked for."""
        for end in ("", "-wal", "-shm"):
            self.path.with_name(FILE + end).unlink(missing_ok=True)

    def state(self) -> dict[str, str]:
        with self.reading() as connection:
            return dict(connection.execute("SELECT name, value FROM state"))

    def version(self) -> Version:
        """What answers rest on: it differs when comments have come, or other things are told of them."""
        state = self.state()
        return Version(tuple(state.get(name, "") for name in _TELLING_STATE), int(state.get("came", "0")))

    def note(self, state: Mapping[str, str]) -> None:
        with self.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", state.items())

    def add(self, batch: Sequence[Read], *, seq: int) -> None:
        """Store comments; `seq` is the number up to which events have been read by now."""
        with self.writing() as connection:
            fresh, copies = _without_copies(connection, batch)
            fresh.sort(key=lambda one: one[0])  # the index wants its rows in order
            connection.executemany(_INSERT, [_row(id, digest, read) for id, digest, read in fresh])
            connection.executemany("UPDATE comment SET copies = copies + ? WHERE id = ?", copies)
            connection.executemany(
                "INSERT INTO mention VALUES (?, ?, ?, ?, ?)",
                [row for id, _, read in fresh for row in _mentions(id, read.analysis)],
            )
            connection.executemany(
                "INSERT INTO terms (rowid, said) VALUES (?, ?)",
                [(id, _terms_of(read)) for id, _, read in fresh],
            )
            connection.execute("INSERT OR REPLACE INTO state VALUES ('seq', ?)", (str(seq),))
            if batch:
                connection.execute(_CAME)

    def touch(self, touchpoints: Mapping[int, str]) -> None:
        """Give comments, by number, other touchpoints; those that have them already stay as they are."""
        with self.writing() as connection:
            for id, touchpoint in sorted(touchpoints.items()):
                row = connection.execute(
                    "SELECT language, sentiment, levels, touchpoint, text FROM comment WHERE id = ?", (id,)
                ).fetchone()
                if row is None or row[3] == touchpoint:
                    continue
                mentioned = connection.execute("SELECT aspect FROM mention WHERE comment = ?", (id,))
                aspects = [aspect for (aspect,) in mentioned if aspect]
                connection.execute("UPDATE comment SET touchpoint = ? WHERE id = ?", (touchpoint, id))
                # an index without content must be told what it held
                connection.execute(
                    "INSERT INTO terms (terms, rowid, said) VALUES ('delete', ?, ?)",
                    (id, indexed(row, aspects)),
                )
                now = (*row[:3], touchpoint, row[4])
                connection.execute(
                    "INSERT INTO terms (rowid, said) VALUES (?, ?)", (id, indexed(now, aspects))
                )

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA mmap_size = 1073741824")
        return connection


_TELLING_STATE: Final = ("touchpoints", "understanding", "corrected")
_CAME: Final = "INSERT INTO state VALUES ('came', '1') ON CONFLICT (name) DO UPDATE SET value = value + 1"
_INDEX: Final = "CREATE INDEX IF NOT EXISTS comment_language ON comment (language, id)"
_OTHERS: Final = re.compile(r"[^\w-]")
_INSERT: Final = (
    "INSERT INTO comment (id, seq, digest, key, at, touchpoint, score, language, sentiment, negative, positive, "
    "effort, urgent, levels, emotions, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def identity(said: Said) -> int:
    """A comment's number, by which they are in order of time."""
    return (said.at << 31) | ((said.seq << 3 | said.part) & 0x7FFF_FFFF)


def signed(key: int) -> int:
    """SQLite has no numbers of 64 bits without a sign."""
    return key - (1 << 64) if key >> 63 else key


def tag(kind: str, value: str) -> str:
    """The term by which comments of a kind are found; no word has an =."""
    return f"{kind}={_OTHERS.sub('_', value).lower()}"


def shortened(text: str) -> str:
    """At most LONGEST characters, cut between words."""
    if len(text) <= LONGEST:
        return text
    cut = text[:LONGEST].rsplit(maxsplit=1)
    return (cut[0] if len(cut) == 2 else text[:LONGEST]) + " …"


def _without_copies(
    connection: sqlite3.Connection, batch: Sequence[Read]
) -> tuple[list[tuple[int, int, Read]], list[tuple[int, int]]]:
    """Those that are new with number and digest; of others, how often each came again, and its number."""
    fresh: list[tuple[int, int, Read]] = []
    again: Counter[int] = Counter()
    seen: dict[int, list[tuple[int, int]]] = {}
    for read in batch:
        said = read.said
        words = " ".join(said.text.casefold().split())
        digest = signed(xxhash.xxh3_64_intdigest(f"{said.key}\n{words}".encode()))
        if digest not in seen:
            stored = connection.execute("SELECT id, at FROM comment WHERE digest = ? ORDER BY id", (digest,))
            seen[digest] = stored.fetchall()
        within = SAME_WITHIN_S if said.key or len(words) >= TELLING else 0
        copy = next((id for id, at in sorted(seen[digest]) if abs(at - said.at) <= within), None)
        if copy is None:
            fresh.append((identity(said), digest, read))
            seen[digest].append((identity(said), said.at))
        else:
            again[copy] += 1
    return fresh, [(times, id) for id, times in again.items()]


def _row(id: int, digest: int, read: Read) -> tuple[object, ...]:
    said, told = read.said, read.analysis
    feeling = told.sentiment
    return (
        id,
        said.seq,
        digest,
        signed(said.key),
        said.at,
        said.touchpoint,
        said.score,
        told.language.code,
        str(feeling.label) if feeling else None,
        feeling.negative if feeling else None,
        feeling.positive if feeling else None,
        str(told.signals.effort) if told.signals.effort else None,
        int(told.signals.urgent),
        ",".join(told.signals.levels),
        json.dumps({name: round(share, 3) for name, share in told.emotions.items()}),
        told.redacted.text,
    )


def _mentions(id: int, told: Analysis) -> Iterator[tuple[object, ...]]:
    for m in told.mentions:
        yield id, m.aspect or "", m.touchpoint or "", str(m.sentiment.label), m.sentiment.negative


def indexed(row: Sequence[object], aspects: Iterable[str]) -> str:
    """What a comment is found by: `row` is its language, sentiment, levels, touchpoint and text."""
    language, sentiment, levels, touchpoint, text = (str(v or "") for v in row)
    tags = [("language", language), ("sentiment", sentiment), ("touchpoint", touchpoint)]
    tags += [("level", level) for level in levels.split(",")]
    tags += [("aspect", aspect) for aspect in dict.fromkeys(aspects)]
    return " ".join([*(tag(kind, value) for kind, value in tags if value), terms(text, language)])


def _terms_of(read: Read) -> str:
    told = read.analysis
    sentiment = told.sentiment.label if told.sentiment else None
    row = (
        told.language.code,
        sentiment,
        ",".join(told.signals.levels),
        read.said.touchpoint,
        told.redacted.text,
    )
    return indexed(row, [m.aspect for m in told.mentions if m.aspect])
