"""What was chosen to be compared: the page's own address, as the filters above it are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self

from starlette.datastructures import QueryParams

from polku.i18n import gettext
from polku.journeys.asking.filters import Filters, day_given
from polku.journeys.asking.marks import cut
from polku.journeys.asking.who import BEGINNINGS
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.web.channels import CHANNELS

USUAL_PERIOD: Final = "30"
"""Where no period was chosen: the last thirty days are compared with those before."""

Options = list[tuple[str, list[tuple[str, str]]]]
"""Groups to choose from: under each title, conditions and their words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Two groups (`who_a`; `who_b`, none: everyone else), or the chosen period and another (none: right before)."""

    by_groups: bool
    who_a: tuple[str, ...] = ()
    who_b: tuple[str, ...] = ()
    since_b: date | None = None
    until_b: date | None = None

    @classmethod
    def read(cls, given: QueryParams) -> Self:
        """Raises InvalidInput for a day that is none."""
        who_a, who_b = (
            tuple(dict.fromkeys(w for text in given.getlist(name) for w in cut(text, ",") if w))
            for name in ("who_a", "who_b")
        )
        if who_a or given.get("by") == "groups":
            return cls(True, who_a, who_b)
        return cls(False, since_b=day_given(given, "since_b"), until_b=day_given(given, "until_b"))

    @property
    def is_open(self) -> bool:
        """Whether it is still to be said which group."""
        return self.by_groups and not self.who_a

    def period_of(self, filters: Filters) -> Filters:
        """The filters with a period that can be compared."""
        chosen = self.by_groups or filters.own_days or filters.period
        return filters if chosen else replace(filters, period=USUAL_PERIOD)

    def asked(self, filters: Filters) -> dict[str, Any]:
        """As fields of JourneyCompare."""
        if self.by_groups:
            return filters.asked | {"who_a": list(self.who_a), "who_b": list(self.who_b)}
        return filters.asked | {"since_b": self.since_b, "until_b": self.until_b}

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What was chosen, as fields of an address."""
        groups = [("who_a", w) for w in self.who_a] + [("who_b", w) for w in self.who_b]
        days = [(n, d.isoformat()) for n, d in (("since_b", self.since_b), ("until_b", self.until_b)) if d]
        return [("by", "groups" if self.by_groups else "periods"), *groups, *days]


def options(groups: Mapping[str, Sequence[str]], catalogue: Catalogue, language: str) -> Options:
    """Groups that one may choose from: by each trait that divides customers, by how they began and by what
    they have met."""
    known = [
        (trait, [(f"{trait}={value}", value) for value in values if "," not in value])
        for trait, values in groups.items()
        if not set(trait) & set("=~<>!,:")
    ]
    named = [(t.key, t.name(language)) for t in catalogue.touchpoints]
    used = {t.channel for t in catalogue.touchpoints}
    began = [(f"first:channel={c}", str(words)) for c, words in CHANNELS.items() if c in used]
    return [
        *known,
        (str(BEGINNINGS["first:channel"]), began),
        (gettext("Has met"), [(f"met:{key}", name) for key, name in named]),
        (gettext("Has not met"), [(f"!met:{key}", name) for key, name in named]),
    ]
