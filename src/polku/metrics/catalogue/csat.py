"""Customer satisfaction."""

from __future__ import annotations

from polku.metrics.metric import Category, Item, Measure, Metric, as_it_is, at_least
from polku.metrics.wording import Wording

METRIC = Metric(
    key="csat",
    name=Wording("CSAT (customer satisfaction)", "CSAT (asiakastyytyväisyys)"),
    description=Wording(
        "The share of those who are satisfied (4 or 5 of 5), and the mean answer.",
        "Tyytyväisten (4 tai 5 viidestä) osuus ja vastausten keskiarvo.",
    ),
    source="top-two-box share; Farris et al., Marketing Metrics, 3rd ed., 2016",
    items=(
        Item(
            "satisfaction",
            Wording("How satisfied are you with what you got?", "Kuinka tyytyväinen olet saamaasi?"),
            1,
            5,
            Wording("Very dissatisfied", "Erittäin tyytymätön"),
            Wording("Very satisfied", "Erittäin tyytyväinen"),
        ),
    ),
    measures=(
        Measure("csat", Wording("Satisfied", "Tyytyväisiä"), "share", 0, 1, at_least(4)),
        Measure("mean", Wording("Mean answer", "Vastausten keskiarvo"), "mean", 1, 5, as_it_is),
    ),
    low=1,
    high=5,
    categories=(
        Category("satisfied", Wording("Satisfied", "Tyytyväiset"), 4),
        Category("neutral", Wording("Neither", "Ei kumpaakaan"), 3),
        Category("dissatisfied", Wording("Dissatisfied", "Tyytymättömät"), 1),
    ),
)
