"""Pain points and levels of the comments of an open folder."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from polku.feedback import reading, telling
from polku.feedback.comments import Comments
from polku.feedback.kept import KeptAnswers
from polku.feedback.pains import Commented, Mentions, Numbers, Pain, Thing, pains
from polku.feedback.understanding import Understandings
from polku.i18n import current_language
from polku.journeys import Touchpoints
from polku.profiles import Identities
from polku.stats import proportion
from polku.text import Level
from polku.workspace import Workspace

MOST_READ: Final = 50_000
"""Comments that pain points and levels rest on at most, the newest: they are read within half a second."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Pain points; how many comments there are of each touchpoint and (with commas) levels, and of each sentiment; how
    many were read."""

    pains: Sequence[Pain]
    levels: Mapping[tuple[str, str], int]
    sentiments: Mapping[str, int]
    comments: int


def pain_points(
    workspace: Workspace, *, low: int, high: int, touchpoint: str | None, limit: int
) -> telling.Pains:
    """Pain points and levels of the comments that are understood, with low ≤ time < high (seconds since 1970): of the
    newest MOST_READ of them."""
    comments = workspace.part(Comments)
    people = workspace.part(Identities).current().version  # who was split counts as two at once
    found, others_came = workspace.part(KeptAnswers).answer(
        ("pains", low, high, touchpoint, people), lambda: _find(workspace, low, high, touchpoint)
    )
    language = current_language()
    names = {e.name: e.called(language) for e in workspace.part(Understandings).current().taxonomy.aspects}
    shown = found.pains[:limit]
    with comments.file.reading() as connection:
        examples = reading.unlike(connection, [p.comments for p in shown])
        told = tuple(
            telling.PainPoint(
                p.aspect,
                names.get(p.aspect, p.aspect),
                p.touchpoint,
                p.count,
                p.reach,
                p.severity,
                p.trend,
                p.priority,
                reading.examples(workspace, connection, ids),
            )
            for p, ids in zip(shown, examples, strict=True)
        )
    negative, positive = (
        proportion(found.sentiments.get(s, 0), found.comments) for s in ("negative", "positive")
    )
    waiting = others_came or comments.waiting()
    return telling.Pains(told, _levels(workspace, found.levels), found.comments, negative, positive, waiting)


def _find(workspace: Workspace, low: int, high: int, touchpoint: str | None) -> _Found:
    with workspace.part(Comments).current().reading() as connection:
        ids, keys, at_touchpoints, levels, felt = _comments(connection, low, high, touchpoint)
        profiles = np.array(reading.who(workspace, keys), np.uint64).view(np.int64)
        number = np.array(ids, np.int64)
        # of comments that nobody is known to have made each is somebody's: small and below 0
        owners = np.where(profiles == 0, -1 - np.arange(len(number)), profiles)
        mentions = _mentions(connection, number, owners, at_touchpoints)
    found = pains(mentions, Commented(owners, number >> 31))
    return _Found(found, Counter(zip(at_touchpoints, levels, strict=True)), Counter(felt), len(number))


def _comments(
    connection: sqlite3.Connection, low: int, high: int, touchpoint: str | None
) -> tuple[Sequence[int], Sequence[int], Sequence[str], Sequence[str], Sequence[str]]:
    """Numbers, keys, touchpoints, levels and sentiments, oldest first."""
    of_it = "" if touchpoint is None else "AND touchpoint = ?4 "
    rows = connection.execute(
        "SELECT id, key, touchpoint, levels, sentiment FROM comment WHERE id BETWEEN ?1 AND ?2 "  # noqa: S608 - our own words
        f"AND sentiment IS NOT NULL {of_it}ORDER BY id DESC LIMIT ?3",
        (low << 31, (high << 31) - 1, MOST_READ, *([] if touchpoint is None else [touchpoint])),
    ).fetchall()[::-1]
    ids, keys, touchpoints, levels, felt = zip(*rows, strict=True) if rows else ((),) * 5
    return ids, keys, touchpoints, levels, felt


def _mentions(
    connection: sqlite3.Connection, ids: Numbers, owners: Numbers, touchpoints: Sequence[str]
) -> Mentions:
    """What these comments speak of; `ids` in ascending order."""
    rows = connection.execute(
        "SELECT comment, aspect, sentiment = 'negative' FROM json_each(?) JOIN mention ON comment = value "
        "WHERE aspect <> ''",
        (json.dumps(ids.tolist()),),
    ).fetchall()
    comments, aspects, bad = zip(*rows, strict=True) if rows else ((), (), ())
    comment = np.array(comments, np.int64)
    nth = np.searchsorted(ids, comment)
    codes: dict[Thing, int] = {}
    at = [touchpoints[i] for i in nth.tolist()]
    thing = [codes.setdefault(one, len(codes)) for one in zip(aspects, at, strict=True)]
    return Mentions(
        list(codes), comment, owners[nth], comment >> 31, np.array(thing, np.int32), np.array(bad, np.bool_)
    )


def _levels(workspace: Workspace, counted: Mapping[tuple[str, str], int]) -> tuple[telling.LevelAt, ...]:
    """The three levels by stage, in the order of the stages; comments of no stage last."""
    catalogue = workspace.part(Touchpoints).catalogue()
    stage_of = {t.key: t.stage or "" for t in catalogue.touchpoints}
    of_stage: dict[str, Counter[str]] = defaultdict(Counter)
    for (touchpoint, levels), times in counted.items():
        of_stage[stage_of.get(touchpoint, "")].update(dict.fromkeys(levels.split(","), times))
        of_stage[stage_of.get(touchpoint, "")][_ALL] += times
    order = [*(s.key for s in catalogue.stages), ""]
    return tuple(
        telling.LevelAt(stage, found[_ALL], *(proportion(found[str(level)], found[_ALL]) for level in Level))
        for stage in order
        if (found := of_stage.get(stage))
    )


_ALL: Final = "*"
