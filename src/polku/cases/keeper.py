"""A server that opens cases as answers come, in a thread that lets others go first."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Final

from polku.cases.alerts import send_alerts
from polku.cases.opening import Opening
from polku.errors import PolkuError
from polku.store.background import give_way
from polku.workspace import Workspace

log = logging.getLogger(__name__)

LOOKS_EVERY_S: Final = 2.0


class CaseKeeper:
    """Looks for low scores every few seconds, until `stop`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="case-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the answers that are being looked at."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def _run(self) -> None:
        give_way()
        while not self._stopping.wait(LOOKS_EVERY_S):
            try:
                if opened := self._workspace.part(Opening).catch_up():
                    log.info("cases_opened count=%d", opened)
                    send_alerts(self._workspace, datetime.now(UTC))
            except PolkuError as e:
                log.warning("cases_not_opened reason=%s", e.message)
            except Exception:
                if not self._stopping.is_set():  # else the workspace is closed
                    log.exception("cases_not_opened")
