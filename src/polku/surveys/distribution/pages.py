"""The page by which a survey is sent to customers: what would go, what does not and why, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from polku.errors import InvalidInput, NotFound
from polku.i18n import LazyText, _l, current_language, gettext, language_name
from polku.journeys import Touchpoints
from polku.surveys.distribution import store
from polku.surveys.distribution.composing import company_name, lacking, lacking_for_sms, letter_languages
from polku.surveys.distribution.forms import ListForm, RulesForm, SegmentForm, TriggerForm
from polku.surveys.distribution.lists import size
from polku.surveys.distribution.people import names_of
from polku.surveys.distribution.rules import read_rules, write_rules
from polku.surveys.distribution.segments import saved_segments
from polku.surveys.distribution.segments import told as segment_told
from polku.surveys.distribution.store import Mailing
from polku.surveys.distribution.working import examples
from polku.surveys.inviting import REASONS, Decision
from polku.surveys.inviting.ledger import STATES, counts, counts_by_mailing, invitations, suppressed
from polku.surveys.inviting.texts import Pieces, invitation_text, pieces
from polku.surveys.known import KnownSurveys
from polku.surveys.store import survey as survey_of
from polku.web.forms import Filled, FormData, read_form
from polku.web.gate import FRAMING
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

SHOWN: Final = 50
WAYS: Final[dict[str, LazyText]] = {
    "list": _l("To a list of addresses"),
    "segment": _l("To a segment"),
    "trigger": _l("After a touchpoint"),
}
UPLOADS: Final = {"/distribution/list": 128 << 20}
"""A list of a million addresses is a file of some 30 MB."""
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
CHANNELS: Final[dict[str, LazyText]] = {
    "email": _l("By e-mail"),
    "sms": _l("By text message"),
    "widget": _l("On the site"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What would come of a mailing if it were sent now. Of one that is still looked through, `progress` (0–1) of it."""

    kind: str
    sent: int
    first_at: datetime | None
    not_sent: Sequence[tuple[str, int]]
    channel: str = "email"
    bad: int = 0
    faults: Sequence[Sequence[Any]] = ()
    examples: Sequence[Decision] = ()
    decided_before: int = 0
    mailing: Mailing | None = None
    progress: float = 1.0
    who: Sequence[str] = ()
    text: str = ""
    pieces: Pieces | None = None
    filled: Filled[Any] | None = None


@router.get("/surveys/{key}/distribution")
def show_distribution(
    request: Request, key: str, user: CurrentAnalyst, state: str = "",
    offset: Annotated[int, Field(ge=0)] = 0, mailing: int = 0, way: str = "list",
) -> Response:  # fmt: skip
    plan = plan_of(_workspace(request), key, mailing) if mailing else None
    return page(request, key, state=state, offset=offset, plan=plan, way=way)


