"""A customer's cases, as their page tells of them beside their path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from polku.cases import words
from polku.cases.queries import summary
from polku.cases.store import Filtered, cases
from polku.profiles import Identities
from polku.workspace import Workspace

MOST: Final = 10


def told_of(workspace: Workspace, profile: int) -> Mapping[str, Any] | None:
    """The newest cases of a customer, also of before profiles were joined."""
    now, who = datetime.now(UTC), workspace.part(Identities).current()
    keys = sorted({f"{key:016x}" for key in who.members(profile)} | {f"{profile:016x}"})
    with workspace.db.session(read_only=True) as session:
        wanted = Filtered("all", profiles=keys)
        found, _ = cases(session, wanted, now, sort="opened", descending=True, limit=MOST)
        listed = [summary(one, now) for one in found]
    if not listed:
        return None
    return {
        "cases": listed, "scored": words.scored, "statuses": words.STATUSES, "outcomes": words.OUTCOMES,
    }  # fmt: skip


ASIDE: Final = ("cases/aside.html", told_of)
