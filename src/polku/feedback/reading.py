"""Answers read from the file of comments."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from polku.feedback import search, telling
from polku.feedback.comments import Comments
from polku.feedback.pains import NEWEST
from polku.feedback.store import Correction
from polku.profiles import Identities
from polku.workspace import Workspace

EXAMPLE: Final = 300
"""Characters of an example."""
EXAMPLES: Final = 3
_WORDS: Final = re.compile(r"\w+")
MIXED: Final = "mixed"
"""Of an aspect that one clause praises and another blames."""


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def who(workspace: Workspace, keys: Sequence[int]) -> list[int]:
    """The profile that each key (signed, as in the file) belongs to now; 0: nobody is known."""
    unsigned = np.array(keys, np.int64).astype(np.uint64)
    found: list[int] = workspace.part(Identities).current().profiles(unsigned).tolist()
    return found


def comments(
    workspace: Workspace, connection: sqlite3.Connection, rows: Sequence[Mapping[str, Any]]
) -> tuple[telling.Comment, ...]:
    """Comments as they are told, in the order of `rows` (see `search.rows`)."""
    profiles = who(workspace, [row["key"] for row in rows])
    felt: dict[int, dict[str, str]] = defaultdict(dict)
    ids = [row["id"] for row in rows]
    for comment, aspect, label in connection.execute(
        "SELECT comment, aspect, sentiment FROM mention WHERE aspect <> '' "
        "AND comment IN (SELECT value FROM json_each(?)) ORDER BY rowid",
        (json.dumps(ids),),
    ):
        before = felt[comment].get(aspect)
        felt[comment][aspect] = label if before in (None, label) else MIXED
    corrected = workspace.part(Comments).corrections(ids)
    return tuple(
        _comment(row, profile, felt[row["id"]], corrected.get(row["id"]))
        for row, profile in zip(rows, profiles, strict=True)
    )


def _comment(
    row: Mapping[str, Any], profile: int, felt: dict[str, str], correction: Correction | None
) -> telling.Comment:
    emotions = json.loads(row["emotions"])
    return telling.Comment(
        row["id"],
        f"{profile:016x}" if profile else None,
        moment(row["at"]),
        row["touchpoint"],
        row["score"],
        row["text"],
        row["language"],
        row["sentiment"],
        row["negative"],
        row["positive"],
        row["effort"],
        bool(row["urgent"]),
        row["levels"].split(",") if row["levels"] else [],
        sorted(emotions, key=lambda name: -emotions[name]),
        list(felt),
        row["copies"],
        felt,
        correction.by if correction else None,
        correction.at if correction else None,
    )


def examples(
    workspace: Workspace, connection: sqlite3.Connection, ids: Sequence[int]
) -> tuple[telling.Example, ...]:
    """The beginnings of comments."""
    rows = search.rows(connection, ids)
    profiles = who(workspace, [row["key"] for row in rows])
    return tuple(
        telling.Example(
            row["id"],
            row["text"] if len(row["text"]) <= EXAMPLE else row["text"][:EXAMPLE].rstrip() + " …",
            f"{profile:016x}" if profile else None,
            moment(row["at"]),
        )
        for row, profile in zip(rows, profiles, strict=True)
    )


def unlike(connection: sqlite3.Connection, of_each: Sequence[Sequence[int]]) -> list[list[int]]:
    """Of the first comments of each pain point or theme those that are shown: the same words once, and none that the
    page has shown already, where there are others."""
    first = [ids[:NEWEST] for ids in of_each]
    rows = search.rows(connection, [i for ids in first for i in ids])
    texts = {row["id"]: " ".join(_WORDS.findall(row["text"].casefold())) for row in rows}
    seen: set[str] = set()
    found = []
    for ids in first:
        own = list({texts[i]: i for i in reversed(ids)}.values())[::-1]  # of the same words the first
        fresh = [i for i in own if texts[i] not in seen]
        shown = [*fresh, *(i for i in own if texts[i] in seen)][:EXAMPLES]
        seen.update(texts[i] for i in shown)
        found.append(shown)
    return found
