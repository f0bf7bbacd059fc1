"""The page of one case, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from polku.cases import handling
from polku.cases.customer import comments, customer
from polku.cases.forms import CloseForm, LetterForm, NoteForm, StateForm
from polku.cases.handling import Actor, CaseChanged, Wish
from polku.cases.history import history
from polku.cases.letters import customer_letter
from polku.cases.queries import summary
from polku.cases.store import Filtered, answers_of, case_by_id, cases, people
from polku.cases.tables import CaseRow
from polku.cases.words import in_pages
from polku.cases.working_time import WorkingDays
from polku.errors import NotFound
from polku.i18n import LANGUAGES, gettext, use_language
from polku.mail import InvalidAddress, Sender
from polku.web.forms import Filled, FormData, read_form
from polku.web.rendering import redirect, render
from polku.web.tables import User
from polku.web.visitor import CurrentUser
from polku.workspace import Workspace

PATH: Final = "/cases"
ME: Final = "me"
router = APIRouter(include_in_schema=False)


@dataclass(slots=True)
class Drafts:
    """Forms of a case's page, as they were filled."""

    state: Filled[StateForm] | None = None
    note: Filled[NoteForm] = field(default_factory=Filled)
    letter: Filled[LetterForm] | None = None
    close: Filled[CloseForm] = field(default_factory=Filled)


@router.get(PATH + "/{id}")
def show_case(request: Request, id: int, user: CurrentUser) -> Response:
    return _page(request, id, user, Drafts())


@router.post(PATH + "/{id}")
def change(request: Request, id: int, user: CurrentUser, data: FormData) -> Response:
    """Owner, status, due time and priority, if nobody has changed them since they were shown."""
    filled, workspace = read_form(StateForm, data), _workspace(request)
    form = filled.form
    if not form:
        return _page(request, id, user, Drafts(state=filled), status=422)

    def save(session: Session, by: Actor, now: datetime) -> None:
        working = WorkingDays.of(workspace.settings)
        due_at = form.due_at.replace(tzinfo=form.due_at.tzinfo or working.zone).astimezone(UTC)
        was = handling.case_of(session, id).due_at
        if was.replace(second=0, microsecond=0) == due_at:
            due_at = was  # the field has no seconds
        wish = Wish(form.status, form.owner, due_at, form.priority)
        handling.change(session, id, form.version, wish, by=by, now=now, working=working)

    return _done(request, id, user, save, Drafts(state=filled), gettext("Saved."))


@router.post(PATH + "/{id}/take")
def take(request: Request, id: int, user: CurrentUser) -> Response:
    """The case becomes one's own, if it is nobody's."""
    taken: list[bool] = []

    def save(session: Session, by: Actor, now: datetime) -> None:
        taken.append(handling.take_over(session, id, by=by, now=now))

    _work(request, user, save)
    told = gettext("The case is yours.") if taken[0] else gettext("Somebody else was quicker: see who.")
    return redirect(f"{PATH}/{id}", flash=told)


@router.post(PATH + "/{id}/note")
def add_note(request: Request, id: int, user: CurrentUser, data: FormData) -> Response:
    filled = read_form(NoteForm, data)
    form = filled.form
    if not form:
        return _page(request, id, user, Drafts(note=filled), status=422)

    def save(session: Session, by: Actor, now: datetime) -> None:
        handling.add_note(session, id, form.kind, form.text, form=form.form, by=by, now=now)

    return _done(request, id, user, save, Drafts(note=filled), gettext("Noted."))


@router.post(PATH + "/{id}/letter")
def write(request: Request, id: int, user: CurrentUser, data: FormData) -> Response:
    """A letter to the customer, by the outbox."""
    filled, workspace = read_form(LetterForm, data), _workspace(request)
    form, settings = filled.form, workspace.settings
    with workspace.db.session(read_only=True) as session:
        found = case_by_id(session, id)
    who = customer(workspace, found.row.profile) if found and found.row.profile else None
    if not form:
        return _page(request, id, user, Drafts(letter=filled), status=422)
    if not who or not who.email or not settings.sends_mail:
        filled.refuse("", gettext("No letter can go: there is no address, or e-mail is not set up."))
        return _page(request, id, user, Drafts(letter=filled), status=422)
    letter = customer_letter(
        who.email,
        subject=form.subject,
        said=form.said,
        language=who.language if who.language in LANGUAGES else settings.language,
        reply_to=user.email if form.reply_to == ME else "",
    )
    sender = Sender(settings.mail_from, settings.mail_name, settings.mail_reply_to)

    def save(session: Session, by: Actor, now: datetime) -> None:
        handling.write_letter(session, id, letter, sender, said=form.said, form=form.form, by=by, now=now)

    try:
        return _done(request, id, user, save, Drafts(letter=filled), gettext("The letter is on its way."))
    except InvalidAddress:
        filled.refuse("", gettext("The customer's address cannot be written to."))
        return _page(request, id, user, Drafts(letter=filled), status=422)


