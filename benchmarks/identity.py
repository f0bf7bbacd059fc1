"""Who is who from nothing, and what other rules of identity would change."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

from benchmarks.folder import opened
from benchmarks.measure import Figure, median_seconds
from polku.profiles import Identities, warm
from polku.profiles.rules import IdentityRules
from polku.profiles.rules_trial import RulesTrials
from polku.store import kernels

RULES = IdentityRules(limits={"anonymous_id": 1}, blocked=("customer-77*", "till@shop.example"))


def figures() -> Iterator[Figure]:
    with opened() as workspace:
        kernels.compile_all()
        start = time.perf_counter()
        types = workspace.part(Identities).types()
        seconds = time.perf_counter() - start
        yield Figure(f"who {sum(types.values()):,} identifiers are", seconds, "s", target=5)
        warm(workspace)  # as a server is before somebody asks
        trials = workspace.part(RulesTrials)
        start = time.perf_counter()
        trials.trial(RULES, asker=0)
        yield Figure(
            "first preview of rules, which counts all events", time.perf_counter() - start, "s", target=10
        )
        seconds = median_seconds(lambda: trials.trial(RULES, asker=0), runs=5)
        yield Figure("preview of rules", seconds, "s", target=3)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        yield Figure("most memory of this process", peak, "GiB", target=3)
