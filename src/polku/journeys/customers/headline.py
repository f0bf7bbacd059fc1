"""What a list of customers says, in a sentence."""

from __future__ import annotations

from polku.i18n import ngettext
from polku.journeys.asking.who import in_words
from polku.journeys.customers.results import CustomersOfJourneys
from polku.journeys.touchpoints.catalogue import Catalogue


def of_customers(found: CustomersOfJourneys, catalogue: Catalogue, language: str) -> str:
    """How many they are, and what holds of them."""
    who = [in_words(condition, catalogue, language) for condition in found.covered.who]
    if not who:
        return ngettext(
            "%(num)s customer has met a touchpoint.", "%(num)s customers have met a touchpoint.", found.total
        )
    return ngettext(
        "%(num)s customer: %(who)s.",
        "%(num)s customers: %(who)s.",
        found.total,
        who="; ".join(who),
    )