@router.post(PATH + "/{id}/close")
def close(request: Request, id: int, user: CurrentUser, data: FormData) -> Response:
    filled = read_form(CloseForm, data)
    form = filled.form
    if not form:
        return _page(request, id, user, Drafts(close=filled), status=422)

    def save(session: Session, by: Actor, now: datetime) -> None:
        satisfied = form.is_satisfied
        handling.close(
            session,
            id,
            form.version,
            outcome=form.outcome,
            words=form.words,
            satisfied=satisfied,
            by=by,
            now=now,
        )

    return _done(request, id, user, save, Drafts(close=filled), gettext("The case is closed."))


@router.post(PATH + "/{id}/reopen")
def reopen(request: Request, id: int, user: CurrentUser) -> Response:
    working = WorkingDays.of(_workspace(request).settings)

    def save(session: Session, by: Actor, now: datetime) -> None:
        handling.reopen(session, id, by=by, now=now, working=working)

    _work(request, user, save)
    return redirect(f"{PATH}/{id}", flash=gettext("The case is open again."))


Save = Callable[[Session, Actor, datetime], None]


def _work(request: Request, user: User, save: Save) -> None:
    """One unit of work, done by a user."""
    with _workspace(request).db.session() as session:
        save(session, Actor(user.id or None, user.name), datetime.now(UTC))


def _done(request: Request, id: int, user: User, save: Save, drafts: Drafts, told: str) -> Response:
    """Do it and go back to the case; if somebody else has changed it, show what was written and what is there now."""
    try:
        _work(request, user, save)
    except CaseChanged as e:
        for filled in (drafts.state, drafts.close):
            if filled and filled.raw:
                filled.refuse("", gettext(e.template))
        return _page(request, id, user, drafts, status=409)
    return redirect(f"{PATH}/{id}", flash=told)


def _page(request: Request, id: int, user: User, drafts: Drafts, *, status: int = 200) -> Response:
    workspace, now = _workspace(request), datetime.now(UTC)
    with workspace.db.session(read_only=True) as session:
        found = case_by_id(session, id)
        if found is None:
            raise NotFound("There is no case %(case)s. See: polku cases list", case=id)
        lines, answers, owners = history(session, id), answers_of(session, id), people(session)
        others = _others(session, found.row.profile, id, now)
    case, row = summary(found, now), found.row
    newest = answers[-1]
    who = customer(workspace, row.profile) if row.profile else None
    before = f"{int(newest.answered_at.timestamp() * 1000) + 1}-0"
    letter = drafts.letter or Filled(raw={"subject": _subject(who.language if who else "", workspace)})
    return render(
        request,
        "cases/case.html",
        status=status,
        case=case,
        row=row,
        version=row.version,
        history=lines,
        answers=answers,
        comments=comments(workspace, answers, user),
        customer=who,
        path=f"/profiles/{who.profile}?{urlencode({'before': before})}" if who else "",
        others=others,
        state=drafts.state or _state_of(row, workspace),
        note=drafts.note,
        letter=letter,
        close=drafts.close,
        once=lambda: token_hex(16),
        people=_owners(owners, row, case.owner),
        sends=workspace.settings.sends_mail,
        replies=_replies(workspace, user),
        now=now,
        **in_pages(workspace),
    )


def _owners(people: Sequence[User], row: CaseRow, owner: str) -> list[tuple[int | str, str]]:
    """Whom the case can be given to, and who has it, also if they can no longer log in: saving leaves it with them."""
    listed: list[tuple[int | str, str]] = [("", gettext("Nobody yet")), *((p.id, p.name) for p in people)]
    if row.owner_id and row.owner_id not in {p.id for p in people}:
        listed.append((row.owner_id, owner))
    return listed


def _state_of(row: CaseRow, workspace: Workspace) -> Filled[StateForm]:
    """The form of owner, status, due time and priority as they are; the time in the company's zone, to the minute."""
    local = row.due_at.astimezone(ZoneInfo(workspace.settings.timezone))
    raw = {"status": row.status, "owner": row.owner_id or "", "priority": row.priority}
    return Filled(raw=raw | {"due_at": local.strftime("%Y-%m-%dT%H:%M")})


def _others(session: Session, profile: str, id: int, now: datetime) -> list[Any]:
    """Other cases of the same customer, the newest first."""
    if not profile:
        return []
    wanted = Filtered("all", profiles=[profile])
    found, _ = cases(session, wanted, now, sort="opened", descending=True, limit=20)
    return [summary(one, now) for one in found if one.row.id != id]


def _subject(language: str, workspace: Workspace) -> str:
    with use_language(language if language in LANGUAGES else workspace.settings.language):
        return gettext("About your feedback")


def _replies(workspace: Workspace, user: User) -> list[tuple[str, str]]:
    settings = workspace.settings
    ours = settings.mail_reply_to or settings.mail_from
    return [(ME, user.email), ("company", ours)] if user.email else [("company", ours)]


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
