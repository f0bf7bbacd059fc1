"""Trains the Finnish and English models of `polku.text` and writes them into the package.

    POLKU_REAL_DATA=… python -m scripts.train_text [fi|en]

Reads FinnSentiment (Lindén, Jauhiainen & Hardwick 2020) and XED (Öhman, Pàmies, Kajava & Tiedemann 2020), both
CC BY 4.0, and words of our own (customer_words.toml). A fifth of the texts (`corpora.is_held_out`) is never seen:
`python -m benchmarks listening` measures the written models on it. The same data gives the same files.
"""

from __future__ import annotations

import math
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import corpora
from benchmarks.corpora import Labelled
from polku.text.emotions import EMOTIONS
from polku.text.features import features
from polku.text.fitting import Fitted, fitted
from polku.text.model import LANGUAGES, quantized

MODELS = Path(__file__).parent.parent / "src" / "polku" / "text" / "models"
OWN_WORDS = Path(__file__).parent / "customer_words.toml"
OWN_SHARE = {"fi": 2.0, "en": 5.0}
"""How much a phrase of our own weighs beside a labelled sentence; more in English, whose corpus is of films only."""
STRENGTH = {"fi": 15.0, "en": 10.0}
ASSUMED_NEUTRAL = {"fi": 0.5, "en": 0.35}
"""The share of neutral comments that probabilities are made for. Three of four sentences in FinnSentiment are."""
SEED = 2026
STEPS = 1_023
"""Of weights: held-out figures are those of real weights, the files a third of theirs."""


def main() -> None:
    for language in sys.argv[1:] or LANGUAGES:
        start = time.perf_counter()
        train(language)
        size = (MODELS / f"{language}.npz").stat().st_size
        print(f"{language}: {size:,} bytes, {time.perf_counter() - start:.0f} s")


def train(language: str) -> None:
    """Fit the heads of one language on the train part and write them."""
    rng = np.random.default_rng(SEED)
    own = list(phrases(language))
    emotional = [x for x in corpora.xed(language) if not corpora.is_held_out(x.text)]
    rated = emotional
    if language == "fi":
        rated = [x for x in corpora.finnsentiment() if not corpora.is_held_out(x.text)]
    both = rated if rated is emotional else rated + emotional
    polar = [x for x in both if x.polarity]
    told = [x for x in rated if x.polarity is not None]
    share, own_polar = OWN_SHARE[language], [x for x in own if x.polarity]
    neutral = _fit(told, "neutral", own, share / 2, rng, strength=3.0)
    seen = sum(x.polarity == 0 for x in told) / len(told)
    wanted = ASSUMED_NEUTRAL[language]
    shift = math.log(wanted / (1 - wanted)) - math.log(seen / (1 - seen))
    heads = {
        "positive": _fit(polar, "positive", own_polar, share, rng, strength=STRENGTH[language]),
        # What is neutral is learned from texts that people called neutral: in subtitles it means "no emotion".
        "neutral": replace(neutral, intercept=neutral.intercept + shift),
    }
    for emotion in EMOTIONS:
        heads[emotion] = _fit(emotional, emotion, [], 0.0, rng, strength=3.0)
    weights, intercepts = ({n: getattr(f, k) for n, f in heads.items()} for k in ("weights", "intercept"))
    model = quantized(weights, intercepts, steps=STEPS)
    MODELS.mkdir(exist_ok=True)
    trained_on = (["FinnSentiment"] if language == "fi" else []) + ["XED"]
    model.save(
        MODELS / f"{language}.npz",
        about={"language": language, "trained_on": trained_on, "texts": len(polar), "seed": SEED},
    )


def _fit(
    texts: list[Labelled],
    name: str,
    own: list[Labelled],
    share: float,
    rng: np.random.Generator,
    *,
    strength: float,
) -> Fitted:
    """Fit one head; each of our own phrases weighs `share` of a labelled text."""
    everything = texts + own
    shares = np.array([1.0] * len(texts) + [share] * len(own))
    yes = np.array([x.means(name) for x in everything])
    return fitted(features([x.text for x in everything]), yes, strength=strength, rng=rng, shares=shares)


def phrases(language: str) -> Iterator[Labelled]:
    """Our own words as short texts: each phrase, and each quality in every frame."""
    told = tomllib.loads(OWN_WORDS.read_text(encoding="utf-8"))[language]
    for polarity, sign, opposite in (("positive", 1, -1), ("negative", -1, 1)):
        for phrase in told[polarity]["phrases"]:
            yield Labelled(phrase, polarity=sign)
        for word in told[polarity]["words"].split():
            yield Labelled(word, polarity=sign)
        for quality in told[polarity]["qualities"]:
            for frame in told["frames"]["said"]:
                yield Labelled(frame.format(quality), polarity=sign)
            for frame in told["frames"]["denied"]:
                yield Labelled(frame.format(quality), polarity=opposite)
        for thing in told["absent"][polarity]:
            for frame in told["absent"]["frames"]:
                yield Labelled(frame.format(thing), polarity=sign)
    for phrase in told["neutral"]["phrases"]:
        yield Labelled(phrase, polarity=0)


if __name__ == "__main__":
    main()
