"""Alerts of new and growing themes: a look each day, a letter and a call for each theme once."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy.orm import Session

from polku.answer import Answer
from polku.feedback import reading, store
from polku.feedback.alert_letter import Told, alert_letter
from polku.feedback.comments import Comments
from polku.feedback.rising import MOST_BEFORE, MOST_READ, QUIET, WEEK_S, WEEKS, Rise, rising, untold
from polku.feedback.tables import ThemeAlertRow
from polku.jobs import Job, JobKind
from polku.mail import Sender, put
from polku.stats import Estimate
from polku.text import theme_terms, themes_of_terms
from polku.web.store import company, user_by_id
from polku.webhooks import send
from polku.workspace import Workspace

log = logging.getLogger(__name__)

EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class ThemeAlert:
    """A theme that was told of: `count` of the `total` customers who commented in the week spoke of it."""

    name: str
    language: str
    course: Annotated[str, Field(description="new or growing")]
    words: list[str]
    told_at: datetime
    since: datetime
    until: datetime
    count: int
    total: int
    times: Annotated[Estimate, Field(description="How many times as common as in the twelve weeks before")]
    link: Annotated[str, Field(description="Where its comments are, under the address of this Polku")]


@dataclass(frozen=True, slots=True)
class AlertsTold(Answer):
    """Themes that were told of, the newest first."""

    alerts: tuple[ThemeAlert, ...]


def looking_for_themes(
    workspace: Workspace, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> JobKind:
    """The daily job."""

    def run(job: Job) -> None:
        if told := look(workspace, now()):
            log.info("themes_told count=%d", told)

    return JobKind("feedback.themes", run, every=timedelta(days=1))


def look(workspace: Workspace, now: datetime) -> int:
    """Hold the seven days before today against the twelve weeks before them, and tell of what rises; how many themes
    were told of. Done again on the same day it tells nothing again."""
    zone = ZoneInfo(workspace.settings.timezone)
    until = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    found = _rises(workspace, int(until.timestamp()))
    told = 0
    with workspace.db.session() as session:
        recent = store.alerts_since(session, now - QUIET)
        for code, rises in found.items():
            known = [row.words.split("\n") for row in recent if row.language == code]
            for rise in untold([rise for rise, _ in rises], known):
                row = _row(code, rise, next(ids for r, ids in rises if r is rise), until, now)
                store.add_alert(session, row)
                _tell(workspace, session, row, now)
                told += 1
    return told


def alerts_told(workspace: Workspace, since: datetime) -> AlertsTold:
    with workspace.db.session(read_only=True) as session:
        return AlertsTold(tuple(_alert(row) for row in store.alerts_since(session, since)))


def _rises(workspace: Workspace, end: int) -> dict[str, list[tuple[Rise, list[int]]]]:
    """By language what rises, with the numbers of last week's comments that speak of it."""
    start = end - WEEKS * WEEK_S
    made: dict[str, list[tuple[Rise, list[int]]]] = {}
    with workspace.part(Comments).current().reading() as connection:
        low, high = start << 31, (end << 31) - 1
        counted = connection.execute(
            "SELECT language, count(*) FROM comment WHERE id BETWEEN ? AND ? GROUP BY 1 ORDER BY 2 DESC",
            (low, high),
        ).fetchall()
        for code, _ in counted:
            week = (end - WEEK_S) << 31
            rows = _sample(connection, code, week, high, MOST_READ)
            rows += _sample(connection, code, low, week - 1, MOST_BEFORE)
            profiles = reading.who(workspace, [row[1] for row in rows])
            owners = [profile or -1 - nth for nth, profile in enumerate(profiles)]
            terms = theme_terms([row[3] for row in rows], code)
            found = themes_of_terms(terms)
            rises = rising(terms, found, owners, [row[2] for row in rows], end)
            made[code] = [(rise, [rows[i][0] for i in rise.comments]) for rise in rises]
    return made


def _sample(
    connection: sqlite3.Connection, language: str, low: int, high: int, most: int
) -> list[tuple[int, int, int, str]]:
    """Number, key, time and text of `most` comments: by their digests, which is by chance."""
    return connection.execute(
        "SELECT id, key, at, text FROM comment WHERE id BETWEEN ? AND ? AND language = ? "
        "ORDER BY digest LIMIT ?",
        (low, high, language, most),
    ).fetchall()


def _row(code: str, rise: Rise, ids: Sequence[int], until: datetime, now: datetime) -> ThemeAlertRow:
    return ThemeAlertRow(
        language=code,
        name=rise.name[:200],
        words="\n".join(rise.words),
        course=rise.course,
        told_at=now,
        since=until - timedelta(seconds=WEEK_S),
        until=until,
        count=rise.count,
        total=rise.total,
        ratio=rise.times.estimate,
        ratio_low=rise.times.low,
        ratio_high=rise.times.high,
        p_value=rise.p_value,
        examples=json.dumps(list(ids[:EXAMPLES])),
    )


def _tell(workspace: Workspace, session: Session, row: ThemeAlertRow, now: datetime) -> None:
    """A letter to each who subscribed, and a call to each webhook: in the unit of work that notes the theme as told."""
    settings, told = workspace.settings, _alert(row)
    data = {
        "theme": told.name,
        "words": told.words,
        "language": told.language,
        "count": told.count,
        "total": told.total,
        "times": told.times.estimate,
        "since": told.since.isoformat(),
        "until": told.until.isoformat(),
        "url": settings.public_url.rstrip("/") + told.link,
    }
    send(session, f"theme.{row.course}", data, now, key=f"theme-{row.id}")
    if not settings.sends_mail:
        return
    sender = Sender(settings.mail_from, settings.mail_name, settings.mail_reply_to)
    owner = company(session)
    examples = _examples(workspace, json.loads(row.examples))
    for id in store.subscribers(session):
        user = user_by_id(session, id)
        if user.closed_at is not None:
            continue
        letter = alert_letter(
            Told(
                to=user.email,
                language=user.language,
                company=settings.mail_name or (owner.name if owner else ""),
                theme=told.name,
                course=told.course,
                count=told.count,
                total=told.total,
                times=told.times,
                examples=examples,
                url=settings.public_url.rstrip("/") + told.link,
                settings_url=settings.public_url.rstrip("/") + "/feedback#alerts-title",
            )
        )
        put(session, letter, sender, kind="theme", now=now, key=f"theme-{row.id}-{id}")


def _examples(workspace: Workspace, ids: Sequence[int]) -> tuple[str, ...]:
    """The beginnings of comments, without personal data."""
    with workspace.part(Comments).file.reading() as connection:
        return tuple(e.text for e in reading.examples(workspace, connection, ids))


def _alert(row: ThemeAlertRow) -> ThemeAlert:
    words = row.words.split("\n")
    asked = {
        "text": words[0],
        "language": row.language,
        "since": row.since.date().isoformat(),
        "until": row.until.date().isoformat(),
    }
    times = Estimate(row.ratio, row.ratio_low, row.ratio_high, row.total)
    if row.ratio is None:
        times = Estimate.unknown(row.total, "too_few")
    return ThemeAlert(
        row.name,
        row.language,
        row.course,
        words,
        row.told_at,
        row.since,
        row.until,
        row.count,
        row.total,
        times,
        "/feedback/comments?" + urlencode(asked),
    )
