"""What groups are compared by on the page of funnels."""

from __future__ import annotations

from polku.i18n import gettext
from polku.journeys.asking.breakdown import Measure, measure, share_of
from polku.journeys.funnel.comparing import through
from polku.journeys.funnel.results import FunnelOfJourneys


def measures(funnel: FunnelOfJourneys) -> list[Measure]:
    """Who gets through, and how soon."""
    found = [share_of(gettext("Get through"), funnel, through)]
    if len(funnel.steps) > 1:
        found.append(measure(gettext("Half get through by"), funnel, lambda f: f.times[-1].median_s, "time"))
    return found