@router.post("/surveys/{key}/distribution/rules")
def change_rules(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Rules hold for all surveys: whom one asks, another leaves in peace."""
    filled = read_form(RulesForm, data)
    if not filled.form:
        return page(request, key, filled_rules=filled, status=422)
    with _workspace(request).db.session() as session:
        write_rules(session, filled.form.rules)
    return redirect(f"/surveys/{key}/distribution", flash=gettext("The rules are saved."))


def page(
    request: Request, key: str, *, state: str = "", offset: int = 0, plan: Plan | None = None,
    filled: Filled[Any] | None = None, filled_rules: Filled[RulesForm] | None = None, way: str = "list",
    status: int = 200,
) -> Response:  # fmt: skip
    """The page, with a form as it was filled (`way` says which)."""
    workspace, now = _workspace(request), datetime.now(UTC)
    state = state if state in STATES else ""
    way = way if way in WAYS else "list"
    with workspace.db.session(read_only=True) as session:
        survey, rules = survey_of(session, key), read_rules(session)
        rows = invitations(session, survey=key, state=state, offset=offset, limit=SHOWN + 1)
        raw = {k: str(v) if v is not True else "on" for k, v in asdict(rules).items() if v is not False}
        found = store.mailings(session, key)
        response = render(
            request,
            "surveys/distribution.html",
            status=status,
            survey=survey,
            lacking=lacking(workspace.settings),
            lacking_for_sms=lacking_for_sms(workspace.settings, session),
            plan=plan,
            way=way,
            ways=WAYS,
            filled=filled or _fresh(way, now),
            filled_rules=filled_rules or Filled[RulesForm](raw=raw),
            rules=rules,
            touchpoints=touchpoints(workspace),
            stages=[("", gettext("Any stage")), *_stages(workspace)],
            segments=[
                ("", gettext("All customers")),
                *((n, s.name) for n, s in saved_segments(session).items()),
            ],
            mailings=found,
            progress={m.id: progress(workspace, m) for m in found if m.state in store.AT_WORK},
            of_mailing=counts_by_mailing(session, key),
            who_told={m.id: told(workspace, m.who) for m in found if m.who},
            counts=counts(session, key),
            suppressed=in_words(suppressed(session, key)),
            states=STATE_NAMES,
            channels=CHANNELS,
            reasons=REASONS,
            state=state,
            rows=rows[:SHOWN],
            names=names_of(workspace, session, key, [r.profile for r in rows[:SHOWN]]),
            letters=_letters(workspace, key, plan),
            offset=offset,
            more=len(rows) > SHOWN,
            shown=SHOWN,
            now=now,
            language_name=language_name,
        )
    response.headers["Content-Security-Policy"] = FRAMING
    return response


def _letters(workspace: Workspace, key: str, plan: Plan | None) -> dict[str, str]:
    """Addresses of what letters look like, by language; none where the survey was never published."""
    try:
        asked = workspace.part(KnownSurveys).by_key(key)
    except NotFound:
        return {}
    about = plan.filled.form.touchpoint if plan and plan.filled and plan.filled.form else ""
    return {
        code: f"/surveys/{key}/distribution/letter?{urlencode({'lang': code, 'touchpoint': about})}"
        for code in letter_languages(asked)
    }


def plan_of(workspace: Workspace, key: str, id: int) -> Plan | None:
    """What came of looking through a mailing's list; None of one that goes already. Raises NotFound."""
    with workspace.db.session(read_only=True) as session:
        mailing = store.mailing(session, id, key)
        if mailing.state not in ("looking", "planned"):
            return None
        text, made = (
            sms_example(workspace, session, key, mailing.words) if mailing.channel == "sms" else ("", None)
        )
    of = mailing.told
    first = of.get("first_at")
    return Plan(
        mailing.kind,
        of.get("sent", 0),
        datetime.fromisoformat(first) if first else None,
        in_words(of.get("reasons", {})),
        mailing.channel,
        of.get("bad", 0),
        of.get("faults", ()),
        examples(workspace, mailing, datetime.now(UTC)),
        of.get("before", 0),
        mailing,
        progress(workspace, mailing) if mailing.state == "looking" else 1.0,
        told(workspace, mailing.who),
        text,
        made,
    )


def sms_example(workspace: Workspace, session: Session, key: str, words: str) -> tuple[str, Pieces]:
    """A text message as it would go, with a link as long as each is, and what a network makes of it."""
    link = f"{workspace.settings.public_url.rstrip('/')}/s/{key}/i/{'x' * 22}"
    text = invitation_text(
        language=workspace.settings.language, company=company_name(workspace.settings, session), link=link,
        words=words,
    )  # fmt: skip
    return text, pieces(text)


def progress(workspace: Workspace, mailing: Mailing) -> float:
    """How far a list has been worked through, 0–1."""
    whole = size(workspace, str(mailing.id))
    return mailing.read_to / whole if whole else 1.0


def told(workspace: Workspace, who: Sequence[str]) -> Sequence[str]:
    """Conditions as one says them; one that means nothing any more as it was written."""
    found: list[str] = []
    for one in who:
        try:
            found += segment_told(workspace, [one], current_language())
        except InvalidInput:
            found.append(one)
    return found


def in_words(reasons: Mapping[str, int] | Counter[str]) -> list[tuple[str, int]]:
    return [(str(REASONS[r]), n) for r, n in sorted(reasons.items(), key=lambda x: -x[1]) if r in REASONS]


def touchpoints(workspace: Workspace) -> list[tuple[str, str]]:
    language = current_language()
    return [(t.key, t.name(language)) for t in workspace.part(Touchpoints).catalogue().touchpoints]


def _stages(workspace: Workspace) -> list[tuple[str, str]]:
    language = current_language()
    return [(s.key, s.name(language)) for s in workspace.part(Touchpoints).catalogue().stages]


def _fresh(way: str, now: datetime) -> Filled[Any]:
    raw = {"percent": "100", "channel": "email"}
    if way == "trigger":
        return Filled[TriggerForm](raw=raw | {"after_days": "3"})
    named = raw | {"name": f"{now:%Y-%m-%d}"}
    return Filled[SegmentForm](raw=named) if way == "segment" else Filled[ListForm](raw=named)


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
