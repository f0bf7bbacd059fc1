"""Pages of the rules by which cases open: all of them, and one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.cases import ruling, words
from polku.cases.forms import RuleForm
from polku.cases.rules import Rule, can_be_asked_alone, lowest_below
from polku.cases.store import people
from polku.collect import SURVEY_RESPONDED
from polku.i18n import _l, current_language, gettext
from polku.metrics import metrics
from polku.surveys.known import KnownSurveys
from polku.surveys.store import surveys, tags
from polku.web import navigation
from polku.web.forms import Filled, FormData, read_form
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst, CurrentUser
from polku.workspace import Workspace

PATH: Final = "/cases/rules"
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(PATH, _l("Rules of opening"), "settings", 30, section="cases"))


@router.get(PATH)
def show_rules(request: Request, user: CurrentUser) -> Response:
    workspace = _workspace(request)
    with workspace.db.session(read_only=True) as session:
        found = ruling.rules(session)
        named = {p.id: p.name for p in people(session)}
    return render(
        request, "cases/rules.html", rules=found, people=named, about=dict(_about(workspace)),
        units=words.UNITS, priorities=words.PRIORITIES,
    )  # fmt: skip


@router.post(PATH + "/ready")
def add_ready(request: Request, user: CurrentAnalyst) -> Response:
    """One click: low answers to any survey open a case, due in two working days; who clicked is told."""
    workspace, now = _workspace(request), datetime.now(UTC)
    seq = workspace.store.snapshot.next_seq - 1
    with workspace.db.session() as session:
        made = Rule(gettext("Low scores"), told=(user.id,) if user.id else ())
        rule = ruling.save_rule(session, made, by=user.name, now=now)
        ruling.turn_on(session, rule.id, since=now, seq=seq)
    return redirect(PATH, flash=gettext("From now on a low score opens a case."))


@router.get(PATH + "/new")
def show_new(request: Request, user: CurrentAnalyst, about: str = "") -> Response:
    raw = {"due": "2", "due_unit": "days", "low": "category", "about": about, "told": [user.id]}
    return _form(request, Filled(raw=raw))


@router.post(PATH + "/new")
def add(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    filled = _checked(request, read_form(RuleForm, data))
    if not filled.form:
        return _form(request, filled, status=422)
    workspace, now = _workspace(request), datetime.now(UTC)
    seq = workspace.store.snapshot.next_seq - 1
    with workspace.db.session() as session:
        made = ruling.save_rule(session, filled.form.rule(), by=user.name, now=now)
        ruling.turn_on(session, made.id, since=now, seq=seq)
    return redirect(PATH, flash=gettext("From now on a low score opens a case."))


@router.get(PATH + "/{id}")
def show_rule(request: Request, id: int, user: CurrentAnalyst) -> Response:
    with _workspace(request).db.session(read_only=True) as session:
        rule = ruling.rule(session, id)
    about = f"{rule.survey}|{rule.question}" if rule.question else rule.survey
    raw = {
        "name": rule.name, "about": about, "low": "category" if rule.threshold is None else "threshold",
        "threshold": "" if rule.threshold is None else f"{rule.threshold:g}", "due": str(rule.due),
        "known_only": rule.known_only, "owners": list(rule.owners), "told": list(rule.told),
        "due_unit": rule.due_unit, "priority": rule.priority,
    }  # fmt: skip
    return _form(request, Filled(raw=raw), rule)


@router.post(PATH + "/{id}")
def save(request: Request, id: int, user: CurrentAnalyst, data: FormData) -> Response:
    workspace = _workspace(request)
    with workspace.db.session(read_only=True) as session:
        rule = ruling.rule(session, id)
    filled = _checked(request, read_form(RuleForm, data))
    if not filled.form:
        return _form(request, filled, rule, status=422)
    with workspace.db.session() as session:
        ruling.save_rule(session, filled.form.rule(id), by=user.name, now=datetime.now(UTC))
    return redirect(PATH, flash=gettext("Saved. Cases that are open stay as they are."))


@router.post(PATH + "/{id}/on")
def turn_on(request: Request, id: int, user: CurrentAnalyst) -> Response:
    workspace = _workspace(request)
    seq = workspace.store.snapshot.next_seq - 1
    with workspace.db.session() as session:
        ruling.turn_on(session, id, since=datetime.now(UTC), seq=seq)
    return redirect(PATH, flash=gettext("From now on a low score opens a case."))


@router.post(PATH + "/{id}/off")
def turn_off(request: Request, id: int, user: CurrentAnalyst) -> Response:
    with _workspace(request).db.session() as session:
        ruling.turn_off(session, id)
    return redirect(PATH, flash=gettext("The rule opens no more cases. Those that are open stay."))


@router.post(PATH + "/{id}/remove")
def remove(request: Request, id: int, user: CurrentAnalyst) -> Response:
    with _workspace(request).db.session() as session:
        ruling.remove_rule(session, id)
    return redirect(PATH, flash=gettext("The rule is removed."))


def _checked(request: Request, filled: Filled[RuleForm]) -> Filled[RuleForm]:
    """What the form itself cannot know: whether the survey is there, and whether anything can be low."""
    form = filled.form
    if form is None:
        return filled
    if form.about not in dict(_about(_workspace(request))):
        filled.refuse("about", gettext("Choose one of these."))
    elif form.low == "threshold" and form.threshold is None:
        filled.refuse("threshold", gettext("Give a number."))
    elif form.low == "threshold" and not form.about:
        filled.refuse("low", gettext("Scores of all surveys are not on one scale: choose the survey first."))
    return filled


def _form(
    request: Request, filled: Filled[RuleForm], rule: Rule | None = None, *, status: int = 200
) -> Response:
    workspace = _workspace(request)
    with workspace.db.session(read_only=True) as session:
        found = people(session)
    return render(
        request, "cases/rule.html", status=status, filled=filled, rule=rule, about=_about(workspace),
        holidays=workspace.settings.holidays, people=found,
        units=list(words.UNITS.items()), priorities=list(words.PRIORITIES.items()),
        low=_lowest(),
    )  # fmt: skip


def _about(workspace: Workspace) -> list[tuple[str, str]]:
    """What a rule can be about: any survey, one of ours or of those whose answers were brought, a measured question."""
    with workspace.db.session(read_only=True) as session:
        ours = [(s.key, s.name, tags(session, s.key)) for s in surveys(session) if s.version]
    found = [("", gettext("All surveys"))]
    for key, name, tagged in ours:
        found.append((key, name))
        measured = {q: t.metric for q, t in tagged.items() if t.metric in metrics()}
        alone = [q for q, m in measured.items() if can_be_asked_alone(metrics()[m])]
        if len(measured) > 1:
            titles = workspace.part(KnownSurveys).by_key(key).definition.questions
            called = {q.name: q.title.within(current_language()) for q in titles}
            found += [(f"{key}|{q}", f"{name}: {called.get(q) or q}") for q in alone]
    known = {key for key, _, _ in ours}
    return [*found, *((s, s) for s in _brought(workspace) if s not in known)]


def _brought(workspace: Workspace) -> Sequence[str]:
    """Surveys that were asked elsewhere, by the names that their answers bear."""
    rows = workspace.store.snapshot.sql(
        "SELECT DISTINCT json_extract_string(properties, '$.survey') AS survey FROM events "
        "WHERE name = $name AND score IS NOT NULL ORDER BY 1 LIMIT 200",
        {"name": SURVEY_RESPONDED},
    )
    return [s for s in rows["survey"].to_pylist() if s and len(s) <= 120 and "|" not in s]


def _lowest() -> list[str]:
    """Where the lowest category of each metric ends, e.g. NPS < 7."""
    found = []
    for metric in metrics().values():
        below = lowest_below(metric)
        if below is not None:
            found.append(f"{metric.key.upper()} < {below:g}")
    return found


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
