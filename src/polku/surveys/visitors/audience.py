"""Who is in a segment, for visitors who must be answered within milliseconds: found out beside, and again after
twenty times as long as it took."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np

from polku.errors import NotReady, PolkuError
from polku.profiles.trait_columns import TraitColumn, TraitColumns
from polku.surveys.distribution.segments import Profiles, members
from polku.workspace import Workspace

log = logging.getLogger(__name__)

FRESH_S: Final = 2.0
SHARE_OF_TIME: Final = 0.05
"""No more than this of one processor goes into finding out anew."""
KEPT: Final = 100
NOBODY: Final = np.zeros(0, np.uint64)
NOTHING: Final = TraitColumn(NOBODY, np.zeros(0, np.int32), ())

_Asked = tuple[str, ...] | str
_Found = Profiles | TraitColumn


class Audience:
    """A part of the workspace. Safe for many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[_Asked, tuple[float, _Found]] = {}
        self._asking: set[_Asked] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="audience")

    def is_in(self, profile: int, who: tuple[str, ...]) -> bool:
        """Whether all of it holds of a profile; of conditions that cannot be asked (any more) nothing does."""
        if not who:
            return True
        found = self._get(who)
        assert isinstance(found, np.ndarray)
        at = int(np.searchsorted(found, np.uint64(profile)))
        return at < len(found) and int(found[at]) == profile

    def trait(self, profile: int, name: str) -> str | None:
        """What is known of a trait of a profile's."""
        found = self._get(name)
        assert isinstance(found, TraitColumn)
        code = int(found.of(np.array([profile], np.uint64))[0])
        return found.values[code] if code >= 0 else None

    def _get(self, asked: _Asked) -> _Found:
        """Only who asks first waits."""
        known = self._known.get(asked)
        if known is None:
            return self._find(asked)
        if time.monotonic() > known[0]:
            with self._lock:
                if asked not in self._asking:
                    self._asking.add(asked)
                    self._pool.submit(self._find, asked)
        return known[1]

    def _find(self, asked: _Asked) -> _Found:
        found: _Found
        began = time.monotonic()
        try:
            if isinstance(asked, str):
                found = self._workspace.part(TraitColumns).column(asked)
            else:
                found = members(self._workspace, asked)
        except PolkuError as e:
            log.warning("audience_unknown reason=%s", e.message)
            found = NOTHING if isinstance(asked, str) else NOBODY
            if isinstance(e, NotReady):  # soon it is: nothing to remember
                return found
        finally:
            self._asking.discard(asked)
        ended = time.monotonic()
        fresh_until = ended + max(FRESH_S, (ended - began) / SHARE_OF_TIME)
        with self._lock:
            self._known[asked] = fresh_until, found
            while len(self._known) > KEPT:
                self._known.pop(next(iter(self._known)))
        return found
