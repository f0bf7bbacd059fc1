"""Mailings in their table. Each function works in the unit of work it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.errors import Conflict, NotFound
from polku.surveys.distribution.tables import MailingRow

Kind = Literal["list", "segment", "trigger"]
Channel = Literal["email", "sms"]

STATES: Final = ("new", "looking", "planned", "sending", "done")
"""new: its list is being read. looking: it is being worked out what would come of it. planned: a person has to say
whether it goes. sending: it is being decided on, a part at a time. done: all has been decided on; triggers are that
always."""
AT_WORK: Final = ("looking", "sending")


@dataclass(frozen=True, slots=True)
class Mailing:
    """A survey sent to a list or to a segment, or by a trigger: `after_days` after a touchpoint, while it is `on`, to
    those who are in its segment when the letter would go. `who` are the segment's conditions, `words` the company's own
    of a text message. `told` is what came of looking."""

    id: int
    survey: str
    name: str
    touchpoint: str
    after_days: int
    share: float
    on: bool
    looked_seq: int
    made_by: str
    made_at: datetime
    kind: Kind
    channel: Channel
    segment: str
    who: tuple[str, ...]
    words: str
    state: str
    total: int
    read_to: int
    told: Mapping[str, Any]


def mailings(session: Session, survey: str) -> Sequence[Mailing]:
    """Those of a survey whose lists have been read, the newest first."""
    rows = session.scalars(
        select(MailingRow)
        .where(MailingRow.survey == survey, MailingRow.state != "new")
        .order_by(MailingRow.id.desc())
    )
    return [_of(row) for row in rows]


def mailing(session: Session, id: int, survey: str = "") -> Mailing:
    """Raises NotFound."""
    return _of(_row(session, id, survey))


def named(session: Session, ids: Sequence[int]) -> dict[int, Mailing]:
    """Those of these numbers that are there."""
    rows = session.scalars(select(MailingRow).where(MailingRow.id.in_(set(ids))))
    return {row.id: _of(row) for row in rows}


def at_work(session: Session) -> Sequence[Mailing]:
    """Mailings that are being worked through, those first that people wait for."""
    rows = session.scalars(
        select(MailingRow).where(MailingRow.state.in_(AT_WORK)).order_by(MailingRow.state, MailingRow.id)
    )
    return [_of(row) for row in rows]


def triggers(session: Session) -> Sequence[Mailing]:
    """Triggers of all surveys that are on."""
    rows = session.scalars(select(MailingRow).where(MailingRow.on, MailingRow.kind == "trigger"))
    return [_of(row) for row in rows]


def add_mailing(
    session: Session, *, survey: str, name: str, by: str, now: datetime, kind: Kind = "list",
    touchpoint: str = "", after_days: int = 0, share: float = 1.0, looked_seq: int = 0,
    channel: Channel = "email", segment: str = "", who: Sequence[str] = (), words: str = "",
    state: str = "done", told: Mapping[str, Any] | None = None,
) -> Mailing:  # fmt: skip
    row = MailingRow(
        survey=survey, name=name, touchpoint=touchpoint, after_days=after_days, share=share, on=True,
        looked_seq=looked_seq, made_by=by, made_at=now, kind=kind, channel=channel, segment=segment,
        who="\n".join(who), words=words, state=state, total=0, read_to=0, told=_text(told or {}),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return _of(row)


def set_total(session: Session, id: int, total: int) -> None:
    """How many entries a mailing's list has. Raises NotFound."""
    _row(session, id).total = total


def advance(session: Session, mailing: Mailing, read_to: int, told: Mapping[str, Any], state: str) -> bool:
    """Note how far a list has been worked through; whether it stood where `mailing` says, else nothing is done: then
    somebody else did the same part, and this unit of work must not."""
    row = session.scalar(select(MailingRow).where(MailingRow.id == mailing.id).with_for_update())
    if row is None or (row.state, row.read_to) != (mailing.state, mailing.read_to):
        return False
    row.read_to, row.told, row.state = read_to, _text(told), state
    return True


def begin_sending(session: Session, id: int, survey: str, now: datetime) -> Mailing:
    """Have a planned mailing go. Raises NotFound, and Conflict for one that goes already or is not worked out yet."""
    row = _row(session, id, survey)
    if row.state != "planned":
        raise Conflict("This mailing does not wait to be sent. Open the survey's distribution again.")
    row.state, row.read_to, row.made_at = "sending", 0, now
    row.told = _text({k: v for k, v in json.loads(row.told).items() if k in ("faults", "bad")})
    return _of(row)


def drop(session: Session, id: int, survey: str) -> None:
    """Forget a mailing that has not gone. Raises NotFound, Conflict."""
    row = _row(session, id, survey)
    if row.state not in ("new", "looking", "planned"):
        raise Conflict("This mailing goes already. What has been asked cannot be taken back.")
    session.delete(row)


def turn(session: Session, id: int, survey: str, *, on: bool, looked_seq: int) -> None:
    """Turn a trigger on or off. What happened while it was off is not asked about. Raises NotFound."""
    row = session.get(MailingRow, id)
    if row is None or row.survey != survey or row.kind != "trigger":
        raise NotFound("There is no such trigger. Open the survey's distribution again.")
    if on and not row.on:
        row.looked_seq = looked_seq
    row.on = on


def note_looked(session: Session, id: int, seq: int) -> None:
    """A trigger has looked at all events up to `seq`."""
    row = session.get(MailingRow, id)
    if row is not None:
        row.looked_seq = max(row.looked_seq, seq)


def _row(session: Session, id: int, survey: str = "") -> MailingRow:
    row = session.get(MailingRow, id)
    if row is None or (survey and row.survey != survey):
        raise NotFound("There is no such mailing. Open the survey's distribution again.")
    return row


def _of(row: MailingRow) -> Mailing:
    return Mailing(
        row.id, row.survey, row.name, row.touchpoint, row.after_days, row.share, row.on, row.looked_seq,
        row.made_by, row.made_at, row.kind, row.channel, row.segment,  # type: ignore[arg-type]  # as it was put
        tuple(row.who.splitlines()), row.words, row.state, row.total, row.read_to, json.loads(row.told),
    )  # fmt: skip


def _text(told: Mapping[str, Any]) -> str:
    return json.dumps(dict(told), ensure_ascii=False, separators=(",", ":"))
