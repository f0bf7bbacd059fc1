"""What groups are compared by on the page of retention."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l
from polku.journeys.asking.breakdown import Measure, counts_of, measure, share_of
from polku.journeys.retention.results import RetentionOfJourneys
from polku.stats import Estimate

_LATER: Final = (1, 3)
"""By these spans after the start groups are compared."""
_AT: Final[dict[tuple[str, int], LazyText]] = {
    ("day", 1): _l("Come back the next day"),
    ("week", 1): _l("Come back in the next week"),
    ("month", 1): _l("Come back in the next month"),
    ("day", 3): _l("On the 3rd day"),
    ("week", 3): _l("In the 3rd week"),
    ("month", 3): _l("In the 3rd month"),
}


def measures(retention: RetentionOfJourneys) -> list[Measure]:
    """How many come back soon, and later. Where every start counts a customer counts more than once: not tested."""

    def after(span: int) -> Measure:
        def of(one: RetentionOfJourneys) -> Estimate | None:
            return next((a.share for a in one.average if a.after == span), None)

        title = _AT[retention.by, span]
        if retention.recurrence == "any":
            return measure(title, retention, of)
        return share_of(title, retention, lambda one: counts_of(of(one)))

    return [after(span) for span in _LATER]
