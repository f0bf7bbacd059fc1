"""How many profiles reach each stage, and the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import share
from polku.journeys.stages.kernels import advance
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.journeys.touchpoints.known import Touchpoints
from polku.stats import Estimate
from polku.store import Block
from polku.workspace import Workspace

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reached:
    """`reached[k]`: profiles with an event of stage k; `went_on[k]`: those of them with an event of
    stage k + 1 at or after their first of stage k (the last stage: 0); `profiles`: those with an event
    of any stage."""

    reached: Counts
    went_on: Counts
    profiles: int


@dataclass(frozen=True)
class StagesQuestion:
    """Count profiles by the stages they reach. `stages`: for each touchpoint code of the scope, its
    stage 0…, or −1."""

    scope: Scope
    stages: tuple[int, ...]
    size: int

    def partial(self, block: Block) -> tuple[Counts, Counts, int]:
        stage_of = np.array(self.stages, np.int64)
        return advance(*self.scope.counted(block).columns, stage_of, self.size)

    def merge(
        self, a: tuple[Counts, Counts, int], b: tuple[Counts, Counts, int]
    ) -> tuple[Counts, Counts, int]:
        return a[0] + b[0], a[1] + b[1], a[2] + b[2]

    def finish(self, partial: tuple[Counts, Counts, int]) -> Reached:
        return Reached(*partial)


def on_map(query: JourneyQuery, workspace: Workspace) -> tuple[Catalogue, Scope]:
    """All touchpoints, and those that are on the map: of a stage."""
    catalogue = workspace.part(Touchpoints).catalogue()
    return catalogue, query.scope(workspace, (t for t in catalogue.touchpoints if t.stage))


def stage_numbers(catalogue: Catalogue, scope: Scope) -> tuple[int, ...]:
    """For each touchpoint code of the scope the place of its stage, −1 for none."""
    places = {s.key: i for i, s in enumerate(catalogue.stages)}
    return tuple(places.get(catalogue.by_code[c].stage or "", -1) for c in scope.codes)


def reached(catalogue: Catalogue, scope: Scope, ask: Asker) -> tuple[int, list[tuple[int, Estimate | None]]]:
    """The profiles that reach any stage; and for each stage those that reach it, and the share that goes on from it
    (None after the last)."""
    size = len(catalogue.stages)
    found = ask(StagesQuestion(scope, stage_numbers(catalogue, scope), size))
    counts = found.reached.tolist()
    shares = [share(int(went), of) for went, of in zip(found.went_on, counts, strict=True)]
    return found.profiles, list(zip(counts, [*shares[:-1], None], strict=False))
