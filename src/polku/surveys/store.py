"""Reading and changing surveys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from polku.errors import Conflict, InvalidInput, NotFound
from polku.journeys import key_of
from polku.surveys.tables import (
    AnswersRow,
    SurveyPlacementRow,
    SurveyQuestionRow,
    SurveyRow,
    SurveyVersionRow,
)

LONGEST_NAME: Final = 120
_PAGES: Final = frozenset({"new", "import"})
"""No keys: pages of other things stand there."""
UNFINISHED_KEPT: Final = timedelta(days=30)
"""How long answers that were begun are kept, so that one may go on with them."""

Raw = Mapping[str, Any]
State = Literal["draft", "open", "closed"]


@dataclass(frozen=True, slots=True)
class Tags:
    """What a question measures: a metric, a level of experience, a touchpoint; empty: none."""

    metric: str = ""
    level: str = ""
    touchpoint: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey as it is now. `version` is the newest that was published, 0 for none; `draft` what is worked on."""

    id: int
    key: str
    name: str
    anonymous: bool
    touchpoint: str
    version: int
    changed_by: str
    changed_at: datetime
    closed_at: datetime | None
    draft: Raw

    @property
    def state(self) -> State:
        if not self.version:
            return "draft"
        return "closed" if self.closed_at else "open"


