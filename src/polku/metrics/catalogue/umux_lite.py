"""Usability in two items."""

from __future__ import annotations

from polku.metrics.metric import Item, Measure, Metric, as_it_is
from polku.metrics.wording import Wording

_NO = Wording("Strongly disagree", "Täysin eri mieltä")
_YES = Wording("Strongly agree", "Täysin samaa mieltä")

METRIC = Metric(
    key="umux-lite",
    name=Wording("UMUX-Lite (usability)", "UMUX-Lite (käytettävyys)"),
    description=Wording(
        "Whether a service does what is needed and is easy to use: 0 to 100.",
        "Tekeekö palvelu sen, mitä tarvitaan, ja onko sitä helppo käyttää: 0–100.",
    ),
    source="Lewis, Utesch & Maher, CHI 2013",
    items=(
        Item(
            "needs",
            Wording("The service meets my needs.", "Palvelu vastaa tarpeitani."),
            1,
            7,
            _NO,
            _YES,
        ),
        Item(
            "ease",
            Wording("The service is easy to use.", "Palvelua on helppo käyttää."),
            1,
            7,
            _NO,
            _YES,
        ),
    ),
    measures=(Measure("umux-lite", Wording("Index", "Indeksi"), "mean", 0, 100, as_it_is),),
    low=0,
    high=100,
    figure=lambda answers: (answers.sum(axis=1) - 2) * 100 / 12,
)
