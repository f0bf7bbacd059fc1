"""Satisfaction index of three items, in the style of EPSI Rating and ACSI."""

from __future__ import annotations

from polku.metrics.metric import Category, Item, Measure, Metric, as_it_is
from polku.metrics.wording import Wording


def _item(key: str, text: Wording, low: Wording, high: Wording) -> Item:
    return Item(key, text, 1, 10, low, high)


METRIC = Metric(
    key="epsi",
    name=Wording("Satisfaction index (EPSI-style)", "Tyytyväisyysindeksi (EPSI-tyyppinen)"),
    description=Wording(
        "Satisfaction as a whole, against expectations and against the ideal, as one index: 0 to 100.",
        "Tyytyväisyys kokonaisuutena, odotuksiin ja ihanteeseen verrattuna yhtenä lukuna: 0–100.",
    ),
    source="Fornell et al., Journal of Marketing 60 (4), 1996, with equal weights",
    items=(
        _item(
            "overall",
            Wording(
                "Taking everything into account, how satisfied are you with us?",
                "Kun otat kaiken huomioon, kuinka tyytyväinen olet meihin?",
            ),
            Wording("Very dissatisfied", "Erittäin tyytymätön"),
            Wording("Very satisfied", "Erittäin tyytyväinen"),
        ),
        _item(
            "expectations",
            Wording("How well do we meet your expectations?", "Kuinka hyvin vastaamme odotuksiasi?"),
            Wording("Far below them", "Jäämme kauas niistä"),
            Wording("Far above them", "Ylitämme ne selvästi"),
        ),
        _item(
            "ideal",
            Wording(
                "Imagine a company that is ideal in every way. How close to it are we?",
                "Kuvittele yritys, joka on kaikin puolin ihanteellinen. Kuinka lähellä sitä olemme?",
            ),
            Wording("Very far from it", "Hyvin kaukana"),
            Wording("Very close to it", "Hyvin lähellä"),
        ),
    ),
    measures=(Measure("epsi", Wording("Index", "Indeksi"), "mean", 0, 100, as_it_is),),
    low=0,
    high=100,
    categories=(
        Category("very-satisfied", Wording("Very satisfied (75–100)", "Erittäin tyytyväiset (75–100)"), 75),
        Category("satisfied", Wording("Satisfied (60–75)", "Tyytyväiset (60–75)"), 60),
        Category("dissatisfied", Wording("Dissatisfied (under 60)", "Tyytymättömät (alle 60)"), 0),
    ),
    figure=lambda answers: (answers.sum(axis=1) - 3) / 27 * 100,
)
