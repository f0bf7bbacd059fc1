"""Net Promoter Score."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polku.metrics.metric import Category, Item, Measure, Metric, as_it_is
from polku.metrics.wording import Wording

Values = npt.NDArray[np.float64]


def _signs(answers: Values) -> Values:
    return (answers >= 9).astype(np.float64) - (answers <= 6)


METRIC = Metric(
    key="nps",
    name=Wording("NPS (Net Promoter Score)", "NPS (suositteluindeksi)"),
    description=Wording(
        "How many more would recommend the company warmly than would not: −100 to 100.",
        "Kuinka paljon enemmän on niitä, jotka suosittelevat yritystä lämpimästi, kuin niitä, jotka eivät: −100…100.",
    ),
    source="Reichheld, Harvard Business Review 81 (12), 2003",
    items=(
        Item(
            "recommend",
            Wording(
                "How likely are you to recommend us to a friend or colleague?",
                "Kuinka todennäköisesti suosittelisit meitä ystävälle tai kollegalle?",
            ),
            0,
            10,
            Wording("Not at all likely", "En lainkaan todennäköisesti"),
            Wording("Extremely likely", "Erittäin todennäköisesti"),
        ),
    ),
    measures=(
        Measure("nps", Wording("NPS", "NPS"), "net", -1, 1, _signs, 100),
        Measure("mean", Wording("Mean answer", "Vastausten keskiarvo"), "mean", 0, 10, as_it_is),
    ),
    low=0,
    high=10,
    categories=(
        Category("promoter", Wording("Promoters", "Suosittelijat"), 9),
        Category("passive", Wording("Passives", "Passiiviset"), 7),
        Category("detractor", Wording("Detractors", "Arvostelijat"), 0),
    ),
)
