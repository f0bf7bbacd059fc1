"""The choices above journey pages: period, source, channel, comparison, groups, whose. They are the page's own
address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Self
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from polku.errors import InvalidInput
from polku.i18n import LazyText, _l, gettext
from polku.journeys.asking.who import BEGINNINGS, WAYS, in_words
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.web.channels import CHANNELS
from polku.web.listing import Filter
from polku.workspace import FIRST_DAY

WINDOWS: Final[dict[str, LazyText]] = {
    "1d": _l("within a day"),
    "7d": _l("within a week"),
    "30d": _l("within 30 days"),
    "90d": _l("within 90 days"),
    "": _l("however long it takes"),
}
"""How long a path or a funnel may take, as pages offer it."""

CUSTOMERS: Final = "/journeys/customers"
"""The list of those of whom something is said."""

PRESETS: Final = {"30": 30, "90": 90, "365": 365}
_PERIODS: Final = (
    ("", _l("All time")),
    ("30", _l("30 days")),
    ("90", _l("90 days")),
    ("365", _l("12 months")),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen. Days of one's own (`since`, `until`) go before a preset (`period`, in days until
    today)."""

    today: date
    period: str = ""
    since: date | None = None
    until: date | None = None
    source: str = ""
    channel: str = ""
    compare: bool = False
    who: tuple[str, ...] = ()
    breakdown: str = ""

    @classmethod
    def read(cls, given: QueryParams, today: date) -> Self:
        """Raises InvalidInput for a day or preset that is not one."""
        period = given.get("period", "")
        if period and period not in PRESETS:
            raise InvalidInput(
                "The period cannot be '%(given)s'. Allowed: %(allowed)s (days)",
                given=period[:20],
                allowed=", ".join(PRESETS),
            )
        since, until = day_given(given, "since"), day_given(given, "until")
        source, channel = given.get("source", ""), given.get("channel", "")
        return cls(
            today,
            period,
            since,
            until,
            source,
            channel,
            bool(given.get("compare")),
            tuple(dict.fromkeys([*filter(None, given.getlist("who")), *_added(given)])),
            given.get("breakdown", ""),
        )

    @property
    def own_days(self) -> bool:
        return bool(self.since or self.until)

    @property
    def asked(self) -> dict[str, Any]:
        """As fields of a FilteredQuery."""
        since, until = self.since, self.until
        if not self.own_days and self.period:
            since, until = self.today - timedelta(days=PRESETS[self.period] - 1), self.today
        return {
            "since": since,
            "until": until,
            "source": self.source or None,
            "channel": self.channel or None,
            "who": self.who,
        }

    @property
    def asked_each(self) -> dict[str, Any]:
        """As fields of a JourneyQuery, so also of each group of the breakdown."""
        return self.asked | {"breakdown": self.breakdown or None}

    @property
    def before(self) -> dict[str, Any] | None:
        """The same for as many days right before; None where the period has no beginning."""
        asked = self.asked
        since, until = asked["since"], asked["until"] or self.today
        if since is None or until < since or until - since >= since - FIRST_DAY:
            return None
        return asked | {
            "since": since - (until - since) - timedelta(days=1),
            "until": since - timedelta(days=1),
        }

    def in_words(self, condition: str, catalogue: Catalogue, language: str) -> str:
        """A condition as one says it: 'Checkout has been met'. Raises InvalidInput."""
        return in_words(condition, catalogue, language)

    @property
    def ways(self) -> tuple[tuple[str, LazyText], ...]:
        """How a condition can hold."""
        return WAYS

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What was chosen, as fields of an address."""
        chosen = {
            "period": self.period if not self.own_days else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "source": self.source,
            "channel": self.channel,
            "compare": "1" if self.compare else "",
            "breakdown": self.breakdown,
        }
        return [*((k, v) for k, v in chosen.items() if v), *(("who", w) for w in self.who)]

    def query(self, **more: str) -> str:
        """What was chosen, as the end of an address."""
        kept = [*self.chosen, *((k, v) for k, v in more.items() if v)]
        return f"?{urlencode(kept)}" if kept else ""

    def customers(self, *more: str) -> str:
        """The address of the list of those whom the page is about and of whom more holds."""
        those = replace(self, who=(*self.who, *more), breakdown="", compare=False)
        return f"{CUSTOMERS}{those.query()}"

    def groupings(self, traits: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
        """What one may break down by, under titles: how journeys began, traits, and what an address has chosen."""
        known = dict.fromkeys([*traits, *([self.breakdown] if self.breakdown else [])])
        named = [(t, t) for t in known if t not in BEGINNINGS]
        began = [(by, str(words)) for by, words in BEGINNINGS.items()]
        groups = [(gettext("How it began"), began), (gettext("What is known of them"), named)]
        return [g for g in groups if g[1]]

    def choices(self, catalogue: Catalogue, sources: Mapping[str, int]) -> list[Filter]:
        """The selects of the form."""
        used = {t.channel for t in catalogue.touchpoints}
        channels = [("", _l("All channels")), *((c, n) for c, n in CHANNELS.items() if c in used)]
        named = [("", _l("All sources")), *((name, name) for name in sorted(sources, key=str.casefold))]
        return [
            Filter("period", _l("Period"), _PERIODS, self.period),
            Filter("source", _l("Source"), named, self.source),
            Filter("channel", _l("Channel"), channels, self.channel),
        ]


def touchpoints_by_stage(catalogue: Catalogue, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Keys and names of touchpoints for a select, under their stages; those without one come last."""
    stages = [(s.name(language), s.key) for s in catalogue.stages]
    groups = [
        (name, [(t.key, t.name(language)) for t in catalogue.of_stage(stage)])
        for name, stage in [*stages, (gettext("Not on the map"), None)]
    ]
    return [group for group in groups if group[1]]


def _added(given: QueryParams) -> Iterator[str]:
    """The condition that a form adds in three fields: of what, how, and compared with what."""
    name, how, value = (given.get(f, "").strip() for f in ("whose", "is", "what"))
    if not name:
        return
    if how in ("met", "!met"):
        yield f"{'!' if how == '!met' else ''}met:{name}"
    elif how in ("", "!"):
        yield how + name
    elif value:
        yield f"{name}{how}{value}"


def day_given(given: Mapping[str, str], name: str) -> date | None:
    """The day in a field of an address. Raises InvalidInput if it is none."""
    text = given.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(
            "'%(field)s' cannot be '%(given)s'. Allowed: a day, e.g. 2026-08-01", field=name, given=text[:20]
        ) from None
