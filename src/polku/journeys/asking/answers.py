"""Answers that are kept as long as the blocks they come from are the newest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime
from typing import Any, Final, TypeVar

from polku.journeys.asking.lens import CLEAR, Grouping, Lens, Lenses
from polku.journeys.asking.views import views
from polku.store import Blocks, Question
from polku.workspace import Workspace

KEPT: Final = 64
RENEWED: Final = 16

P = TypeVar("P")
R = TypeVar("R")


class Answers:
    """A part of the workspace: `workspace.part(Answers)`. Asks the engine unless it knows. Safe for many
    threads.

    Questions are frozen values; two that are equal have one answer for the same blocks, seen through the same lens.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._engine = workspace.engine
        self._lenses = workspace.part(Lenses)
        self._known: OrderedDict[tuple[datetime, Any], Any] = OrderedDict()
        self._lock = threading.Lock()
        self._engine.before_new(self._prepare)

    @property
    def as_of(self) -> datetime:
        """The time of the blocks that are asked now."""
        return self._engine.blocks.as_of

    def ask(self, question: Question[P, R], lens: Lens = CLEAR) -> R:
        """The answer over the newest blocks."""
        blocks = self._engine.blocks
        key = (blocks.as_of, (question, lens))
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                known: R = self._known[key]
                return known
        answer = self._engine.ask(question, blocks, self._lenses.through(lens, blocks))
        self._keep(key, answer)
        return answer

    def _prepare(self, blocks: Blocks) -> None:
        """Ask of new blocks what was asked lately, so that nobody waits for it after a refresh."""
        views.forget(
            {*self._engine.blocks.blocks} - {*blocks.blocks}
        )  # both together would take twice the memory
        with self._lock:
            asked = dict.fromkeys(a for _, a in reversed(self._known))
        for question, lens in list(asked)[:RENEWED]:
            through = self._lenses.through(lens, blocks)
            answer = self._engine.ask(question, blocks, through, background=True)
            self._keep((blocks.as_of, (question, lens)), answer)

    def groups(self, lens: Lens) -> Grouping:
        """The groups of a breakdown over the newest blocks."""
        return self._lenses.grouping(lens, self._engine.blocks)

    def _keep(self, key: tuple[datetime, Any], answer: Any) -> None:
        with self._lock:
            self._known[key] = answer
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
