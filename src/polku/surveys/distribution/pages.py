"""The page by which a survey is sent to customers: what would go, what does not and why, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.datastructures import FormData as Posted
from starlette.datastructures import UploadFile
from starlette.responses import Response

from polku.errors import Conflict, InvalidInput
from polku.i18n import LazyText, _l, current_language, gettext, in_words, ngettext
from polku.journeys import Touchpoints
from polku.surveys.distribution import planning, store
from polku.surveys.distribution.addresses import addresses, read_file
from polku.surveys.distribution.composing import lacking
from polku.surveys.distribution.forms import ListForm, RulesForm, TriggerForm
from polku.surveys.distribution.people import keep_recipients
from polku.surveys.distribution.rules import read_rules, write_rules
from polku.surveys.inviting import REASONS, Candidate, Decision
from polku.surveys.inviting.ledger import STATES, counts, invitations, suppressed
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.store import survey as survey_of
from polku.web.forms import Filled, FormData, read_form
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

SHOWN: Final = 50
STATE_NAMES: Final[dict[str, LazyText]] = {
    "suppressed": _l("Not asked"),
    "waiting": _l("Waits for its time"),
    "queued": _l("In the outbox"),
    "sent": _l("Sent"),
    "answered": _l("Answered"),
    "refused": _l("Does not want to be asked"),
    "failed": _l("Not delivered"),
    "expired": _l("Not answered in time"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What would come of a mailing if it were sent now."""

    kind: str
    filled: Filled[Any]
    sent: int
    first_at: datetime | None
    not_sent: Sequence[tuple[str, int]]
    bad: Sequence[str]
    examples: Sequence[Decision]
    decided_before: int = 0


@router.get("/surveys/{key}/distribution")
def show_distribution(
    request: Request, key: str, user: CurrentAnalyst, state: str = "", offset: Annotated[int, Field(ge=0)] = 0
) -> Response:
    return _page(request, key, state=state, offset=offset)


