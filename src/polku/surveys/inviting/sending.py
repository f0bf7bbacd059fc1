"""From the ledger to the outbox and back. Both are in one unit of work, so that neither knows what the other does not.

A letter that is to go is marked as such in the ledger and put into the outbox together; what became of it is noted in
both together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from polku.mail import Ended, InvalidAddress, Letter, Sender, put
from polku.surveys.inviting.deciding import Rules
from polku.surveys.inviting.ledger import REMINDERS, due, due_for_reminder
from polku.surveys.inviting.links import KIND, letter_key, make_link
from polku.surveys.inviting.opting_out import wants_none
from polku.surveys.inviting.quiet import next_sending_time
from polku.surveys.inviting.tables import Invitation
from polku.webhooks import Ended as Called
from polku.webhooks import send as call

A_TIME: Final = 200

SMS: Final = "sms.send"
"""The kind of call that a text message is."""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message: `to` as E.164 has it. It should not be delivered after `send_until`."""

    to: str
    text: str
    send_until: datetime | None = None


Compose = Callable[[Invitation, str, bool], Letter | TextMessage | None]
"""Writes the letter for an invitation: its row, the token of its link, whether it is a reminder. None: there is no
address any more. It looks addresses up, which the ledger does not have."""

Standing = Callable[[Sequence[Invitation]], Mapping[int, str]]
"""Of rows that are due, the reason of each that is not to be asked after all, by its number."""


def _all_stand(rows: Sequence[Invitation]) -> Mapping[int, str]:
    return {}


def send_due(
    session: Session,
    compose: Compose,
    sender: Sender,
    now: datetime,
    *,
    rules: Rules,
    limit: int = A_TIME,
    channels: Sequence[str] = ("email",),
    standing: Standing = _all_stand,
) -> int:
    """Put the letters that are due into the outbox, and return how many rows were looked at: below `limit`, all.

    Nothing goes in quiet hours, also what was due before them: Polku may have been stopped meanwhile.
    One whose address cannot be written to does not stop the others. A template that is broken does (TemplateBroken):
    then nothing has been done, and it can be tried again once it is mended.
    """
    if _is_quiet(rules, now):
        return 0
    rows = due(session, now, limit, channels)
    against = standing(rows)
    for row in rows:
        if row.id in against:
            row.state, row.reason = "suppressed", against[row.id]
        else:
            row.state, row.reason = _sent(session, row, compose, sender, now, number=0)
    session.flush()
    return len(rows)


def remind(
    session: Session,
    survey: str,
    compose: Compose,
    sender: Sender,
    now: datetime,
    *,
    rules: Rules,
    after: timedelta,
    most: int = 1,
    limit: int = A_TIME,
    channels: Sequence[str] = ("email",),
    standing: Standing = _all_stand,
) -> int:
    """Put reminders into the outbox for who has not answered `after` the last letter; returns how many were looked at.

    Each letter has a link of its own; all of them lead to the same invitation, which can be answered once.
    """
    if _is_quiet(rules, now):
        return 0
    rows: Sequence[Invitation] = due_for_reminder(
        session, survey, now, after=after, most=most, limit=limit, channels=channels
    )
    against = standing(rows)
    for row in rows:
        if row.id in against:  # the first letter has gone, and its link still leads here
            row.reminders, row.reason = REMINDERS, against[row.id]
            continue
        row.reminders, row.reminded_at = row.reminders + 1, now
        state, reason = _sent(session, row, compose, sender, now, number=row.reminders)
        if reason == "opted_out":
            row.state, row.reason = "refused", reason
        elif state != "queued":
            row.reason = reason  # the first letter has gone, and its link still leads here
    session.flush()
    return len(rows)


def note_call(session: Session, ended: Called) -> None:
    """Note in the ledger what became of a text message (a `Notify` of `polku.webhooks`). Calls of others are passed
    over."""
    if ended.kind != SMS or ended.key is None:
        return
    state = "sent" if ended.state == "made" else "failed"
    note_outcome(session, Ended(ended.id, ended.key, KIND, state, ended.reason, ended.at))


def note_outcome(session: Session, ended: Ended) -> None:
    """Note in the ledger what became of a letter (a `Notify` of `polku.mail`). Letters of others are passed over."""
    kind, _, rest = (ended.key or "").partition(":")
    id, _, number = rest.partition(":")
    if kind != KIND or number != "0":
        return
    row = session.get(Invitation, int(id))
    if row is None:
        return
    if ended.state == "failed":
        if row.state == "queued":
            row.state = "expired" if ended.reason == "expired" else "failed"
            lost = "call_failed" if row.channel == "sms" else "not_delivered"
            row.reason = "expired" if ended.reason == "expired" else lost
        return
    row.sent_at = row.sent_at or ended.at
    if row.state in ("queued", "failed"):
        # Of an uncertain letter too the link must work: whoever got it may answer.
        row.state, row.reason = "sent", "uncertain" if ended.state == "uncertain" else ""


def _sent(
    session: Session, row: Invitation, compose: Compose, sender: Sender, now: datetime, *, number: int
) -> tuple[str, str]:
    """Put one letter into the outbox; its new state, and the reason if it was not."""
    if row.expires_at <= now:
        return "expired", "expired"
    if wants_none(session, row.profile, row.address_hash):  # since it was decided to ask
        return "suppressed", "opted_out"
    step = session.begin_nested()
    try:
        letter = compose(row, make_link(session, row.id), number > 0)
        if letter is not None:
            key, until = letter_key(row.id, number), row.expires_at
            if isinstance(letter, TextMessage):
                call(session, SMS, _told(letter, key), now, key=key)
            else:
                put(session, letter, sender, kind=KIND, key=key, now=now, expires_at=until)
            step.commit()
            return "queued", ""
    except InvalidAddress:
        step.rollback()
        return "failed", "bad_address"
    step.rollback()
    return "failed", "no_address"


def _told(message: TextMessage, key: str) -> dict[str, str]:
    """What the gateway is told. `reference` is the same however often the call is made."""
    told = {"to": message.to, "text": message.text, "reference": key}
    return told | ({"send_until": message.send_until.isoformat()} if message.send_until else {})


def _is_quiet(rules: Rules, now: datetime) -> bool:
    return next_sending_time(now, rules.hours, rules.zone) != now
