"""Taking answers: looked at, kept as one goes, and when they are finished stored as an event on the customer's path."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from starlette.concurrency import run_in_threadpool

from polku import originals
from polku.collect import SURVEY_RESPONDED, Collector, Row, score
from polku.errors import Conflict, InvalidInput
from polku.i18n import LazyText, _l
from polku.originals import Original
from polku.store import EventType
from polku.surveys import inviting
from polku.surveys.definition import Checked, Problem
from polku.surveys.definition.values import COMMENT
from polku.surveys.distribution.people import identifier_of
from polku.surveys.inviting import Visit
from polku.surveys.inviting.ledger import note_answered
from polku.surveys.inviting.links import Outcome
from polku.surveys.kiosk import given_in_time
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.scoring import measured
from polku.surveys.unfinished import UnfinishedAnswers
from polku.surveys.visitors.asking import Visitors
from polku.workspace import Workspace

CHANNELS: Final = ("link", "email", "widget", "kiosk", "qr", "sms")
"""How somebody came to a survey."""
LONGEST_S: Final = 7 * 86_400
SENT_AGAIN: Final = 200_000
"""Among so many of the latest events it is looked whether a response has come already."""
_RESPONSE: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TRACK: Final = int(EventType.TRACK)


class Posted(msgspec.Struct, forbid_unknown_fields=True):
    """What a browser sends. `seconds` is how long answering took; `answered_at` when, if it was offline then."""

    version: int
    answers: dict[str, Any]
    language: str = ""
    finished: bool = False
    page: int = 0
    channel: str = "link"
    seconds: int | None = None
    answered_at: datetime | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    address: str | None = None
    """Of the page that the survey was shown on."""
    ticket: str = ""
    """With which a card was shown."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it. With `problems` nothing was stored."""

    finished: bool
    problems: Sequence[Problem] = ()
    dropped: Sequence[str] = ()


class SurveyClosed(Conflict):
    """410: it takes no more answers."""

    code = "survey_closed"
    status = 410

    def __init__(self) -> None:
        super().__init__("This survey takes no more answers. Thank you for your interest.")


class LinkSpent(Conflict):
    """410: a personal link that cannot be answered by any more, or never could."""

    code = "link_spent"
    status = 410

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(OUTCOMES[outcome].text)
        self.outcome = outcome


class AlreadyAnswered(LinkSpent):
    """409: a personal link by which somebody has answered; what they said is there."""

    code = "already_answered"
    status = 409


OUTCOMES: Final[Mapping[Outcome, LazyText]] = {
    "answered": _l("You have answered this survey already. Thank you!"),
    "refused": _l("You have asked not to be asked. This survey cannot be answered by this link any more."),
    "expired": _l("The time to answer is over. Thank you for your interest."),
    "unknown": _l("This link leads nowhere. Open it again from the letter: it may have been cut short."),
}
"""What somebody is told whose link cannot be answered by."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Who answers by a personal link, as an identifier, and about what; of anonymous surveys only the touchpoint."""

    who: tuple[str, str] | None
    touchpoint: str
    about_event: int | None


