"""Answers read from the file of comments."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from polku.feedback import search, telling
from polku.feedback.comments import Comments
from polku.feedback.pains import Mentioned
from polku.feedback.pains import pains as pains_of
from polku.feedback.store import Correction
from polku.feedback.understanding import Understandings
from polku.i18n import current_language
from polku.journeys import Touchpoints
from polku.profiles import Identities
from polku.stats import proportion
from polku.text import Level
from polku.workspace import Workspace

EXAMPLE: Final = 300
"""Characters of an example."""
EXAMPLES: Final = 3
_LOOKED_AT: Final = 12
_WORDS: Final = re.compile(r"\w+")
MIXED: Final = "mixed"
"""Of an aspect that one clause praises and another blames."""
MOST_READ: Final = 50_000
"""Comments that pain points and levels rest on at most, the newest: they are read within a second."""


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


def pains(
    workspace: Workspace,
    connection: sqlite3.Connection,
    *,
    low: int,
    high: int,
    touchpoint: str | None,
    limit: int,
    waiting: bool,
) -> telling.Pains:
    """Pain points and levels of the comments that are understood, with low ≤ time < high (seconds since 1970): of the
    newest MOST_READ of them."""
    rows = connection.execute(
        "SELECT id, key, at, touchpoint, levels, sentiment FROM comment WHERE id BETWEEN ? AND ? "
        "AND sentiment IS NOT NULL AND (?3 IS NULL OR touchpoint = ?3) ORDER BY id DESC LIMIT ?4",
        (low << 31, (high << 31) - 1, touchpoint, MOST_READ),
    ).fetchall()[::-1]
    profiles = who(workspace, [row[1] for row in rows])
    # of comments that nobody is known to have made each is somebody's: below 0, where no profile is
    owners = {
        row[0]: profile or -1 - nth for nth, (row, profile) in enumerate(zip(rows, profiles, strict=True))
    }
    at = {row[0]: (row[2], row[3]) for row in rows}
    mentions = [
        Mentioned(comment, owners[comment], at[comment][0], aspect, at[comment][1], label == "negative")
        for comment, aspect, label in connection.execute(
            "SELECT comment, aspect, sentiment FROM mention WHERE aspect <> '' AND comment BETWEEN ? AND ?",
            (rows[0][0] if rows else 0, rows[-1][0] if rows else 0),
        )
        if comment in at
    ]
    found = pains_of(mentions, [(owners[row[0]], row[2]) for row in rows])[:limit]
    language = current_language()
    names = {e.name: e.called(language) for e in workspace.part(Understandings).current().taxonomy.aspects}
    told = tuple(
        telling.PainPoint(
            p.aspect,
            names.get(p.aspect, p.aspect),
            p.touchpoint,
            len(p.comments),
            p.reach,
            p.severity,
            p.trend,
            p.priority,
            examples(workspace, connection, shown),
        )
        for p, shown in zip(found, unlike(connection, [p.comments for p in found]), strict=True)
    )
    levels = [(row[3], row[4].split(",")) for row in rows]
    felt = Counter(row[5] for row in rows)
    negative, positive = (proportion(felt[label], len(rows)) for label in ("negative", "positive"))
    return telling.Pains(told, _levels(workspace, levels), len(rows), negative, positive, waiting)


def unlike(connection: sqlite3.Connection, of_each: Sequence[Sequence[int]]) -> list[list[int]]:
    """Of the first comments of each pain point or theme those that are shown: the same words once, and none that the
    page has shown already, where there are others."""
    first = [ids[:_LOOKED_AT] for ids in of_each]
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


def _levels(workspace: Workspace, told: Sequence[tuple[str, list[str]]]) -> tuple[telling.LevelAt, ...]:
    """The three levels by stage, in the order of the stages; comments of no stage last."""
    catalogue = workspace.part(Touchpoints).catalogue()
    stage_of = {t.key: t.stage or "" for t in catalogue.touchpoints}
    by_stage: dict[str, list[list[str]]] = defaultdict(list)
    for touchpoint, levels in told:
        by_stage[stage_of.get(touchpoint, "")].append(levels)
    order = [*(s.key for s in catalogue.stages), ""]
    return tuple(
        telling.LevelAt(
            stage,
            len(found),
            *(proportion(sum(level in levels for levels in found), len(found)) for level in Level),
        )
        for stage in order
        if (found := by_stage.get(stage))
    )
