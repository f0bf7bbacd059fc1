"""Customer Effort Score, second version."""

from __future__ import annotations

from polku.metrics.metric import Category, Item, Measure, Metric, as_it_is, at_least
from polku.metrics.wording import Wording

METRIC = Metric(
    key="ces",
    name=Wording("CES 2.0 (Customer Effort Score)", "CES 2.0 (asioinnin helppous)"),
    description=Wording(
        "How easy the company made it: the mean agreement on 1–7, and the share of those who agree (5–7).",
        "Kuinka helpoksi yritys teki asioinnin: samanmielisyyden keskiarvo (1–7) ja samaa mieltä olevien (5–7) osuus.",
    ),
    source="CEB (Dixon, Toman & DeLisi, The Effortless Experience, 2013)",
    items=(
        Item(
            "ease",
            Wording(
                "The company made it easy for me to handle my issue.",
                "Yritys teki asiani hoitamisesta minulle helppoa.",
            ),
            1,
            7,
            Wording("Strongly disagree", "Täysin eri mieltä"),
            Wording("Strongly agree", "Täysin samaa mieltä"),
        ),
    ),
    measures=(
        Measure("ces", Wording("Mean agreement", "Samanmielisyyden keskiarvo"), "mean", 1, 7, as_it_is),
        Measure("easy", Wording("Agree", "Samaa mieltä"), "share", 0, 1, at_least(5)),
    ),
    low=1,
    high=7,
    categories=(
        Category("easy", Wording("Easy", "Helppoa"), 5),
        Category("neutral", Wording("Neither", "Ei kumpaakaan"), 4),
        Category("hard", Wording("Hard", "Hankalaa"), 1),
    ),
)
