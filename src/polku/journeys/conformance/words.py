"""Deviations and what goes together with them, in plain words."""

from __future__ import annotations

from datetime import timedelta

from polku.i18n import duration, gettext, number, percent, signed
from polku.journeys.asking.telling import is_told
from polku.journeys.conformance.results import Association, Deviation, StepReached
from polku.stats import Estimate


def sentence(one: Deviation | Association, language: str) -> str:
    """What happens: 'Delivery comes late'."""
    step = one.step.name(language)
    return {
        "skipped": gettext("%(step)s is skipped", step=step),
        "out_of_order": gettext("%(step)s comes out of order", step=step),
        "repeated": gettext("%(step)s comes again", step=step),
        "late": gettext("%(step)s comes late", step=step),
        "between": gettext("something else comes before %(step)s", step=step),
        "stopped": gettext("it stops at %(step)s", step=step),
    }[one.kind]


def short(kind: str) -> str:
    """The same where the step stands beside it."""
    return {
        "skipped": gettext("skipped"),
        "out_of_order": gettext("out of order"),
        "repeated": gettext("again"),
        "late": gettext("late"),
        "between": gettext("something between"),
        "stopped": gettext("stop here"),
    }[kind]


def way(kind: str) -> str:
    """How attempts go as a whole."""
    return {
        "fully": gettext("follow it fully"),
        "deviating": gettext("leave it on the way"),
        "not_at_all": gettext("go no further than the first step"),
        "under_way": gettext("are still under way"),
    }[kind]


def capital(text: str) -> str:
    """As a sentence begins."""
    return text[:1].upper() + text[1:]


def delay(deviation: Deviation) -> str:
    """By how much it is late: half by less than this, nine of ten by less than that; empty if that is not known."""
    if deviation.late_s.estimate is None:
        return ""
    half = duration(timedelta(seconds=deviation.late_s.estimate))
    if deviation.late_90_s.estimate is None:
        return gettext("half by more than %(half)s", half=half)
    most = duration(timedelta(seconds=deviation.late_90_s.estimate))
    return gettext("half by more than %(half)s, one in ten by more than %(most)s", half=half, most=most)


def value(e: Estimate, measure: str) -> str:
    """A score or a share with how sure it is."""
    if e.estimate is None:
        return "–"
    if measure == "score":
        return f"{signed(e.estimate)}\u00a0±\u00a0{number(e.half_width or 0.0)}"
    return f"{percent(e.estimate, 1)}\u00a0±\u00a0{number((e.half_width or 0.0) * 100, 1)}"


def difference(one: Association) -> str:
    """With it less without it: in points of score or percentage points."""
    e, scale = one.difference, 1 if one.measure == "score" else 100
    if e.estimate is None:
        return "–"
    digits = 0 if one.measure == "score" else 1
    return f"{signed(e.estimate * scale, digits)}\u00a0±\u00a0{number((e.half_width or 0.0) * scale, digits)}"


def conditions(step: StepReached) -> list[str]:
    """What is asked of a step."""
    said = []
    if step.within_s is not None:
        said.append(gettext("within %(time)s", time=duration(timedelta(seconds=step.within_s))))
    if not step.required:
        said.append(gettext("may be left out"))
    if step.repeats:
        said.append(gettext("may come again"))
    if step.direct:
        said.append(gettext("right after"))
    return said


def took(step: StepReached) -> str:
    """The median time from the step before, empty if it is not known."""
    seconds = step.after_s.estimate
    return duration(timedelta(seconds=seconds)) if is_told(step.after_s) and seconds is not None else ""
