"""Surveys as those who answer need them: found by key without asking the database."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from polku.collect import KnownSources, ensure_source
from polku.errors import NotFound
from polku.surveys import store
from polku.surveys.definition import Definition
from polku.surveys.store import Tags
from polku.workspace import Workspace

SOURCE: Final = "Surveys"
"""The source of the events that answers become."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey that was published: every version of what was asked, and what its questions measure."""

    id: int
    key: str
    name: str
    anonymous: bool
    touchpoint: str
    open: bool
    closed_at: datetime | None
    version: int
    definitions: Mapping[int, Definition]
    tags: Mapping[str, Tags]
    source: int

    @property
    def definition(self) -> Definition:
        """The newest."""
        return self.definitions[self.version]


class KnownSurveys:
    """Published surveys in memory; a part of the workspace. Whoever changes a survey calls `forget`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str, Asked] = {}
        self._lock = threading.Lock()
        self._source: int | None = None
        self.changes = 0
        """Grows whenever a survey changes."""

    def by_key(self, key: str) -> Asked:
        """Raises NotFound for a survey that is not there or was never published."""
        found = self._known.get(key)
        if found is None:
            found = self._read(key)
            with self._lock:
                self._known[key] = found
        return found

    def forget(self, key: str) -> None:
        """It has changed: read it anew when it is asked for."""
        with self._lock:
            self.changes += 1
            self._known.pop(key, None)

    def _read(self, key: str) -> Asked:
        with self._workspace.db.session(read_only=True) as session:
            survey = store.survey(session, key)
            if not survey.version:
                raise NotFound("The survey '%(key)s' has not been published.", key=key)
            versions, tags = store.versions(session, key), store.tags(session, key)
        return Asked(
            survey.id,
            key,
            survey.name,
            survey.anonymous,
            survey.touchpoint,
            survey.state == "open",
            survey.closed_at,
            survey.version,
            {number: Definition.of(raw) for number, raw in versions.items()},
            tags,
            self.source(),
        )

    def source(self) -> int:
        """The number of the source that answers come from; it is made when first needed."""
        if self._source is None:
            with self._workspace.db.session() as session:
                self._source = ensure_source(session, name=SOURCE, kind="server", channel="survey").id
            self._workspace.part(KnownSources).refresh()
        return self._source
