"""Answers that are kept as long as the blocks they come from are the newest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime
from typing import Any, Final, TypeVar

from polku.store import Blocks, Question
from polku.workspace import Workspace

KEPT: Final = 64
RENEWED: Final = 16

P = TypeVar("P")
R = TypeVar("R")


class Answers:
    """A part of the workspace: `workspace.part(Answers)`. Asks the engine unless it knows. Safe for many
    threads.

    Questions are frozen values; two that are equal have one answer for the same blocks.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._engine = workspace.engine
        self._known: OrderedDict[tuple[datetime, Any], Any] = OrderedDict()
        self._lock = threading.Lock()
        self._engine.before_new(self._prepare)

    @property
    def as_of(self) -> datetime:
        """The time of the blocks that are asked now."""
        return self._engine.blocks.as_of

    def ask(self, question: Question[P, R]) -> R:
        """The answer over the newest blocks."""
        key = (self.as_of, question)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                known: R = self._known[key]
                return known
        answer = self._engine.ask(question)
        self._keep(key, answer)
        return answer

    def _prepare(self, blocks: Blocks) -> None:
        """Ask of new blocks what was asked lately, so that nobody waits for it after a refresh."""
        with self._lock:
            questions = dict.fromkeys(q for _, q in reversed(self._known))
        for question in list(questions)[:RENEWED]:
            self._keep((blocks.as_of, question), self._engine.ask(question, blocks))

    def _keep(self, key: tuple[datetime, Any], answer: Any) -> None:
        with self._lock:
            self._known[key] = answer
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
