"""Where and to whom a survey shows itself on the company's sites: the form, and the key that sites sign with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import current_language, gettext, in_words
from polku.journeys import Touchpoints
from polku.journeys.stages.condition import KIND as STAGE
from polku.surveys import store
from polku.surveys.distribution.segments import chosen, saved_segments
from polku.surveys.store import Placement
from polku.surveys.visitors import make_site_key, site_key
from polku.web.forms import Filled, Form
from polku.web.rendering import redirect
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

_AT_STAGE: Final = f"{STAGE}:"


class PlacementForm(Form):
    on: bool = False
    paths: Annotated[str, Field(max_length=4000)] = ""
    event: Annotated[str, Field(max_length=120)] = ""
    delay_s: Annotated[int, Field(ge=0, le=600)] = 3
    percent: Annotated[float, Field(gt=0, le=100)] = 100
    gap_days: Annotated[int, Field(ge=0, le=3650)] = 90
    stage: str = ""
    segment: str = ""
    who: Annotated[str, Field(max_length=4000)] = ""
    touchpoint: str = ""
    within_minutes: Annotated[int, Field(ge=1, le=1440)] = 30


@router.post("/surveys/{key}/site-key")
def change_site_key(request: Request, key: str, user: CurrentAnalyst) -> Response:
    """A new key to sign customers' ids with; one that leaked is worth nothing after this."""
    with _workspace(request).db.session() as session:
        store.survey(session, key)
        make_site_key(session, datetime.now(UTC))
    return redirect(
        f"/surveys/{key}", flash=gettext("There is a new key. Put it where your site's server signs.")
    )


def filled_of(workspace: Workspace, placement: Placement) -> Filled[PlacementForm]:
    """The form as a survey is placed now."""
    with workspace.db.session(read_only=True) as session:
        saved = saved_segments(session)
    number = next((n for n, s in saved.items() if s.name == placement.segment), "")
    of_segment = saved[number].who if number else ()
    stage = next((w.removeprefix(_AT_STAGE) for w in placement.who if w.startswith(_AT_STAGE)), "")
    rest = [w for w in placement.who if w != f"{_AT_STAGE}{stage}" and w not in of_segment]
    raw: dict[str, Any] = {
        "on": placement.on,
        "paths": "\n".join(placement.paths),
        "event": placement.event,
        "delay_s": placement.delay_s,
        "percent": f"{placement.share * 100:g}",
        "gap_days": placement.gap_days,
        "stage": stage,
        "segment": number,
        "who": "\n".join(rest),
        "touchpoint": placement.touchpoint,
        "within_minutes": placement.within_minutes,
    }
    return Filled[PlacementForm](raw=raw)


def placement_of(workspace: Workspace, filled: Filled[PlacementForm]) -> Placement | None:
    """What a form says; None if it cannot be: then it says why beside its field."""
    form = filled.form
    if form is None:
        return None
    known = {t.key for t in workspace.part(Touchpoints).catalogue().touchpoints}
    if form.touchpoint and form.touchpoint not in known:
        filled.refuse("touchpoint", gettext("Choose one of these."))
        return None
    try:
        segment = chosen(workspace, stage=form.stage, segment=form.segment, who=form.who)
    except InvalidInput as e:
        filled.refuse(str(e.details.get("field", "who")), in_words(e))
        return None
    paths = tuple(p.strip() for p in form.paths.splitlines() if p.strip())
    return Placement(
        form.on, paths, form.event, form.delay_s, form.percent / 100, form.gap_days, segment.name, segment.who,
        form.touchpoint, form.within_minutes,
    )  # fmt: skip


def choices(workspace: Workspace) -> dict[str, Any]:
    """What the form offers, by the names that its template has for them."""
    language, catalogue = current_language(), workspace.part(Touchpoints).catalogue()
    with workspace.db.session(read_only=True) as session:
        segments = [(n, s.name) for n, s in saved_segments(session).items()]
        key = site_key(session)
    return {
        "stages": [("", gettext("Any stage")), *((s.key, s.name(language)) for s in catalogue.stages)],
        "segments": [("", gettext("All customers")), *segments],
        "touchpoints": [
            ("", gettext("Whatever was met")), *((t.key, t.name(language)) for t in catalogue.touchpoints)
        ],
        "site_key": key,
    }  # fmt: skip


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
