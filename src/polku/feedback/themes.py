"""Themes of the comments of an open folder, remembered until other comments come."""

from __future__ import annotations

import sqlite3
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from polku.errors import NotFound
from polku.feedback import reading, telling
from polku.feedback.comments import Comments
from polku.feedback.following import Followed, followed
from polku.text import LANGUAGES, themes
from polku.workspace import FOREVER, Workspace

MOST_READ: Final = 5_000
"""Of each language: themes of the newest so many comments are found, in a few seconds."""
_REMEMBERED: Final = 16

Asked = tuple[int, int, str, str | None, str | None]


class FoundThemes:
    """A part of the workspace. Finding takes seconds, so the same is found once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: OrderedDict[tuple[Any, ...], tuple[telling.ThemesTold, dict[str, list[int]]]] = (
            OrderedDict()
        )
        self._lock = threading.Lock()

    def of(
        self, low: int, high: int, *, every: str, language: str | None, touchpoint: str | None
    ) -> telling.ThemesTold:
        """Themes of comments with low ≤ time < high in seconds since 1970, over days, weeks or months."""
        told = self._found((low, high, every, language, touchpoint))[0]
        return replace(told, waiting=self._workspace.part(Comments).waiting())  # changes while the rest stays

    def comments_of(self, theme: str) -> Sequence[int]:
        """Numbers of the comments of a theme of all times. Raises NotFound."""
        _, members = self._found((0, FOREVER, "month", None, None))
        if theme not in members:
            raise NotFound("There is no theme '%(theme)s'. See: polku feedback themes", theme=theme)
        return members[theme]

    def _found(self, asked: Asked) -> tuple[telling.ThemesTold, dict[str, list[int]]]:
        comments = self._workspace.part(Comments)
        file = comments.current()
        with self._lock, file.reading() as connection:
            mark = connection.execute("SELECT max(rowid), count(*) FROM comment").fetchone()
            touched = file.state().get("touchpoints")
            known = self._known.get((*asked, *mark, touched))
            if known is None:
                known = self._find(connection, asked)
                self._known[(*asked, *mark, touched)] = known
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
            return known

    def _find(
        self, connection: sqlite3.Connection, asked: Asked
    ) -> tuple[telling.ThemesTold, dict[str, list[int]]]:
        low, high, every, language, touchpoint = asked
        where = "id BETWEEN ?1 AND ?2 AND (?3 IS NULL OR language = ?3) AND (?4 IS NULL OR touchpoint = ?4)"
        values = (low << 31, (high << 31) - 1, language, touchpoint)
        counted = connection.execute(
            f"SELECT language, count(*) FROM comment WHERE {where} GROUP BY 1 ORDER BY 2 DESC, 1",  # noqa: S608 - our own words
            values,
        ).fetchall()
        told: list[telling.ThemeOf] = []
        members: dict[str, list[int]] = {}
        read = 0
        for spoken, _ in counted:
            rows = connection.execute(
                f"SELECT id, at, sentiment, text FROM comment WHERE {where} AND language = ?5 "  # noqa: S608 - as above
                "ORDER BY id DESC LIMIT ?6",
                (*values, spoken, MOST_READ),
            ).fetchall()[::-1]
            read += len(rows)
            for theme, starts in self._themes(rows, spoken, every):
                ids = [rows[i][0] for i in theme.comments]
                members.setdefault(theme.name, []).extend(ids)
                (unlike,) = reading.unlike(connection, [ids])
                shown = reading.examples(self._workspace, connection, unlike)
                told.append(_theme(theme, spoken, starts, shown))
        told.sort(key=lambda t: (-t.count, t.name))
        languages = tuple(telling.Spoken(code, n, code in LANGUAGES) for code, n in counted)
        total = sum(n for _, n in counted)
        return telling.ThemesTold(tuple(told), languages, total, read, waiting=False), members

    def _themes(
        self, rows: Sequence[tuple[int, int, str | None, str]], language: str, every: str
    ) -> list[tuple[Followed, list[datetime]]]:
        found = themes([row[3] for row in rows], language)
        if not found.themes:
            return []
        zone = ZoneInfo(self._workspace.settings.timezone)
        starts = _starts(rows[0][1], rows[-1][1], every, zone)
        seconds = [s.timestamp() for s in starts]
        period = np.array([bisect_right(seconds, row[1]) - 1 for row in rows], np.int64)
        sentiments = [row[2] for row in rows]
        return [(theme, starts) for theme in followed(found, sentiments, period, len(starts))]


def _starts(first: int, last: int, every: str, zone: ZoneInfo) -> list[datetime]:
    """When each period begins, from the one that holds `first` to the one that holds `last`."""
    day: date = datetime.fromtimestamp(first, zone).date()
    end = datetime.fromtimestamp(last, zone).date()
    if every == "month":
        day = day.replace(day=1)
    elif every == "week":
        day -= timedelta(days=day.weekday())
    starts = []
    while day <= end:
        starts.append(datetime.combine(day, time(), zone))
        match every:
            case "month":
                day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
            case "week":
                day += timedelta(days=7)
            case _:
                day += timedelta(days=1)
    return starts


def _theme(
    theme: Followed, language: str, starts: Sequence[datetime], examples: tuple[telling.Example, ...]
) -> telling.ThemeOf:
    by_period = zip(starts, theme.counts, theme.shares, strict=True)
    return telling.ThemeOf(
        theme.name,
        language,
        list(theme.words),
        len(theme.comments),
        theme.share,
        theme.negative,
        theme.positive,
        theme.course,
        theme.q_value,
        tuple(telling.ThemeIn(start, count, share) for start, count, share in by_period),
        examples,
    )
