"""Themes of the comments of an open folder, remembered until other comments come."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from polku.errors import NotFound
from polku.feedback import reading, telling
from polku.feedback.comments import Comments
from polku.feedback.following import Followed, followed
from polku.feedback.kept import KeptAnswers
from polku.text import LANGUAGES, themes
from polku.workspace import FOREVER, Workspace

MOST_READ: Final = 5_000
"""Of each language: themes of the newest so many comments are found, in a few seconds."""

Asked = tuple[int, int, str, str | None, str | None]
Found = tuple[telling.ThemesTold, dict[str, list[int]]]
"""What is told, and the numbers of each theme's comments."""


class FoundThemes:
    """A part of the workspace. Finding takes seconds, so what was found is kept."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def of(
        self, low: int, high: int, *, every: str, language: str | None, touchpoint: str | None
    ) -> telling.ThemesTold:
        """Themes of comments with low ≤ time < high in seconds since 1970, over days, weeks or months."""
        (told, _), others_came = self._found((low, high, every, language, touchpoint))
        return replace(told, waiting=others_came or self._workspace.part(Comments).waiting())

    def comments_of(self, theme: str) -> Sequence[int]:
        """Numbers of the comments of a theme of all times. Raises NotFound."""
        (_, members), _ = self._found((0, FOREVER, "month", None, None))
        if theme not in members:
            raise NotFound("There is no theme '%(theme)s'. See: polku feedback themes", theme=theme)
        return members[theme]

    def _found(self, asked: Asked) -> tuple[Found, bool]:
        return self._workspace.part(KeptAnswers).answer(("themes", *asked), lambda: self._find(asked))

    def _find(self, asked: Asked) -> Found:
        with self._workspace.part(Comments).current().reading() as connection:
            return self._find_in(connection, asked)

    def _find_in(self, connection: sqlite3.Connection, asked: Asked) -> Found:
        low, high, every, language, touchpoint = asked
        of_language = "" if language is None else " AND language = :language"
        of_touchpoint = "" if touchpoint is None else " AND touchpoint = :touchpoint"
        index = "comment_language" if touchpoint is None else "comment_touchpoint"
        source = f"comment INDEXED BY {index} WHERE id BETWEEN :low AND :high{of_language}{of_touchpoint}"
        values = {"low": low << 31, "high": (high << 31) - 1, "language": language, "touchpoint": touchpoint}
        counted = connection.execute(
            f"SELECT language, count(*) FROM {source} GROUP BY 1 ORDER BY 2 DESC, 1",  # noqa: S608 - our own words
            values,
        ).fetchall()
        told: list[telling.ThemeOf] = []
        members: dict[str, list[int]] = {}
        read = 0
        for spoken, _ in counted:
            rows = connection.execute(
                f"SELECT id, at, sentiment, text FROM {source} AND language = :spoken "  # noqa: S608 - as above
                "ORDER BY id DESC LIMIT :most",
                values | {"spoken": spoken, "most": MOST_READ},
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
