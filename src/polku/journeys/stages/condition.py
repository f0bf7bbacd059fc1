"""Being at a stage as a condition on profiles: `stage:customership`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput, nearest
from polku.i18n import gettext
from polku.journeys.asking.marks import NO_MARKS, Marks
from polku.journeys.touchpoints.catalogue import Catalogue, Stage
from polku.journeys.touchpoints.known import Touchpoints
from polku.store import Block
from polku.workspace import Workspace

KIND: Final = "stage"


@dataclass(frozen=True, slots=True)
class AtStage:
    """Profiles whose latest touchpoint of the map is of a stage. `codes` are its touchpoints, `on_map` all that have
    one."""

    codes: frozenset[int]
    on_map: frozenset[int]

    @property
    def marks(self) -> Marks:
        return NO_MARKS

    def holds(self, block: Block) -> npt.NDArray[np.bool_]:
        """Of each profile of a block."""
        if not len(block.touchpoint):
            return np.zeros(len(block.profiles), np.bool_)
        counts = np.zeros(65_536, np.int8)  # 1: of a stage, 2: of this one
        counts[list(self.on_map)] = 1
        counts[list(self.codes)] = 2
        of_row = counts[block.touchpoint]
        # of each row the last one up to it that counts: one walk for all profiles, without a kernel to compile
        last = np.maximum.accumulate(np.where(of_row > 0, np.arange(len(of_row)), -1))
        there = np.where(block.ends > block.starts, last[np.maximum(block.ends - 1, 0)], -1)
        holds: npt.NDArray[np.bool_] = (there >= block.starts) & (of_row[np.maximum(there, 0)] == 2)
        return holds


def at_stage(text: str, workspace: Workspace) -> AtStage:
    """What holds of those at a stage, from its key or name. Raises InvalidInput."""
    catalogue = workspace.part(Touchpoints).catalogue()
    wanted = _stage(text, catalogue).key
    on_map = [t for t in catalogue.touchpoints if t.stage]
    return AtStage(frozenset(t.code for t in on_map if t.stage == wanted), frozenset(t.code for t in on_map))


def said(text: str, catalogue: Catalogue, language: str) -> str:
    """The same in words."""
    return gettext("Is at the stage %(stage)s", stage=_stage(text, catalogue).name(language))


def _stage(text: str, catalogue: Catalogue) -> Stage:
    named = {n.casefold(): s for s in reversed(catalogue.stages) for n in (s.name_fi, s.name_en, s.key)}
    found = named.get(text.strip().casefold())
    if found is None:
        near = nearest(text, list(named)) or catalogue.stages[0].key
        raise InvalidInput("There is no stage '%(name)s'. Did you mean '%(near)s'?", name=text, near=near)
    return found