@router.post("/surveys/{key}/distribution/list")
def plan_list(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Show what would be sent to a list; nothing is written."""
    filled = _filled_list(data)
    if not filled.form:
        return _page(request, key, filled_list=filled, status=422)
    workspace, asked, now = _workspace(request), _open(request, key), datetime.now(UTC)
    found = addresses(filled.form.addresses)
    if not found.good:
        filled.refuse("addresses", gettext("There is no e-mail address that can be written to."))
        return _page(request, key, filled_list=filled, status=422)
    listed = planning.of_list(workspace, key, filled.form.name, found.good, now)
    plan = _plan(workspace, "list", filled, listed.candidates, filled.form.percent / 100, found.bad)
    return _page(request, asked.key, plan=plan)


@router.post("/surveys/{key}/distribution/send")
def send_list(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Write a list's decisions into the ledger; the job that sends looks every minute."""
    filled = _filled_list(data)
    if not filled.form:
        return _page(request, key, filled_list=filled, status=422)
    workspace, asked, now = _workspace(request), _open(request, key), datetime.now(UTC)
    form, found = filled.form, addresses(filled.form.addresses)
    listed = planning.of_list(workspace, key, form.name, found.good, now)
    with workspace.db.session() as session:
        rules = read_rules(session)
        decisions = planning.decided(
            session, listed.candidates, planning.rules_of(workspace, rules, form.percent / 100), now
        )
        planning.put_down(session, asked, decisions, rules, now)
        going = {d.candidate.profile: listed.addresses[d.candidate.profile] for d in decisions if d.send_at}
        keep_recipients(session, key, going, now)
        store.add_mailing(
            session, survey=key, name=form.name, by=user.name, now=now, share=form.percent / 100
        )
    told = ngettext("%(num)s letter goes.", "%(num)s letters go.", len(going))
    return redirect(f"/surveys/{key}/distribution", flash=told)


@router.post("/surveys/{key}/distribution/trigger")
def plan_trigger(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Show what a trigger would have sent of the last month's events; nothing is written."""
    filled = _filled_trigger(request, data)
    if not filled.form:
        return _page(request, key, filled_trigger=filled, status=422)
    form, workspace = filled.form, _workspace(request)
    _open(request, key)
    candidates = planning.tried_out(workspace, key, form.touchpoint, form.after_days, datetime.now(UTC))
    return _page(request, key, plan=_plan(workspace, "trigger", filled, candidates, form.percent / 100))


@router.post("/surveys/{key}/distribution/trigger/save")
def save_trigger(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Ask from now on after a touchpoint; what happened before is not asked about."""
    filled = _filled_trigger(request, data)
    if not filled.form:
        return _page(request, key, filled_trigger=filled, status=422)
    form, workspace = filled.form, _workspace(request)
    _open(request, key)
    with workspace.db.session() as session:
        store.add_mailing(
            session, survey=key, name="", by=user.name, now=datetime.now(UTC), touchpoint=form.touchpoint,
            after_days=form.after_days, share=form.percent / 100,
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


@router.post("/surveys/{key}/distribution/rules")
def change_rules(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Rules hold for all surveys: whom one asks, another leaves in peace."""
    filled = read_form(RulesForm, data)
    if not filled.form:
        return _page(request, key, filled_rules=filled, status=422)
    with _workspace(request).db.session() as session:
        write_rules(session, filled.form.rules)
    return redirect(f"/surveys/{key}/distribution", flash=gettext("The rules are saved."))


def _page(
    request: Request, key: str, *, state: str = "", offset: int = 0, plan: Plan | None = None,
    filled_list: Filled[ListForm] | None = None, filled_trigger: Filled[TriggerForm] | None = None,
    filled_rules: Filled[RulesForm] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    workspace, now = _workspace(request), datetime.now(UTC)
    state = state if state in STATES else ""
    with workspace.db.session(read_only=True) as session:
        survey, rules = survey_of(session, key), read_rules(session)
        rows = invitations(session, survey=key, state=state, offset=offset, limit=SHOWN + 1)
        raw = {k: str(v) if v is not True else "on" for k, v in asdict(rules).items() if v is not False}
        return render(
            request,
            "surveys/distribution.html",
            status=status,
            survey=survey,
            lacking=lacking(workspace.settings),
            plan=plan,
            filled_list=filled_list or Filled[ListForm](raw={"percent": "100", "name": f"{now:%Y-%m-%d}"}),
            filled_trigger=filled_trigger or Filled[TriggerForm](raw={"percent": "100", "after_days": "3"}),
            filled_rules=filled_rules or Filled[RulesForm](raw=raw),
            touchpoints=_touchpoints(workspace),
            mailings=store.mailings(session, key),
            counts=counts(session, key),
            suppressed=_in_words(suppressed(session, key)),
            states=STATE_NAMES,
            reasons=REASONS,
            state=state,
            rows=rows[:SHOWN],
            offset=offset,
            more=len(rows) > SHOWN,
            shown=SHOWN,
            now=now,
        )


def _plan(
    workspace: Workspace, kind: str, filled: Filled[Any], candidates: Sequence[Candidate], share: float,
    bad: Sequence[str] = (),
) -> Plan:  # fmt: skip
    now = datetime.now(UTC)
    with workspace.db.session(read_only=True) as session:
        rules = planning.rules_of(workspace, read_rules(session), share)
        decisions = planning.decided(session, candidates, rules, now)
    reasons = Counter(d.reason for d in decisions if d.send_at is None)
    times = [d.send_at for d in decisions if d.send_at is not None]
    return Plan(
        kind,
        filled,
        len(times),
        min(times, default=None),
        _in_words(reasons),
        bad,
        sorted(decisions, key=lambda d: d.send_at is not None)[:SHOWN],
        len(candidates) - len(decisions),
    )


def _in_words(reasons: dict[str, int] | Counter[str]) -> list[tuple[str, int]]:
    return [(str(REASONS[r]), n) for r, n in sorted(reasons.items(), key=lambda x: -x[1]) if r in REASONS]


def _filled_list(data: Posted) -> Filled[ListForm]:
    """The form, with the addresses of the file that came with it."""
    filled = read_form(ListForm, data)
    file = data.get("file")
    if filled.form and isinstance(file, UploadFile) and file.filename:
        try:
            text = read_file(file.file.read())
            found = addresses(text)
        except InvalidInput as e:
            filled.refuse("file", in_words(e))
            return filled
        typed = addresses(filled.form.addresses) if filled.form.addresses else None
        whole = [*(typed.good + typed.bad if typed else ()), *found.good, *found.bad]
        filled.form = filled.form.model_copy(update={"addresses": "\n".join(whole)})
        filled.raw = {**filled.raw, "addresses": filled.form.addresses}
    return filled


def _filled_trigger(request: Request, data: Posted) -> Filled[TriggerForm]:
    filled = read_form(TriggerForm, data)
    known = {key for key, _ in _touchpoints(_workspace(request))}
    if filled.form and filled.form.touchpoint not in known:
        filled.refuse("touchpoint", gettext("Choose one of these."))
    return filled


def _touchpoints(workspace: Workspace) -> list[tuple[str, str]]:
    language = current_language()
    return [(t.key, t.name(language)) for t in workspace.part(Touchpoints).catalogue().touchpoints]


def _open(request: Request, key: str) -> Asked:
    """The survey, which must be open, with all that letters need. Raises NotFound and Conflict."""
    workspace = _workspace(request)
    asked = workspace.part(KnownSurveys).by_key(key)
    if not asked.open:
        raise Conflict("The survey takes no answers now. Publish it first.")
    if missing := lacking(workspace.settings):
        raise Conflict(
            "No letters can be sent yet. Set %(names)s in polku.toml and start Polku again.",
            names=", ".join(missing),
        )
    return asked


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
