"""What people decided of how comments are understood. Each function works in the unit of work it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from polku.feedback.tables import (
    CorrectionRow,
    LearnedModelRow,
    LearningChoiceRow,
    TaxonomyVersionRow,
    ThemeAlertRow,
    ThemeSubscriberRow,
)

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of a comment; what is None stays as it is told. `aspects` are all that it speaks of, each with
    its sentiment."""

    comment: int
    sentiment: str | None
    aspects: Mapping[str, str] | None
    touchpoint: str | None
    by: str
    at: datetime


def taxonomy_versions(session: Session, *, newest: int = 20) -> Sequence[TaxonomyVersionRow]:
    """The newest first."""
    rows = select(TaxonomyVersionRow).order_by(TaxonomyVersionRow.number.desc()).limit(newest)
    return session.scalars(rows).all()


def taxonomy_version(session: Session, number: int) -> TaxonomyVersionRow | None:
    return session.get(TaxonomyVersionRow, number)


def newest_taxonomy(session: Session) -> TaxonomyVersionRow | None:
    return next(iter(taxonomy_versions(session, newest=1)), None)


def add_taxonomy(session: Session, source: str, *, by: str, now: datetime) -> int:
    """Keep a taxonomy; it holds from now on. Returns its number."""
    row = TaxonomyVersionRow(source=source, changed_by=by, changed_at=now)
    session.add(row)
    session.flush()
    return row.number


def corrections(session: Session, comments: Sequence[int]) -> dict[int, Correction]:
    """What holds of comments, by number."""
    found: dict[int, Correction] = {}
    for start in range(0, len(comments), _AT_ONCE):
        part = list(comments[start : start + _AT_ONCE])
        rows = _holding().where(CorrectionRow.comment.in_(part))
        found |= {row.comment: _correction(row) for row in session.scalars(rows)}
    return found


def all_corrections(session: Session) -> list[Correction]:
    """All that hold."""
    latest = {row.comment: _correction(row) for row in session.scalars(_holding())}
    return list(latest.values())


def ever_corrected(session: Session) -> list[int]:
    """Numbers of the comments that somebody corrected, also of those where it was undone."""
    return list(session.scalars(select(CorrectionRow.comment).distinct()))


def corrections_changed(session: Session) -> int:
    """A number that grows with every correction made or undone."""
    made, undone = session.execute(
        select(func.max(CorrectionRow.id), func.count(CorrectionRow.undone_at))
    ).one()
    return int(made or 0) + int(undone)


def add_correction(session: Session, told: Correction, *, seq: int, part: int) -> None:
    session.add(
        CorrectionRow(
            seq=seq,
            part=part,
            comment=told.comment,
            sentiment=told.sentiment or "",
            aspects="" if told.aspects is None else json.dumps(dict(told.aspects)),
            touchpoint=told.touchpoint,
            corrected_by=told.by,
            corrected_at=told.at,
        )
    )


def undo_correction(session: Session, comment: int, *, by: str, now: datetime) -> bool:
    """Take the latest correction of a comment back: the one before holds again. Whether there was one."""
    latest = _holding().where(CorrectionRow.comment == comment).order_by(None)
    row = session.scalar(latest.order_by(CorrectionRow.id.desc()).limit(1))
    if row is None:
        return False
    row.undone_by, row.undone_at = by, now
    return True


def _holding() -> Any:
    """In the order in which they were made: the last of a comment holds."""
    return select(CorrectionRow).where(CorrectionRow.undone_at.is_(None)).order_by(CorrectionRow.id)


def _correction(row: CorrectionRow) -> Correction:
    return Correction(
        row.comment,
        row.sentiment or None,
        json.loads(row.aspects) if row.aspects else None,
        row.touchpoint,
        row.corrected_by,
        row.corrected_at,
    )


def add_learned(session: Session, row: LearnedModelRow) -> int:
    session.add(row)
    session.flush()
    return row.id


def learned_rows(session: Session, language: str, *, newest: int = 10) -> Sequence[LearnedModelRow]:
    """Attempts to learn from comments in a language, the newest first."""
    rows = select(LearnedModelRow).where(LearnedModelRow.language == language)
    return session.scalars(rows.order_by(LearnedModelRow.id.desc()).limit(newest)).all()


def learns(session: Session, language: str) -> bool:
    """Whether what was learned of a language is used."""
    choice = session.get(LearningChoiceRow, language)
    return choice is None or choice.is_on


def choose_learning(session: Session, language: str, *, is_on: bool, by: str, now: datetime) -> None:
    session.merge(LearningChoiceRow(language=language, is_on=is_on, changed_by=by, changed_at=now))


def learning_choice(session: Session, language: str) -> LearningChoiceRow | None:
    return session.get(LearningChoiceRow, language)


def add_alert(session: Session, row: ThemeAlertRow) -> int:
    session.add(row)
    session.flush()
    return row.id


def alerts_since(session: Session, moment: datetime) -> Sequence[ThemeAlertRow]:
    """Themes that were told of since then, the newest first."""
    rows = select(ThemeAlertRow).where(ThemeAlertRow.told_at >= moment)
    return session.scalars(rows.order_by(ThemeAlertRow.id.desc())).all()


def subscribers(session: Session) -> list[int]:
    """Numbers of the users who are written to about themes."""
    return list(session.scalars(select(ThemeSubscriberRow.user_id).order_by(ThemeSubscriberRow.user_id)))


def subscribe(session: Session, user: int, now: datetime) -> None:
    session.merge(ThemeSubscriberRow(user_id=user, since=now))


def unsubscribe(session: Session, user: int) -> None:
    session.execute(delete(ThemeSubscriberRow).where(ThemeSubscriberRow.user_id == user))
