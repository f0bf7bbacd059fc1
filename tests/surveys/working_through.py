"""Works through a mailing's list until it is killed or done: python working_through.py FOLDER MAILING"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from polku.library import open_workspace
from polku.settings import read_settings
from polku.surveys.distribution.working import work

if __name__ == "__main__":
    with open_workspace(read_settings(sys.argv[1])) as workspace:
        print("started", flush=True)
        work(workspace, datetime.now(UTC), seconds=600, only=int(sys.argv[2]))