class Answering:
    """A part of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._surveys = workspace.part(KnownSurveys)
        self._collector = workspace.part(Collector)
        self._unfinished = workspace.part(UnfinishedAnswers)
        self._tickets = workspace.part(Visitors).tickets

    async def take(self, key: str, response: str, posted: Posted) -> Taken:
        """Keep what was answered so far or, when it is finished, store it as an event; durable when this returns.

        The same response may be sent any number of times and is stored once. What a kiosk kept while it had no
        connection is taken after the survey was closed too. Raises NotFound, SurveyClosed, and InvalidInput for a
        version that never was, or what is no response's id.
        """
        asked = self._surveys.by_key(key)
        if not asked.open and not given_in_time(posted, asked.closed_at, datetime.now(UTC)):
            raise SurveyClosed
        checked = self._checked(asked, response, posted)
        if checked.problems:
            return Taken(False, checked.problems, checked.dropped)
        if posted.finished:
            checked = await run_in_threadpool(self._apart, asked, response, posted, checked)
            await self._collector.append([row(asked, response, posted, checked)])
            await self._forget(response)
            if posted.ticket:
                await run_in_threadpool(self._note_ticket, asked, posted.ticket)
        else:
            await self._keep(asked, response, posted, checked)
        return Taken(posted.finished, (), checked.dropped)

    async def take_by_link(self, token: str, key: str, response: str, posted: Posted) -> Taken:
        """As `take`, by a personal link: onto the path of whom it was sent to, and once.

        Of an anonymous survey the event has nothing of the person, and the ledger only the day. Raises LinkSpent too.
        """
        asked = self._surveys.by_key(key)
        if not asked.open:
            raise SurveyClosed
        checked = self._checked(asked, response, posted)
        visit = await run_in_threadpool(self._look, token, key)
        if visit.outcome != "open":
            return await self._spent(visit.outcome, asked, response, posted)
        posted.channel = visit.channel
        if checked.problems:
            return Taken(False, checked.problems, checked.dropped)
        if not posted.finished:
            await self._keep(asked, response, posted, checked)
            await run_in_threadpool(self._note_started, token)
            return Taken(False, (), checked.dropped)
        checked = await run_in_threadpool(self._apart, asked, response, posted, checked)
        who = None
        if visit.profile is not None:
            who = await run_in_threadpool(identifier_of, self._workspace, key, visit.profile)
        made = row(
            asked, response, posted, checked, invited=Invited(who, visit.touchpoint, visit.about_event)
        )
        loop = asyncio.get_running_loop()

        def store_it() -> None:
            asyncio.run_coroutine_threadsafe(self._collector.append([made]), loop).result()

        outcome = await run_in_threadpool(self._answer, token, store_it)
        if outcome != "open":
            return await self._spent(outcome, asked, response, posted)
        await self._forget(response)
        return Taken(True, (), checked.dropped)

    async def _keep(self, asked: Asked, response: str, posted: Posted, checked: Checked) -> None:
        answers = dict(checked.answers)
        await run_in_threadpool(
            self._unfinished.keep, response, asked.id, posted.version, answers, posted.page
        )

    async def _forget(self, response: str) -> None:
        if self._unfinished.are_kept(response):
            await run_in_threadpool(self._unfinished.forget, response)

    async def _spent(self, outcome: Outcome, asked: Asked, response: str, posted: Posted) -> Taken:
        """What is told of a link that cannot be answered by: the same response sent again has been taken.

        Raises LinkSpent.
        """
        if outcome != "answered":
            raise LinkSpent(outcome)
        if posted.finished and await run_in_threadpool(self._is_stored, asked, response):
            return Taken(True)
        raise AlreadyAnswered(outcome)

    def _is_stored(self, asked: Asked, response: str) -> bool:
        """Whether a response is among the latest events: browsers send again within minutes."""
        self._workspace.store.flush()
        snapshot = self._workspace.store.snapshot
        found = snapshot.after(snapshot.next_seq - SENT_AGAIN).sql(
            "SELECT 1 FROM events WHERE source = $source AND event_id = $id LIMIT 1",
            {"source": asked.source, "id": response},
        )
        return bool(found.num_rows)

    def _checked(self, asked: Asked, response: str, posted: Posted) -> Checked:
        if not _RESPONSE.fullmatch(response):
            raise InvalidInput("'%(given)s' is no response's id: send a random UUID.", given=response[:40])
        definition = asked.definitions.get(posted.version)
        if definition is None:
            raise InvalidInput(
                "The survey has no version %(version)s. Open its page again: nothing you wrote is lost.",
                version=posted.version,
            )
        return definition.check(posted.answers, partial=not posted.finished)

    def _apart(self, asked: Asked, response: str, posted: Posted, checked: Checked) -> Checked:
        """What goes into the event: open answers without personal data. As they were written they are kept apart, of
        an anonymous survey not at all."""
        questions = asked.definitions[posted.version].questions
        kept, answers = [], dict(checked.answers)
        asked_openly = [q.name for q in questions if q.type == "comment"]
        for name in (*asked_openly, *(name for name in answers if name.endswith(COMMENT))):
            if isinstance(said := answers.get(name), str):
                answers[name], personal = originals.without(said)
                if personal and not asked.anonymous:
                    kept.append(Original(asked.source, response, name, said))
        originals.keep(self._workspace, kept)
        return replace(checked, answers=answers)

    def _note_ticket(self, asked: Asked, ticket: str) -> None:
        """The ledger knows that a card which it knows was answered: rules leave those in peace longer who do not."""
        now = datetime.now(UTC)
        shown = self._tickets.answered(ticket, asked.key, now)
        if shown is not None:
            with self._workspace.db.session() as session:
                note_answered(session, shown, now, ZoneInfo(self._workspace.settings.timezone))

    def _look(self, token: str, key: str) -> Visit:
        with self._workspace.db.session(read_only=True) as session:
            visit = inviting.look(session, token, datetime.now(UTC))
        return visit if visit.survey == key else Visit("unknown")

    def _answer(self, token: str, store_it: Callable[[], None]) -> Outcome:
        """Mark the ledger and store the event, in this order inside one unit of work; `open` if that was done.

        If the event cannot be stored, the ledger is not marked. If Polku stops between the two, the browser sends the
        same response again, which is stored once.
        """
        zone = ZoneInfo(self._workspace.settings.timezone)
        with self._workspace.db.session() as session:
            visit = inviting.answer(session, token, datetime.now(UTC), zone)
            if visit.outcome == "open":
                store_it()
        return visit.outcome

    def _note_started(self, token: str) -> None:
        with self._workspace.db.session() as session:
            inviting.note_started(session, token, datetime.now(UTC))


def row(
    asked: Asked, response: str, posted: Posted, checked: Checked, *, invited: Invited | None = None
) -> Row:
    """A finished response as an event: of nobody in particular, if the survey is anonymous."""
    received_us = time.time_ns() // 1000
    occurred_us = _occurred_us(posted.answered_at, received_us)
    said, scored = _said(asked, posted, checked, invited)
    user, anonymous, others = _who(asked, posted, invited)
    context = {"page": {"url": posted.address}} if posted.address and not asked.anonymous else {}
    return (
        asked.source,
        response,
        _TRACK,
        SURVEY_RESPONDED,
        received_us,
        occurred_us,
        user or None,
        anonymous or None,
        msgspec.json.encode(others) if others else None,
        None,
        None,
        scored,
        msgspec.json.encode(said),
        msgspec.json.encode(context),
        None,
    )


def _who(
    asked: Asked, posted: Posted, invited: Invited | None
) -> tuple[str | None, str | None, list[tuple[str, str]]]:
    """User id, anonymous id and other identifiers: by a personal link, of whom it was sent to, whatever is claimed."""
    if asked.anonymous:
        return None, None, []
    if invited is None:
        return posted.user_id, posted.anonymous_id, []
    if invited.who is None:
        return None, None, []
    kind, value = invited.who
    if kind in ("user_id", "anonymous_id"):
        return (value, None, []) if kind == "user_id" else (None, value, [])
    return None, None, [invited.who]


def _said(
    asked: Asked, posted: Posted, checked: Checked, invited: Invited | None
) -> tuple[dict[str, Any], float | None]:
    """The event's properties, and its score on −100…100 if a question has a metric that gives one."""
    definition = asked.definitions[posted.version]
    said: dict[str, Any] = {
        "survey": asked.key,
        "version": posted.version,
        "channel": posted.channel if posted.channel in CHANNELS else "link",
        "answers": checked.answers,
    }
    if posted.language in definition.languages:
        said["language"] = posted.language
    if touchpoint := (invited.touchpoint if invited else "") or asked.touchpoint:
        said["touchpoint"] = touchpoint
    if invited and invited.about_event is not None and not asked.anonymous:
        said["about_event"] = invited.about_event
    if posted.seconds is not None and 0 <= posted.seconds <= LONGEST_S:
        said["seconds"] = posted.seconds
    comments = [q.name for q in definition.questions if q.type == "comment" and q.name in checked.answers]
    if comments:
        said["comment"] = checked.answers[comments[0]]
    found = measured(definition, asked.tags, checked.answers)
    if found is None:
        return said, None
    said |= {"metric": found[0], "score": found[1]}
    return said, score(said)


def _occurred_us(answered_at: datetime | None, received_us: int) -> int:
    """When it was answered: at most a month before it came, never after."""
    if answered_at is None or answered_at.tzinfo is None:
        return received_us
    at = int(answered_at.timestamp() * 1e6)
    return at if received_us - 31 * 86_400 * 1_000_000 <= at <= received_us else received_us
