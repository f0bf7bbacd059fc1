"""Comments fit what they are about, and no slot or brace is left in any."""

from __future__ import annotations

import numpy as np
import pytest

from polku.demo.catalogue import PRODUCTS
from polku.demo.comments import Occasion, comment
from polku.demo.responses import TOUCHPOINTS
from polku.demo.things import PARCEL, THINGS
from polku.demo.truths import EFFECTS


@pytest.mark.parametrize("language", ["fi", "en"])
def test_comments_are_many_and_whole(language: str) -> None:
    rng = np.random.default_rng(5)
    said = []
    for _ in range(6_000):
        met = frozenset(e.key for e in EFFECTS if rng.random() < 0.15)
        touchpoint = TOUCHPOINTS[rng.integers(len(TOUCHPOINTS))]
        late = int(rng.integers(1, 9)) if "late_delivery" in met and touchpoint == "delivery" else 0
        product = int(rng.integers(len(PRODUCTS)))
        said.append(comment(rng, Occasion(language, touchpoint, met, rng.uniform(-100, 100), product, late)))
    assert not [text for text in said if set(text) & set("{}|") or not text.strip() or "  " in text]
    assert len(set(said)) > (1_500 if language == "fi" else 900)


def test_a_late_delivery_is_what_the_discontent_write_about() -> None:
    rng = np.random.default_rng(5)
    occasion = Occasion("fi", "delivery", frozenset({"late_delivery"}), -80.0, 0, 3)
    said = " ".join(comment(rng, occasion) for _ in range(50))
    assert "3 päivää" in said


def test_every_article_has_its_word() -> None:
    assert len(THINGS) == len(PRODUCTS)
    assert [p.name for p, thing in zip(PRODUCTS, THINGS, strict=True) if thing is PARCEL] == []
