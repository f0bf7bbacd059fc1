"""API: making and changing sources, replaying. What is read comes from queries.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from polku.collect import store
from polku.collect.replay import Replay, Replayed
from polku.collect.sources import KnownSources
from polku.collect.tables import Source
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter()


class NewSource(BaseModel):
    """A source to be made. `public`: its key is seen by visitors of a site or an app."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=store.LONGEST_NAME)
    kind: Literal["web", "app", "server", "file"]
    channel: str = "web"
    public: bool | None = Field(None, description="Default: yes for web and app")


class ReplayGroup(BaseModel):
    """Events to be replayed: rejected for one reason, of one source (by its number)."""

    model_config = ConfigDict(extra="forbid")
    reason: str
    source: int


@dataclass(frozen=True, slots=True)
class MadeSource:
    id: int
    name: str
    kind: str
    channel: str
    public: bool
    write_key: str | None
    disabled: bool


@router.post("/sources", status_code=201, tags=["sources"])
def create_source(request: Request, user: CurrentAnalyst, asked: NewSource) -> MadeSource:
    """Make a source."""
    workspace = _workspace(request)
    public = asked.kind in ("web", "app") if asked.public is None else asked.public
    with workspace.db.session() as session:
        made = store.create_source(
            session, name=asked.name, kind=asked.kind, channel=asked.channel, public=public
        )
    return _changed(workspace, made)


@router.post("/sources/{source_id}/rotate", tags=["sources"])
def rotate_key(request: Request, user: CurrentAnalyst, source_id: int) -> MadeSource:
    """Give a source a new write key; the old one stops working at once."""
    workspace = _workspace(request)
    with workspace.db.session() as session:
        changed = store.rotate_key(session, source_id)
    return _changed(workspace, changed)


@router.post("/sources/{source_id}/disable", tags=["sources"])
def disable_source(request: Request, user: CurrentAnalyst, source_id: int) -> MadeSource:
    """Take no more events from a source; those it sent stay."""
    return _enabled(request, source_id, False)


@router.post("/sources/{source_id}/enable", tags=["sources"])
def enable_source(request: Request, user: CurrentAnalyst, source_id: int) -> MadeSource:
    """Take events from a disabled source again."""
    return _enabled(request, source_id, True)


@router.post("/rejected/replay", tags=["rejected"])
def replay(request: Request, user: CurrentAnalyst, asked: ReplayGroup) -> Replayed:
    """Read rejected events again by today's rules; those that can be taken leave the list."""
    return _workspace(request).part(Replay).replay(asked.reason, asked.source)


def _enabled(request: Request, source_id: int, enabled: bool) -> MadeSource:
    workspace = _workspace(request)
    with workspace.db.session() as session:
        changed = store.set_enabled(session, source_id, enabled)
    return _changed(workspace, changed)


def _changed(workspace: Workspace, row: Source) -> MadeSource:
    workspace.part(KnownSources).refresh()
    return MadeSource(
        id=row.id,
        name=row.name,
        kind=row.kind,
        channel=row.channel,
        public=row.public,
        write_key=row.write_key,
        disabled=row.disabled_at is not None,
    )


def _workspace(request: Request) -> Workspace:
    found: Workspace = request.app.state.workspace
    return found