@dataclass(frozen=True, slots=True)
class Placement:
    """When a survey shows itself on the company's sites: on pages whose path fits one of `paths` (`*` is anything;
    none: all), once `event` has happened there (empty: at once), after `delay_s` seconds, to a `share` of visitors, and
    to the same browser not again within `gap_days`.

    With `who` (conditions on customers; `segment` is what they are called) or a `touchpoint` that must have been met
    `within_minutes`, the server says of each visitor whether they are asked, and rules of asking hold too.
    """

    on: bool = False
    paths: tuple[str, ...] = ()
    event: str = ""
    delay_s: int = 3
    share: float = 1.0
    gap_days: int = 90
    segment: str = ""
    who: tuple[str, ...] = ()
    touchpoint: str = ""
    within_minutes: int = 30

    @property
    def asks(self) -> bool:
        """Whether the server must be asked about each visitor."""
        return bool(self.who or self.touchpoint)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Answers that somebody has begun, and the page they came to."""

    response: str
    survey_id: int
    version: int
    answers: dict[str, Any]
    page: int
    saved_at: datetime


def surveys(session: Session) -> list[Survey]:
    """All, by name."""
    rows = session.execute(_with_version().order_by(func.lower(SurveyRow.name), SurveyRow.id))
    return [_of(row, version) for row, version in rows]


def survey(session: Session, key: str) -> Survey:
    """Raises NotFound."""
    found = session.execute(_with_version().where(SurveyRow.key == key)).first()
    if found is None:
        raise NotFound("There is no survey '%(key)s'. See: polku surveys list", key=key[:60])
    return _of(*found)


def create(
    session: Session, *, name: str, definition: Raw, tags: Mapping[str, Tags], anonymous: bool,
    touchpoint: str, by: str, now: datetime,
) -> Survey:  # fmt: skip
    """A new survey, which nobody can answer before it is published. Raises InvalidInput."""
    name = _name(name)
    row = SurveyRow(
        key=_free_key(session, name), name=name, anonymous=anonymous, touchpoint=touchpoint,
        draft=_text(definition), changed_by=by, changed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _tag(session, row.id, tags)
    return survey(session, row.key)


def change(
    session: Session, key: str, *, by: str, now: datetime, name: str | None = None,
    definition: Raw | None = None, tags: Mapping[str, Tags] | None = None, touchpoint: str | None = None,
    anonymous: bool | None = None,
) -> Survey:  # fmt: skip
    """Change what is given of a survey's draft; published versions stay as they are.

    Raises NotFound, InvalidInput, and Conflict when a published survey would become anonymous or cease to be: what
    people were promised holds.
    """
    row = _row(session, key)
    if name is not None:
        row.name = _name(name)
    if definition is not None:
        row.draft = _text(definition)
    if touchpoint is not None:
        row.touchpoint = touchpoint
    if anonymous is not None and anonymous != row.anonymous:
        if _newest(session, row.id):
            raise Conflict(
                "Whether a survey is anonymous cannot change after it was published: people were promised it. "
                "Make a copy."
            )
        row.anonymous = anonymous
    if tags is not None:
        session.execute(delete(SurveyQuestionRow).where(SurveyQuestionRow.survey_id == row.id))
        _tag(session, row.id, tags)
    row.changed_by, row.changed_at = by, now
    return survey(session, key)


def publish(session: Session, key: str, *, by: str, now: datetime) -> int:
    """Make the draft a version that customers see, and open the survey; the version's number.

    A draft that is the newest version already becomes no new one. Raises NotFound.
    """
    row = _row(session, key)
    newest = _newest(session, row.id)
    if newest is None or newest.definition != row.draft:
        number = newest.number + 1 if newest else 1
        newest = SurveyVersionRow(
            survey_id=row.id, number=number, definition=row.draft, published_by=by, published_at=now
        )
        session.add(newest)
    row.closed_at, row.changed_by, row.changed_at = None, by, now
    session.flush()
    return newest.number


def close(session: Session, key: str, *, by: str, now: datetime) -> None:
    """Take no more answers; those that came stay. Raises NotFound, and Conflict for one that was never open."""
    row = _row(session, key)
    if _newest(session, row.id) is None:
        raise Conflict("The survey '%(name)s' has not been published.", name=row.name)
    if row.closed_at is None:
        row.closed_at = now
    row.changed_by, row.changed_at = by, now


def versions(session: Session, key: str) -> dict[int, Raw]:
    """The definitions of all versions by number, the oldest first. Raises NotFound."""
    rows = session.scalars(
        select(SurveyVersionRow)
        .where(SurveyVersionRow.survey_id == _row(session, key).id)
        .order_by(SurveyVersionRow.number)
    )
    return {r.number: json.loads(r.definition) for r in rows}


def tags(session: Session, key: str) -> dict[str, Tags]:
    """What the questions measure, by name. Raises NotFound."""
    rows = session.scalars(
        select(SurveyQuestionRow).where(SurveyQuestionRow.survey_id == _row(session, key).id)
    )
    return {r.question: Tags(r.metric, r.level, r.touchpoint) for r in rows}


def placement(session: Session, key: str) -> Placement:
    """Raises NotFound."""
    row = session.get(SurveyPlacementRow, _row(session, key).id)
    if row is None:
        return Placement()
    return Placement(
        row.on, tuple(row.paths.splitlines()), row.event, row.delay_s, row.share, row.gap_days, row.segment,
        tuple(row.who.splitlines()), row.touchpoint, row.within_minutes,
    )  # fmt: skip


def place(session: Session, key: str, placement: Placement) -> None:
    """Raises NotFound."""
    id = _row(session, key).id
    row = session.get(SurveyPlacementRow, id)
    if row is None:
        row = SurveyPlacementRow(survey_id=id)
        session.add(row)
    row.on, row.paths, row.event = placement.on, "\n".join(placement.paths), placement.event
    row.delay_s, row.share, row.gap_days = placement.delay_s, placement.share, placement.gap_days
    row.segment, row.who = placement.segment, "\n".join(placement.who)
    row.touchpoint, row.within_minutes = placement.touchpoint, placement.within_minutes


def placed(session: Session) -> list[str]:
    """The keys of surveys that show themselves on sites, by name."""
    rows = session.scalars(
        select(SurveyRow.key)
        .join(SurveyPlacementRow, SurveyPlacementRow.survey_id == SurveyRow.id)
        .where(SurveyPlacementRow.on)
        .order_by(func.lower(SurveyRow.name), SurveyRow.id)
    )
    return list(rows)


def keep_unfinished(session: Session, answers: Unfinished) -> None:
    """Keep answers that are not finished, in place of those kept of the same response."""
    row = session.get(AnswersRow, answers.response)
    if row is None:
        row = AnswersRow(response=answers.response, survey_id=answers.survey_id)
        session.add(row)
    row.version, row.page, row.saved_at = answers.version, answers.page, answers.saved_at
    row.answers = _text(answers.answers)


def unfinished(session: Session, response: str) -> Unfinished | None:
    row = session.get(AnswersRow, response)
    if row is None:
        return None
    return Unfinished(
        row.response, row.survey_id, row.version, json.loads(row.answers), row.page, row.saved_at
    )


def unfinished_responses(session: Session) -> Iterator[str]:
    """The ids of all responses that have answers kept."""
    yield from session.scalars(select(AnswersRow.response).execution_options(yield_per=10_000))


def left_unfinished(session: Session, survey_id: int, *, since: datetime, until: datetime) -> int:
    """How many responses were last saved with since ≤ time < until and never finished."""
    chosen = (AnswersRow.survey_id == survey_id, AnswersRow.saved_at >= since, AnswersRow.saved_at < until)
    return session.scalar(select(func.count()).where(*chosen)) or 0


def forget_unfinished(session: Session, response: str) -> None:
    session.execute(delete(AnswersRow).where(AnswersRow.response == response))


def sweep_unfinished(session: Session, now: datetime) -> int:
    """Forget what was left unfinished too long ago; how many there were."""
    done = session.execute(delete(AnswersRow).where(AnswersRow.saved_at < now - UNFINISHED_KEPT))
    return int(done.rowcount)  # type: ignore[attr-defined]  # a delete has one


def _with_version() -> Any:
    newest = (
        select(func.max(SurveyVersionRow.number))
        .where(SurveyVersionRow.survey_id == SurveyRow.id)
        .scalar_subquery()
    )
    return select(SurveyRow, newest)


def _of(row: SurveyRow, version: int | None) -> Survey:
    return Survey(
        row.id, row.key, row.name, row.anonymous, row.touchpoint, version or 0, row.changed_by,
        row.changed_at, row.closed_at, json.loads(row.draft),
    )  # fmt: skip


def _row(session: Session, key: str) -> SurveyRow:
    row = session.scalar(select(SurveyRow).where(SurveyRow.key == key))
    if row is None:
        raise NotFound("There is no survey '%(key)s'. See: polku surveys list", key=key[:60])
    return row


def _newest(session: Session, survey_id: int) -> SurveyVersionRow | None:
    rows: Sequence[SurveyVersionRow] = session.scalars(
        select(SurveyVersionRow)
        .where(SurveyVersionRow.survey_id == survey_id)
        .order_by(SurveyVersionRow.number.desc())
        .limit(1)
    ).all()
    return rows[0] if rows else None


def _tag(session: Session, survey_id: int, tags: Mapping[str, Tags]) -> None:
    session.add_all(
        SurveyQuestionRow(
            survey_id=survey_id, question=question, metric=t.metric, level=t.level, touchpoint=t.touchpoint
        )
        for question, t in tags.items()
        if t != Tags()
    )


def _name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput("Give a name of 1 to %(most)s characters.", most=LONGEST_NAME, field="name")
    return name


def _free_key(session: Session, name: str) -> str:
    stem = key_of(name, otherwise="survey")
    taken = set(session.scalars(select(SurveyRow.key).where(SurveyRow.key.startswith(stem, autoescape=True))))
    taken |= _PAGES
    return next(k for k in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if k not in taken)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
