"""Answers about many comments, kept until others come and then worked out anew in the background."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from polku.feedback.comments import Comments
from polku.feedback.file import Version
from polku.workspace import Workspace

T = TypeVar("T")

QUICK_S: Final = 0.05
"""What takes less is worked out while the one who asks waits."""
OLDEST_S: Final = 900.0
"""What is older is not told any more, should the background not keep up."""
PART: Final = 0.1
"""The part of one processor that working out anew takes at most while people ask; a tenth of that when nobody does."""
ASKED_LATELY_S: Final = 3_600.0
MOST_KEPT: Final = 16


@dataclass(slots=True)
class _Kept:
    """An answer, the comments that it rests on, how it is worked out, how long that took, when it was, when asked."""

    answer: Any
    version: Version
    work: Callable[[], Any]
    took_s: float
    made_at: float
    asked_at: float


class KeptAnswers:
    """A part of the workspace. Times are of a clock that only goes forward."""

    def __init__(self, workspace: Workspace, clock: Callable[[], float] = time.monotonic) -> None:
        self._comments = workspace.part(Comments)
        self._clock = clock
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._working: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()
        self._rests_until = 0.0

    def answer(self, asked: Hashable, work: Callable[[], T]) -> tuple[T, bool]:
        """The answer to what is asked, and whether comments have come that are not in it yet.

        One that rests on the comments of now is not worked out again. Where a keeper runs, one that took long is told
        while the keeper works on the next; not when what is told of comments has changed (a correction, another
        taxonomy or model), for then people look at what they did.
        """
        with self._lock:
            own = self._working.setdefault(asked, threading.Lock())
        version = self._comments.current().version()
        known = self._known(asked)
        if known is not None and (known.version == version or self._may_be_told(known, version)):
            return known.answer, known.version != version
        with own:
            known = self._known(asked)  # another may have waited for the same
            if known is None or known.version != version:
                known = self._worked_out(asked, work)
            return known.answer, False

    def renew(self) -> None:
        """Work out one answer that others have come for: a keeper calls this every few seconds."""
        now = self._clock()
        if now < self._rests_until:
            return
        version = self._comments.file.version()
        with self._lock:
            old = [(k.made_at, asked) for asked, k in self._kept.items() if k.version != version]
            lately = any(now - k.asked_at < ASKED_LATELY_S for k in self._kept.values())
        if not old:
            return
        _, asked = min(old, key=lambda one: one[0])
        kept = self._kept[asked]
        anew = self._worked_out(asked, kept.work)
        anew.asked_at = kept.asked_at
        self._rests_until = self._clock() + anew.took_s / (PART if lately else PART * PART)

    def _known(self, asked: Hashable) -> _Kept | None:
        with self._lock:
            known = self._kept.get(asked)
            if known is not None:
                known.asked_at = self._clock()
                self._kept.move_to_end(asked)
            return known

    def _may_be_told(self, known: _Kept, version: Version) -> bool:
        return (
            self._comments.kept
            and known.version.told == version.told
            and known.took_s >= QUICK_S
            and self._clock() - known.made_at < OLDEST_S
        )

    def _worked_out(self, asked: Hashable, work: Callable[[], Any]) -> _Kept:
        version, start = self._comments.file.version(), self._clock()
        answer = work()
        now = self._clock()
        with self._lock:
            before = self._kept.get(asked)
            # what took long once will when the machine is busy: that is forgotten by and by
            took_s = max(now - start, before.took_s / 2 if before else 0.0)
            made = _Kept(answer, version, work, took_s, now, now)
            self._kept[asked] = made
            self._kept.move_to_end(asked)
            while len(self._kept) > MOST_KEPT:
                gone, _ = self._kept.popitem(last=False)
                self._working.pop(gone, None)
        return made
