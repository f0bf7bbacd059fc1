"""Which tests a worker of `make test` takes together, and in what order."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

LONG: Final = (
    "tests/text/",
    "tests/demo/",
    "tests/journeys/test_questions.py",
    "tests/collect/files/test_examples.py",
    "tests/platform/",
)
"""What takes longest begins first, so that no worker is left alone with it at the end. The tests of a folder that
is named here stay on one worker: they share a shop or a world that takes seconds to make."""

WITH: Final = {
    "tests/cli/": "tests/text/",
    "tests/feedback/": "tests/text/",
    "tests/library/": "tests/text/",
    "tests/web/test_spoken_errors.py": "tests/i18n/test_messages.py",
}
"""What one worker does with the other: both read comments, and what is known of a language takes seconds to load; or
both read all of Polku's own source."""


class Balanced(LoadScopeScheduling):
    """As `--dist loadfile`, with the long ones first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        found = next((long for long in (*LONG, *WITH) if file.startswith(long)), file)
        return WITH.get(found, found)

    def _assign_work_unit(self, node: WorkerController) -> None:
        for long in reversed(LONG):
            if long in self.workqueue:
                self.workqueue.move_to_end(long, last=False)
        super()._assign_work_unit(node)
