"""The rows of calls: put in, made, and what became of them. Each function works in the unit of work it is given.

A call is `queued` until it was tried, `deferred` when it is to be tried again, and ends as `made` or `failed`. If Polku
stops while it is made, it is made again: receivers know doubles by `webhook-id`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from polku.errors import Conflict, NotFound
from polku.webhooks.posting import Outcome, Post
from polku.webhooks.store import webhooks
from polku.webhooks.tables import WebhookCall, WebhookRow

STATES: Final = ("queued", "deferred", "made", "failed")
WAITING: Final = ("queued", "deferred")
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=4)
GIVE_UP_AFTER: Final = timedelta(days=3)
"""Since it was first tried: a receiver that is down over a weekend gets all of it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a call: told to who asked for it, in the same unit of work that notes it. State: made, failed."""

    id: int
    key: str | None
    kind: str
    state: str
    reason: str
    at: datetime


Notify = Callable[[Session, Ended], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """When calls of a kind may be made, the first time and again. `may` says whether now; `told` gives what they then
    tell, from what was put in: a time until which something holds may have passed while they waited."""

    kind: str
    may: Callable[[Session, datetime], bool]
    told: Callable[[Session, datetime, Mapping[str, Any]], Mapping[str, Any]]


def send(
    session: Session, kind: str, data: Mapping[str, Any], now: datetime, *, key: str | None = None
) -> int:
    """Call every webhook that wants this kind, once this unit of work is committed; returns how many those are.

    With a `key` each webhook is called once, however often this is done.
    """
    wanted = [row for row in webhooks(session) if row.turned_off_at is None and kind in row.kinds.split()]
    for row in wanted:
        put(session, row.id, kind, data, now, key=key)
    return len(wanted)


def put(
    session: Session,
    webhook_id: int,
    kind: str,
    data: Mapping[str, Any],
    now: datetime,
    *,
    key: str | None = None,
) -> int:
    """Have one webhook called, and return the call's number."""
    if key is not None:
        same = and_(WebhookCall.webhook_id == webhook_id, WebhookCall.key == key)
        known = session.scalar(select(WebhookCall.id).where(same))
        if known is not None:
            return known
    row = WebhookCall(
        webhook_id=webhook_id,
        key=key,
        kind=kind,
        message_id=f"msg_{secrets.token_hex(12)}",
        body=_written({"type": kind, "timestamp": now.isoformat(), "data": dict(data)}),
        due_at=now,
        queued_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def withdraw(session: Session, key: str) -> bool:
    """Take back the calls with a key that have not been made; whether there were any."""
    gone: Any = session.execute(
        delete(WebhookCall).where(
            WebhookCall.webhook_id.in_(select(WebhookRow.id)),  # by which keys are found fast
            WebhookCall.key == key,
            WebhookCall.state.in_(WAITING),
        )
    )
    return int(gone.rowcount) > 0


def listeners(session: Session, kind: str) -> int:
    """How many webhooks are called for a kind."""
    return sum(row.turned_off_at is None and kind in row.kinds.split() for row in webhooks(session))


def due(
    session: Session, now: datetime, *, most: int, timings: Sequence[Timing] = ()
) -> dict[int, list[Post]]:
    """Calls that are to be made now by webhook, the oldest first, at most `most` each; none of a kind that may not go.

    Of a webhook that has been resting there is one only: it shows whether it is back.
    """
    found: dict[int, list[Post]] = {}
    held = [timing.kind for timing in timings if not timing.may(session, now)]
    telling = {timing.kind: timing.told for timing in timings}
    for row in webhooks(session):
        if row.turned_off_at is not None or (row.rests_until is not None and row.rests_until > now):
            continue
        query = (
            select(WebhookCall)
            .where(
                WebhookCall.webhook_id == row.id,
                WebhookCall.state.in_(WAITING),
                WebhookCall.due_at <= now,
                WebhookCall.kind.not_in(held),
            )
            .order_by(WebhookCall.due_at, WebhookCall.id)
            .limit(1 if row.rests else most)
        )
        calls = [
            Post(
                call.id,
                call.message_id,
                row.url,
                row.secret,
                row.authorization,
                _body(session, call, telling, now),
            )
            for call in session.scalars(query)
        ]
        if calls:
            found[row.id] = calls
    return found


def settle(session: Session, id: int, outcome: Outcome, now: datetime, notify: Notify | None = None) -> str:
    """Note what became of a call, and return its state: made, deferred, failed."""
    row = _row(session, id)
    if row.state not in WAITING:  # ended by hand meanwhile
        return row.state
    webhook = session.get_one(WebhookRow, row.webhook_id)
    row.attempts, row.status = row.attempts + 1, outcome.status
    row.first_tried_at = row.first_tried_at or now
    if outcome.is_of_receiver:
        row.state, row.reason = "deferred", outcome.reason
        webhook.rests = min(webhook.rests + 1, 100)
        webhook.rests_until = now + max(_pause(webhook.rests), timedelta(seconds=outcome.after_s))
        if webhook.rests > 1:
            _give_up(session, webhook, now, notify)
        return row.state
    webhook.rests, webhook.rests_until = 0, None
    if outcome.reason == "":
        _end(session, row, "made", "", now, notify)
    elif outcome.reason == "receiver_gone":
        _end(session, row, "failed", "receiver_gone", now, notify)
        turn_off(session, webhook, now, notify)
    elif now - row.first_tried_at >= GIVE_UP_AFTER:
        _end(session, row, "failed", "receiver_given_up", now, notify)
    else:  # others need not wait for this one
        row.state, row.reason, row.due_at = "deferred", outcome.reason, now + _pause(row.attempts)
    return row.state


def turn_off(session: Session, webhook: WebhookRow, now: datetime, notify: Notify | None = None) -> None:
    """Call a webhook no more; what waits for it ends."""
    webhook.turned_off_at = now
    waiting = (WebhookCall.webhook_id == webhook.id, WebhookCall.state.in_(WAITING))
    for row in session.scalars(select(WebhookCall).where(*waiting)):
        _end(session, row, "failed", "webhook_off", now, notify)


def make_again(session: Session, id: int, now: datetime) -> None:
    """Make a failed call once more, as a person decided. Raises NotFound, Conflict."""
    row = _row(session, id)
    webhook = session.get_one(WebhookRow, row.webhook_id)
    if row.state != "failed" or row.body is None or webhook.turned_off_at is not None:
        raise Conflict(
            "Call %(call)s cannot be made again: it must have failed, and its webhook must be on.", call=id
        )
    row.state, row.due_at, row.ended_at, row.reason = "queued", now, None, ""
    row.attempts, row.first_tried_at = 0, None
    webhook.rests, webhook.rests_until = 0, None


def calls(
    session: Session, *, webhook_id: int = 0, state: str = "", limit: int = 50
) -> Sequence[WebhookCall]:
    """Calls, the newest first."""
    query = select(WebhookCall).order_by(WebhookCall.id.desc()).limit(limit)
    if webhook_id:
        query = query.where(WebhookCall.webhook_id == webhook_id)
    if state:
        query = query.where(WebhookCall.state == state)
    return session.scalars(query).all()


def counts(session: Session) -> dict[int, dict[str, int]]:
    """How many calls of each webhook are in each state; all states are there."""
    found: dict[int, dict[str, int]] = {row.id: dict.fromkeys(STATES, 0) for row in webhooks(session)}
    query = select(WebhookCall.webhook_id, WebhookCall.state, func.count()).group_by(
        WebhookCall.webhook_id, WebhookCall.state
    )
    for webhook_id, state, number in session.execute(query):
        found[webhook_id][state] = number
    return found


def forget(session: Session, *, before: datetime) -> int:
    """Remove calls that ended before a time; returns how many."""
    gone: Any = session.execute(
        delete(WebhookCall).where(WebhookCall.state.not_in(WAITING), WebhookCall.ended_at < before)
    )
    return int(gone.rowcount)


def _give_up(session: Session, webhook: WebhookRow, now: datetime, notify: Notify | None) -> None:
    """A receiver that answers nothing for days gets nothing of what has waited for it so long."""
    old = (
        WebhookCall.webhook_id == webhook.id,
        WebhookCall.state.in_(WAITING),
        WebhookCall.queued_at <= now - GIVE_UP_AFTER,
    )
    for row in session.scalars(select(WebhookCall).where(*old)):
        _end(session, row, "failed", "receiver_given_up", now, notify)


def _written(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _body(session: Session, call: WebhookCall, telling: Mapping[str, Any], now: datetime) -> bytes:
    """What a call tells now."""
    if call.kind not in telling or not call.body:
        return call.body or b""
    body = json.loads(call.body)
    return _written(body | {"data": dict(telling[call.kind](session, now, body["data"]))})


def _pause(times: int) -> timedelta:
    doubled: int = 2 ** min(max(times - 1, 0), 12)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _end(
    session: Session, row: WebhookCall, state: str, reason: str, now: datetime, notify: Notify | None
) -> None:
    row.state, row.reason, row.ended_at = state, reason, now
    if state == "made":
        row.body = None
    if notify is not None:
        notify(session, Ended(row.id, row.key, row.kind, state, reason, now))


def _row(session: Session, id: int) -> WebhookCall:
    row = session.get(WebhookCall, id)
    if row is None:
        raise NotFound("There is no call of a webhook with number %(call)s.", call=id)
    return row
