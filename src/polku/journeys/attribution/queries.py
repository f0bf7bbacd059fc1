"""What can be asked about who earns the conversions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from polku.errors import InvalidInput
from polku.i18n import gettext, use_language
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.contexts import occurring
from polku.journeys.asking.query import Asker, JourneyQuery
from polku.journeys.asking.results import Met
from polku.journeys.asking.telling import met_of
from polku.journeys.attribution.attribution import AttributionQuestion
from polku.journeys.attribution.results import AttributionOfJourneys
from polku.journeys.attribution.shares import Shares
from polku.journeys.attribution.telling import credits_of
from polku.journeys.touchpoints.catalogue import Catalogue, Touchpoint
from polku.journeys.touchpoints.known import Touchpoints
from polku.web.channels import CHANNELS
from polku.workspace import Duration, Names, Workspace

LOOKBACK = timedelta(days=30)
HALF_LIFE = timedelta(days=7)


class JourneyAttribution(JourneyQuery):
    """Which touchpoints earn the conversions: several models side by side, and where they disagree.

    Every event of the outcome in the period is a conversion; its path is the touchpoints before it, within the
    lookback and since the conversion before. Channels chosen are those that may earn. Attribution divides the credit;
    it does not say what causes conversions.
    """

    path: ClassVar[str] = "journeys/attribution"
    outcome: str = Field(description="The touchpoint that is the conversion, by key or name, e.g. purchase")
    lookback: Duration = Field(
        LOOKBACK, description="How long before a conversion a touchpoint may earn, e.g. 30d"
    )
    conversions: Literal["every", "first"] = Field(
        "every", description="every conversion of a profile, or only its first"
    )
    level: Literal["touchpoint", "channel"] = Field("touchpoint", description="touchpoint or channel")
    half_life: Duration = Field(HALF_LIFE, description="Time in which time decay halves the weight, e.g. 7d")
    touchpoints: Names = Field(default_factory=list, description="Only these may earn, by key or name")
    among: Literal["others", "all"] = Field(
        "others",
        description="Who may earn where touchpoints are not named: others, those of other stages than the outcome's, "
        "since the cart and the checkout are the way to buy, not a reason to; or all",
    )

    def answer(self, workspace: Workspace) -> AttributionOfJourneys:
        return self.each(workspace, lambda ask: self._told(workspace, ask))

    def _told(self, workspace: Workspace, ask: Asker) -> AttributionOfJourneys:
        self._check()
        catalogue = workspace.part(Touchpoints).catalogue()
        outcome = catalogue.touchpoint(self.outcome)
        earning = self.scope(workspace, self._may_earn(catalogue, outcome))
        if not earning.codes:
            raise InvalidInput(
                "No touchpoint may earn '%(outcome)s'. Name some, choose another channel, or let all earn.",
                outcome=outcome.key,
            )
        # from the beginning: a path may begin before the period, and a profile's first conversion be there
        low, earning = earning.low, occurring(replace(earning, low=0), workspace.part(Answers))
        touchpoints = [catalogue.by_code[c] for c in earning.codes]
        met, numbers = self._earners(touchpoints)
        codes, numbers = (*earning.codes, outcome.code), (*numbers, len(met))
        shares = ask(
            AttributionQuestion(
                replace(earning, codes=codes, numbers=numbers),
                len(met),
                int(self.lookback.total_seconds()),
                self.half_life.total_seconds(),
                low,
                once=self.conversions == "first",
            )
        )
        earners, credits = credits_of(shares, met) if shares else ((), ())
        return AttributionOfJourneys(
            self.covered(workspace),
            met_of(outcome),
            self.level,
            self.conversions,
            self.lookback.total_seconds(),
            self.half_life.total_seconds(),
            shares.models if shares else (),
            shares.conversions if shares else 0,
            shares.led if shares else 0,
            shares.valued if shares else 0,
            shares.worth if shares else 0.0,
            shares.led_worth if shares else 0.0,
            shares.paths if shares else 0,
            credits,
            earners,
            meaning(),
            _reason(shares),
        )

    def _check(self) -> None:
        for given in (self.lookback, self.half_life):
            if given < timedelta(seconds=1):
                raise InvalidInput(
                    "The lookback and the half-life must be longer than 0, not %(given)s. Give e.g. 30d.",
                    given=str(given),
                )

    def _may_earn(self, catalogue: Catalogue, outcome: Touchpoint) -> list[Touchpoint]:
        named = [catalogue.touchpoint(name) for name in self.touchpoints if name]
        if named:
            return [t for t in dict.fromkeys(named) if t != outcome]
        if self.among == "all":
            return [t for t in catalogue.touchpoints if t != outcome]
        # answers to surveys have no stage: they tell of the path, they are not on it
        return [t for t in catalogue.touchpoints if t.stage and t.stage != outcome.stage and t != outcome]

    def _earners(self, touchpoints: Sequence[Touchpoint]) -> tuple[list[Met], tuple[int, ...]]:
        """Who earns, and the number of each touchpoint's earner."""
        if self.level == "touchpoint":
            return [met_of(t) for t in touchpoints], tuple(range(len(touchpoints)))
        channels = list(dict.fromkeys(t.channel for t in touchpoints))
        return [_channel(c) for c in channels], tuple(channels.index(t.channel) for t in touchpoints)


def _reason(shares: Shares | None) -> str | None:
    if not shares or not shares.conversions:
        return "never_occurs"
    return None if shares.led else "nothing_before"


def meaning() -> str:
    """What no model says."""
    return gettext(
        "Attribution divides the credit for what happened; it does not say what causes conversions."
    )


def _channel(key: str) -> Met:
    with use_language("fi"):
        name_fi = str(CHANNELS[key])
    with use_language("en"):
        return Met(key, name_fi, str(CHANNELS[key]), key)
