"""Pages: sources and how to connect them, events as they come, what was rejected."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from polku.collect import live, store
from polku.collect.queries import Rejected, Sources
from polku.collect.reasons import reason_of
from polku.collect.replay import Replay, Replayed
from polku.collect.segment import base_url
from polku.collect.snippets import snippets
from polku.collect.sources import KnownSources
from polku.errors import Conflict
from polku.i18n import LazyText, _l, gettext, ngettext
from polku.web import navigation
from polku.web.channels import CHANNELS
from polku.web.event_titles import EVENT_TITLES
from polku.web.forms import Filled, Form, FormData, read_form
from polku.web.listing import Column, Filter
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter()
navigation.add(NavItem("/sources", _l("Sources"), "source", 80, also=("/live", "/rejected"), role="analyst"))
navigation.add(NavItem("/sources", _l("Sources"), "source", 10, section="sources", role="analyst"))
navigation.add(NavItem("/live", _l("Live"), "live", 20, section="sources", role="analyst"))
navigation.add(NavItem("/rejected", _l("Rejected"), "warning", 30, section="sources", role="analyst"))

KINDS: Final[dict[str, LazyText]] = {
    "web": _l("Web shop or site"),
    "app": _l("Mobile app"),
    "server": _l("Server or other system"),
    "file": _l("Files"),
}
REPLAY_PATIENCE_S: Final = 2.0
"""A replay that takes longer goes on behind the page, which tells how far it is."""
SOURCE_COLUMNS: Final = (
    Column(_l("Source")),
    Column(_l("Last 24 hours"), numeric=True),
    Column(_l("Last 30 days")),
    Column(_l("In all"), numeric=True),
    Column(_l("Last heard of")),
)


class NewSource(Form):
    name: Annotated[str, Field(max_length=store.LONGEST_NAME)]
    kind: Literal["web", "app", "server"]
    channel: Literal[tuple(CHANNELS)]  # type: ignore[valid-type]  # the same as everywhere, not written again


@router.get("/sources")
def show_sources(request: Request, user: CurrentAnalyst) -> Response:
    answer = Sources().answer(_workspace(request))
    return render(
        request,
        "collect/sources.html",
        sources=answer.sources,
        refused=answer.refused_requests,
        columns=SOURCE_COLUMNS,
        kinds=KINDS,
        now=datetime.now(UTC),
        spark=spark,
    )


@router.get("/sources/new")
def show_new_source(request: Request, user: CurrentAnalyst) -> Response:
    filled = Filled[NewSource](raw={"kind": "web", "channel": "web"})
    return render(request, "collect/source_new.html", filled=filled, kinds=_kinds(), channels=_channels())


@router.post("/sources/new")
def add_source(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    workspace = _workspace(request)
    filled = read_form(NewSource, data)
    if filled.form:
        try:
            with workspace.db.session() as session:
                made = store.create_source(
                    session, **filled.form.model_dump(), public=filled.form.kind != "server"
                )
        except Conflict:
            filled.refuse("name", gettext("There is a source with this name already."))
        else:
            workspace.part(KnownSources).refresh()
            return redirect(f"/sources/{made.id}", flash=gettext("The source is ready: connect it below."))
    page = {"filled": filled, "kinds": _kinds(), "channels": _channels()}
    return render(request, "collect/source_new.html", status=422, **page)


@router.get("/sources/{source_id}")
def show_source(request: Request, user: CurrentAnalyst, source_id: int, show: str = "") -> Response:
    workspace = _workspace(request)
    with workspace.db.session(read_only=True) as session:
        store.source(session, source_id)
    row = next(s for s in Sources().answer(workspace).sources if s.id == source_id)
    ready = snippets(base_url(request, workspace.settings), row.write_key) if row.write_key else ()
    default = "node" if row.kind == "server" else "browser"
    shown = next((s for s in ready if s.key == (show or default)), ready[0] if ready else None)
    return render(
        request,
        "collect/source.html",
        row=row,
        snippets=ready,
        shown=shown,
        kinds=KINDS,
        channels=CHANNELS,
        now=datetime.now(UTC),
        newest=live.newest(workspace, source=source_id)[:5],
        titles=EVENT_TITLES,
        spark=spark,
    )


@router.post("/sources/{source_id}/rotate")
def rotate_key(request: Request, user: CurrentAnalyst, source_id: int) -> Response:
    workspace = _workspace(request)
    with workspace.db.session() as session:
        store.rotate_key(session, source_id)
    workspace.part(KnownSources).refresh()
    flash = gettext("The write key is new. The old one no longer works.")
    return redirect(f"/sources/{source_id}", flash=flash)


@router.post("/sources/{source_id}/{change}")
def enable_or_disable(
    request: Request, user: CurrentAnalyst, source_id: int, change: Literal["enable", "disable"]
) -> Response:
    workspace = _workspace(request)
    with workspace.db.session() as session:
        store.set_enabled(session, source_id, change == "enable")
    workspace.part(KnownSources).refresh()
    told = (
        gettext("The source takes events again.")
        if change == "enable"
        else gettext("The source takes no more events.")
    )
    return redirect(f"/sources/{source_id}", flash=told)


@router.get("/live")
def show_live(
    request: Request,
    user: CurrentAnalyst,
    source: Annotated[int | Literal[""], Query()] = "",
    name: Annotated[str, Query(max_length=1024)] = "",
    paused: bool = False,
) -> Response:
    workspace = _workspace(request)
    known = sorted(workspace.part(KnownSources).all(), key=lambda s: s.name.casefold())
    by_source = [("", gettext("All sources")), *((str(s.id), s.name) for s in known)]
    by_name = [("", gettext("All events")), *((n, n) for n in live.names(workspace))]
    kept = {k: v for k, v in (("source", str(source)), ("name", name)) if v}
    return render(
        request,
        "collect/live.html",
        events=live.newest(workspace, source=source or 0, name=name),
        titles=EVENT_TITLES,
        filters=[
            Filter("source", _l("Source"), by_source, str(source)),
            Filter("name", _l("Event"), by_name, name),
        ],
        paused=paused,
        address=f"/live?{urlencode(kept)}",
        turned=f"/live?{urlencode(kept | ({} if paused else {'paused': 'true'}))}",
        filtered=bool(kept),
        now=datetime.now(UTC),
    )


@router.get("/live/{seq}")
def show_event(request: Request, user: CurrentAnalyst, seq: int) -> Response:
    line, text = live.whole(_workspace(request), seq)
    return render(request, "collect/event.html", event=line, text=text, titles=EVENT_TITLES)


@router.get("/rejected")
def show_rejected(request: Request, user: CurrentAnalyst) -> Response:
    workspace = _workspace(request)
    answer, state = Rejected().answer(workspace), workspace.part(Replay).state
    return render(
        request,
        "collect/rejected.html",
        answer=answer,
        replay=state,
        title_of=lambda code: reason_of(code).title,
        told=_told(state.so_far) if state else "",
        now=datetime.now(UTC),
    )


@router.post("/rejected/replay")
def replay(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    source = str(data.get("source", ""))
    state = (
        _workspace(request)
        .part(Replay)
        .start(
            str(data.get("reason", "")),
            int(source) if source.isdecimal() else 0,
            patience_s=REPLAY_PATIENCE_S,
        )
    )
    if state.error:
        raise state.error
    return redirect("/rejected", flash="" if state.running else _told(state.so_far))


def _told(done: Replayed) -> str:
    told = [
        ngettext("%(num)s event was taken.", "%(num)s events were taken.", done.taken),
        ngettext("%(num)s is still rejected.", "%(num)s are still rejected.", done.rejected),
    ]
    if done.known:
        told.insert(1, ngettext("%(num)s was stored already.", "%(num)s were stored already.", done.known))
    return " ".join(told)


def spark(days: tuple[int, ...], width: int = 96, height: int = 24) -> str:
    """The points of a line through daily volumes, for an SVG polyline."""
    most = max(days, default=0) or 1
    step = width / max(1, len(days) - 1)
    return " ".join(f"{i * step:.1f},{height - 1 - d / most * (height - 2):.1f}" for i, d in enumerate(days))


def _workspace(request: Request) -> Workspace:
    found: Workspace = request.app.state.workspace
    return found


def _kinds() -> list[tuple[str, LazyText]]:
    return [(k, v) for k, v in KINDS.items() if k != "file"]


def _channels() -> list[tuple[str, LazyText]]:
    return list(CHANNELS.items())
