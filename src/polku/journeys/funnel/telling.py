"""What was counted of a funnel, as answers tell it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polku.journeys.asking.gaps import EDGES, quartiles
from polku.journeys.asking.telling import share
from polku.journeys.funnel.funnel import Climbed
from polku.journeys.funnel.results import FunnelStep, StepName, StepTimes, TimeToConvert
from polku.journeys.funnel.steps import Step, step_label, step_written
from polku.journeys.touchpoints.catalogue import Catalogue


def step(asked: Step, k: int, climbed: Climbed, catalogue: Catalogue, *, occurs: bool) -> FunnelStep:
    """The k-th step; `occurs`: whether any event is it."""
    here, first = int(climbed.reached[k]), int(climbed.reached[0])
    before = int(climbed.reached[max(0, k - 1)])
    *barred, _ = step_written(asked, catalogue)
    return FunnelStep(
        step_name(asked, catalogue),
        "".join(barred).removeprefix("!"),
        here,
        share(here, first),
        share(here, before),
        before - here,
        None if occurs else "never_occurs",
    )


def times(asked: Step, k: int, climbed: Climbed, catalogue: Catalogue) -> StepTimes:
    return StepTimes(step_name(asked, catalogue), *quartiles(climbed.after[k]), *quartiles(climbed.wait[k]))


def step_name(asked: Step, catalogue: Catalogue) -> StepName:
    fi, en = (step_label(asked.any_of, catalogue, language) for language in ("fi", "en"))
    return StepName(step_written(asked, catalogue)[-1], fi, en)


def to_convert(counts: npt.NDArray[np.int64]) -> tuple[TimeToConvert, ...]:
    """Times in bins as a histogram, from the first bin that is not empty to the last."""
    filled = np.flatnonzero(counts)
    if not len(filled):
        return ()
    bins = range(int(filled[0]), int(filled[-1]) + 1)
    return tuple(TimeToConvert(float(EDGES[i]), float(EDGES[i + 1]), int(counts[i])) for i in bins)
