"""Work that is due: a table of it, and the thread that does it."""

from polku.jobs.kinds import Job, JobKind
from polku.jobs.runner import Runner
from polku.jobs.store import cancel, schedule

__all__ = ["Job", "JobKind", "Runner", "cancel", "schedule"]
