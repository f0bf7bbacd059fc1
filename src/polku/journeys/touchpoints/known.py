"""The touchpoints of an open folder: read once per change, whoever makes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from polku.collect.store import sources
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.preview import Preview, preview
from polku.journeys.touchpoints.rules import Rules
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.profiles.identity import Identities
from polku.workspace import Workspace

DRAFT_CODE = 65_535
"""Of a touchpoint that is not there yet, while it is tried out."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read; `mark` tells whether it is still so."""

    mark: tuple[int, dict[str, int]]
    catalogue: Catalogue
    rules: Rules


class Touchpoints:
    """A part of the workspace: `workspace.part(Touchpoints)`. Safe to use from many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._db = workspace.db
        self._known: _Known | None = None
        self._checked_at = -1

    def catalogue(self) -> Catalogue:
        """Stages and touchpoints as they are now."""
        return self._current().catalogue

    def rules(self) -> Rules:
        """The rules as they are now, compiled; `version` and `columns` are the Resolution's."""
        return self._current().rules

    def sources(self) -> dict[str, int]:
        """The numbers of sources by name."""
        return self._current().mark[1]

    def preview(self, spec: TouchpointSpec) -> Preview:
        """What the rules of `spec` would match instead of those its touchpoint has now; an unknown key is
        a new touchpoint. Nothing is changed; takes a second or two at most.
        """
        now = self.rules()
        code = next((t.code for t in self.catalogue().touchpoints if t.key == spec.key), DRAFT_CODE)
        drafted = [replace(r, touchpoint=code) for r in spec.rules]
        others = [r for r in now.rules if r.touchpoint != code]
        return preview(
            self._workspace.store.snapshot,
            code=code,
            now=now,
            then=Rules([*others, *drafted], self.sources()),
            profiles=self._workspace.part(Identities).current().profiles,
        )

    def _current(self) -> _Known:
        known, changes = self._known, self._db.changes
        if known is not None and self._checked_at == changes:
            return known
        with self._db.session(read_only=True) as session:
            numbers = {s.name: s.id for s in sources(session)}
            mark = (store.version(session), numbers)
            if known is None or known.mark != mark:
                known = _Known(mark, store.load_catalogue(session), store.load_rules(session, numbers))
                self._known = known  # two threads may both read; either result is right
        self._checked_at = changes
        return known
