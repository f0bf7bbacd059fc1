"""Customer Loyalty Index."""

from __future__ import annotations

from polku.metrics.metric import Category, Item, Measure, Metric, as_it_is
from polku.metrics.wording import Wording

_NEVER = Wording("Not at all likely", "En lainkaan todennäköisesti")
_SURELY = Wording("Extremely likely", "Erittäin todennäköisesti")

METRIC = Metric(
    key="cli",
    name=Wording("CLI (Customer Loyalty Index)", "CLI (asiakasuskollisuus)"),
    description=Wording(
        "How likely customers are to recommend, to buy again and to buy more, on average: 0 to 100.",
        "Kuinka todennäköisesti asiakkaat suosittelevat, ostavat uudelleen ja ostavat enemmän, keskimäärin: 0–100.",
    ),
    source="mean of three likelihoods, rescaled; items as in Zeithaml, Berry & Parasuraman 1996",
    items=(
        Item(
            "recommend",
            Wording(
                "How likely are you to recommend us to others?",
                "Kuinka todennäköisesti suosittelet meitä muille?",
            ),
            0,
            10,
            _NEVER,
            _SURELY,
        ),
        Item(
            "repurchase",
            Wording(
                "How likely are you to buy from us again?",
                "Kuinka todennäköisesti ostat meiltä uudelleen?",
            ),
            0,
            10,
            _NEVER,
            _SURELY,
        ),
        Item(
            "buy-more",
            Wording(
                "How likely are you to try our other products or services?",
                "Kuinka todennäköisesti kokeilet muita tuotteitamme tai palvelujamme?",
            ),
            0,
            10,
            _NEVER,
            _SURELY,
        ),
    ),
    measures=(Measure("cli", Wording("Index", "Indeksi"), "mean", 0, 100, as_it_is),),
    low=0,
    high=100,
    categories=(
        Category("loyal", Wording("Loyal (80–100)", "Uskolliset (80–100)"), 80),
        Category("wavering", Wording("Wavering (50–80)", "Epäröivät (50–80)"), 50),
        Category("at-risk", Wording("At risk (under 50)", "Vaarassa lähteä (alle 50)"), 0),
    ),
    figure=lambda answers: answers.mean(axis=1) * 10,
)
