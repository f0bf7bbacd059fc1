"""What sends: a list, a segment, a trigger, reminders by hand. Each is shown first, and goes when a person says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData as Posted
from starlette.datastructures import UploadFile
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import gettext, in_words, ngettext
from polku.sheets import Row
from polku.surveys.distribution import planning, store
from polku.surveys.distribution.addresses import rows_of, typed_rows
from polku.surveys.distribution.forms import ListForm, SegmentForm, TriggerForm
from polku.surveys.distribution.opening import begin, check_open
from polku.surveys.distribution.pages import Plan, page, sms_example, told, touchpoints
from polku.surveys.distribution.pages import in_words as reasons_in_words
from polku.surveys.distribution.reminding import remind_now
from polku.surveys.distribution.rules import read_rules
from polku.surveys.distribution.segments import Segment, chosen
from polku.surveys.distribution.working import forget, take_list, take_segment, work
from polku.surveys.inviting.texts import checked_words
from polku.surveys.known import KnownSurveys
from polku.web.forms import Filled, FormData, read_form
from polku.web.rendering import redirect
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

WAIT_S: Final = 1.5
"""So long a page works at a list before it says how far it is; the rest is done beside."""


@router.post("/surveys/{key}/distribution/list")
def plan_list(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Keep a list and look what would come of it; nothing is asked yet."""
    filled = read_form(ListForm, data)
    workspace, form = _workspace(request), filled.form
    if not form:
        return page(request, key, filled=filled, way="list", status=422)
    check_open(workspace, key, form.channel)
    try:
        checked_words(form.words) if form.words else None
        made = begin(workspace, key, form, kind="list", by=user.name)
        take_list(workspace, made, _given(data, form.addresses))
    except InvalidInput as e:
        return _refused(request, key, filled, "list", e)
    return _looked(workspace, key, made.id)


