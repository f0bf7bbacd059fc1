"""What retention and the life cycle say, in a sentence or two."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l, gettext, number, percent
from polku.journeys.asking.calendar import span_name
from polku.journeys.asking.telling import is_told, said
from polku.journeys.retention.results import Halves, LifecycleOfJourneys, RetentionOfJourneys

SURE: Final = 0.05
"""A difference is told of where so large a one would come by chance less often than this."""

_NEXT: Final[dict[tuple[str, bool], LazyText]] = {
    ("day", False): _l("the next day"),
    ("week", False): _l("in the next week"),
    ("month", False): _l("in the next month"),
    ("day", True): _l("the next day or later"),
    ("week", True): _l("in the next week or later"),
    ("month", True): _l("in the next month or later"),
}


def of_retention(retention: RetentionOfJourneys, language: str) -> str:
    """How many come back in the first span after, and whether later cohorts do so more often."""
    if not any(c.profiles for c in retention.cohorts):
        return gettext("Nobody starts like this with these choices.")
    if retention.reason:
        return gettext("Nobody comes back like this: it never happens with these choices.")
    if not retention.average or not is_told(retention.average[0].share):
        return gettext("Too little is over yet to tell how many come back.")
    often = [gettext("Every start counts, so that one customer may be in many rows.")]
    more = often if retention.recurrence == "any" else _later(retention.halves)
    return said([_first(retention, language), *more])


def _first(retention: RetentionOfJourneys, language: str) -> str:
    share = retention.average[0].share
    values = {
        "share": percent(share.estimate or 0, 1),
        "half": number((share.half_width or 0) * 100, 1),
        "when": str(_NEXT[retention.by, retention.unbounded]),
    }
    start, back = retention.start, retention.comes_back
    if start and back and start.key == back.key:
        return gettext(
            "Of those who meet %(start)s, %(share)s ± %(half)s meet it again %(when)s.",
            start=start.name(language),
            **values,
        )
    if start and back:
        return gettext(
            "Of those who meet %(start)s, %(share)s ± %(half)s meet %(back)s %(when)s.",
            start=start.name(language),
            back=back.name(language),
            **values,
        )
    if start:
        return gettext(
            "Of those who meet %(start)s, %(share)s ± %(half)s come back %(when)s.",
            start=start.name(language),
            **values,
        )
    if back:
        return gettext(
            "%(share)s ± %(half)s of customers meet %(back)s %(when)s.", back=back.name(language), **values
        )
    return gettext("%(share)s ± %(half)s of customers come back %(when)s.", **values)


def _later(halves: Halves | None) -> list[str]:
    if halves is None or halves.p_value is None or halves.difference.estimate is None:
        return []
    if halves.p_value >= SURE:
        return [gettext("No sure difference is seen between those who started earlier and later.")]
    values = {
        "later": percent(halves.second_half.estimate or 0, 1),
        "earlier": percent(halves.first_half.estimate or 0, 1),
        "points": number(abs(halves.difference.estimate) * 100, 1),
        "half": number((halves.difference.half_width or 0) * 100, 1),
    }
    sentence = (
        gettext(
            "Those who started later come back more often: %(later)s, earlier ones %(earlier)s "
            "(%(points)s ± %(half)s percentage points more).",
            **values,
        )
        if halves.difference.estimate > 0
        else gettext(
            "Those who started later come back less often: %(later)s, earlier ones %(earlier)s "
            "(%(points)s ± %(half)s percentage points less).",
            **values,
        )
    )
    if not halves.of_before:
        return [sentence]
    return [
        sentence,
        gettext("Among the earlier ones are also customers from before anything was collected."),
    ]


def of_lifecycle(lifecycle: LifecycleOfJourneys) -> str:
    """What customers were in the last span that is over."""
    over = [s for s in lifecycle.spans if s.finished]
    if not over:
        return ""
    last = over[-1]
    sentences = [
        gettext(
            "%(span)s: %(active)s active, of them %(new)s new, %(returning)s as before and %(resurrecting)s after a "
            "pause; %(dormant)s went quiet.",
            span=span_name(last.start, lifecycle.by),
            active=number(last.new + last.returning + last.resurrecting),
            new=number(last.new),
            returning=number(last.returning),
            resurrecting=number(last.resurrecting),
            dormant=number(last.dormant or 0),
        )
    ]
    if is_told(last.kept):
        sentences.append(
            gettext(
                "%(share)s ± %(half)s of those active before came again.",
                share=percent(last.kept.estimate or 0, 1),
                half=number((last.kept.half_width or 0) * 100, 1),
            )
        )
    return said(sentences)
