"""A server that writes to a lake by itself, and keeps the blocks there fresh when it asks a cluster."""

from __future__ import annotations

import logging
import threading

from polku.errors import PolkuError
from polku.lake.work import Builds, build, is_stale, write
from polku.store.background import give_way
from polku.workspace import Workspace

log = logging.getLogger(__name__)


class Keeper:
    """Writes every so many minutes (setting `lake_minutes`), in a thread of its own, until `stop`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lake-keeper", daemon=True)

    def start(self) -> None:
        """Nothing to do without a lake, or with an interval of 0."""
        settings = self._workspace.settings
        if settings.lake and settings.lake_minutes:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def keep(self) -> None:
        """Do it once. What goes wrong is told in the log: the server serves on, and it is tried again."""
        try:
            write(self._workspace)
            if isinstance(self._workspace.engine, Builds) and is_stale(self._workspace):
                build(self._workspace)
        except PolkuError as e:
            log.warning("lake_not_kept reason=%s", e.message)
        except OSError as e:
            log.error("lake_not_kept reason=%s", e)
        except Exception:
            if not self._stopping.is_set():  # else the workspace is closed
                log.exception("lake_not_kept")

    def _run(self) -> None:
        give_way()
        while not self._stopping.is_set():
            self.keep()
            self._stopping.wait(60 * self._workspace.settings.lake_minutes)