@router.post("/surveys/{key}/distribution/segment")
def plan_segment(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Keep who is in a segment now and look what would come of asking them; nothing is asked yet."""
    filled = read_form(SegmentForm, data)
    workspace, form = _workspace(request), filled.form
    if not form:
        return page(request, key, filled=filled, way="segment", status=422)
    check_open(workspace, key, form.channel)
    try:
        segment = chosen(workspace, stage=form.stage, segment=form.segment, who=form.who)
        if not segment.who:
            raise InvalidInput("Choose a stage or a segment, or write a condition.", field="who")
        checked_words(form.words) if form.words else None
        made = begin(workspace, key, form, kind="segment", by=user.name, segment=segment)
        take_segment(workspace, made)
    except InvalidInput as e:
        return _refused(request, key, filled, "segment", e)
    return _looked(workspace, key, made.id)


@router.post("/surveys/{key}/distribution/mailing/{id}/send")
def send_mailing(request: Request, key: str, id: int, user: CurrentAnalyst) -> Response:
    """Write a mailing's decisions into the ledger; the job that sends looks every minute."""
    workspace, now = _workspace(request), datetime.now(UTC)
    with workspace.db.session(read_only=True) as session:
        planned = store.mailing(session, id, key)
    check_open(workspace, key, planned.channel)
    with workspace.db.session() as session:
        store.begin_sending(session, id, key, now)
    work(workspace, now, seconds=WAIT_S, only=id)
    with workspace.db.session(read_only=True) as session:
        sent = store.mailing(session, id, key)
    if sent.state != "done":
        told = gettext("The mailing is on its way: this page says how far it is.")
    elif sent.channel == "sms":
        n = sent.told.get("sent", 0)
        told = ngettext("%(num)s text message goes.", "%(num)s text messages go.", n)
    else:
        told = ngettext("%(num)s letter goes.", "%(num)s letters go.", sent.told.get("sent", 0))
    return redirect(f"/surveys/{key}/distribution", flash=told)


@router.post("/surveys/{key}/distribution/mailing/{id}/drop")
def drop_mailing(request: Request, key: str, id: int, user: CurrentAnalyst) -> Response:
    workspace = _workspace(request)
    with workspace.db.session(read_only=True) as session:
        mailing = store.mailing(session, id, key)
    forget(workspace, mailing)
    return redirect(
        f"/surveys/{key}/distribution", flash=gettext("Nothing was sent, and the list is forgotten.")
    )


@router.post("/surveys/{key}/distribution/trigger")
def plan_trigger(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Show what a trigger would have sent of the last month's events; nothing is written."""
    wanted = _wanted(request, key, data)
    if isinstance(wanted, Response):
        return wanted
    return page(request, key, plan=_trial(_workspace(request), key, wanted), way="trigger")


@router.post("/surveys/{key}/distribution/trigger/save")
def save_trigger(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Ask from now on after a touchpoint; what happened before is not asked about."""
    wanted = _wanted(request, key, data)
    if isinstance(wanted, Response):
        return wanted
    workspace, form, segment = _workspace(request), wanted.form, wanted.segment
    with workspace.db.session() as session:
        store.add_mailing(
            session, survey=key, name="", by=user.name, now=datetime.now(UTC), touchpoint=form.touchpoint,
            after_days=form.after_days, share=form.percent / 100, kind="trigger", channel=form.channel,
            segment=segment.name, who=segment.who, words=form.words,
            looked_seq=workspace.store.snapshot.next_seq - 1,
        )  # fmt: skip
    return redirect(f"/surveys/{key}/distribution", flash=gettext("The trigger is on."))


@router.post("/surveys/{key}/distribution/trigger/{id}/{to}")
def turn_trigger(request: Request, key: str, id: int, to: str, user: CurrentAnalyst) -> Response:
    workspace = _workspace(request)
    with workspace.db.session() as session:
        store.turn(session, id, key, on=to == "on", looked_seq=workspace.store.snapshot.next_seq - 1)
    told = gettext("The trigger is on.") if to == "on" else gettext("The trigger is off.")
    return redirect(f"/surveys/{key}/distribution", flash=told)


@router.post("/surveys/{key}/distribution/remind")
def remind(request: Request, key: str, user: CurrentAnalyst) -> Response:
    """Remind now who was asked a day ago or longer and has not answered; nobody more often than rules say."""
    workspace = _workspace(request)
    workspace.part(KnownSurveys).by_key(key)
    done = remind_now(workspace, key, datetime.now(UTC))
    if done.quiet_until is not None:
        return redirect(
            f"/surveys/{key}/distribution", flash=gettext("Nothing goes in quiet hours. Try again later.")
        )
    told = ngettext("%(num)s reminder goes.", "%(num)s reminders go.", done.sent)
    return redirect(f"/surveys/{key}/distribution", flash=told)


def _looked(workspace: Workspace, key: str, id: int) -> Response:
    work(workspace, datetime.now(UTC), seconds=WAIT_S, only=id)
    return redirect(f"/surveys/{key}/distribution?mailing={id}#plan")


def _refused(request: Request, key: str, filled: Filled[Any], way: str, error: InvalidInput) -> Response:
    field = str(error.details.get("field", "file" if way == "list" else "who"))
    filled.refuse(field, in_words(error))
    return page(request, key, filled=filled, way=way, status=422)


def _given(data: Posted, typed: str) -> Iterator[Row]:
    """The rows of a file that came, and of what was typed."""
    file = data.get("file")
    rows = typed_rows(typed.splitlines(keepends=True))
    if isinstance(file, UploadFile) and file.filename:
        return chain(rows_of(file.file), rows)
    return rows


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A trigger that somebody wants, as it was typed and as it was understood."""

    filled: Filled[TriggerForm]
    form: TriggerForm
    segment: Segment


def _wanted(request: Request, key: str, data: Posted) -> _Trigger | Response:
    """The trigger of a form, or the page that says what is wrong with it."""
    workspace, filled = _workspace(request), read_form(TriggerForm, data)
    if filled.form and filled.form.touchpoint not in {touchpoint for touchpoint, _ in touchpoints(workspace)}:
        filled.refuse("touchpoint", gettext("Choose one of these."))
    form = filled.form
    if not form:
        return page(request, key, filled=filled, way="trigger", status=422)
    check_open(workspace, key, form.channel)
    try:
        segment = chosen(workspace, stage=form.stage, segment=form.segment, who=form.who)
        checked_words(form.words) if form.words else None
    except InvalidInput as e:
        return _refused(request, key, filled, "trigger", e)
    return _Trigger(filled, form, segment)


def _trial(workspace: Workspace, key: str, wanted: _Trigger) -> Plan:
    form, segment, now = wanted.form, wanted.segment, datetime.now(UTC)
    with workspace.db.session(read_only=True) as session:
        rules = read_rules(session)
        text, made = sms_example(workspace, session, key, form.words) if form.channel == "sms" else ("", None)
    found = planning.tried_out(
        workspace, key, form.touchpoint, form.after_days, now,
        who=segment.who, channel=form.channel, consent_trait=rules.consent_trait,
    )  # fmt: skip
    limits = planning.rules_of(workspace, rules, form.percent / 100)
    with workspace.db.session(read_only=True) as session:
        decisions = planning.decided(session, found.candidates, limits, now)
    reasons = Counter(d.reason for d in decisions if d.send_at is None)
    reasons["not_in_segment"] += found.not_in_segment
    times = [d.send_at for d in decisions if d.send_at is not None]
    return Plan(
        "trigger", len(times), min(times, default=None), reasons_in_words(+reasons), form.channel,
        decided_before=len(found.candidates) - len(decisions), who=told(workspace, segment.who), text=text,
        pieces=made, filled=wanted.filled,
    )  # fmt: skip


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
