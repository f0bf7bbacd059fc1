"""Trains the Finnish and English models of `polku.text` and writes them into the package.

    POLKU_REAL_DATA=… python -m scripts.train_text [fi|en]

Reads FinnSentiment (Lindén, Jauhiainen & Hardwick 2020) and XED (Öhman, Pàmies, Kajava & Tiedemann 2020), both
CC BY 4.0, and what was written for this project: words and phrases (customer_words.toml) and, in Finnish, comments
(customer_comments_fi.toml). A fifth of the texts (`corpora.is_held_out`) is never seen: `benchmarks.listening` measures
the models on it. The same data gives the same files.

Of Finnish there are heads for texts of any kind and for what customers write, and one that tells the two apart.
"""

from __future__ import annotations

import math
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import corpora
from benchmarks.corpora import Labelled
from polku.text.emotions import EMOTIONS
from polku.text.features import features
from polku.text.fitting import Fitted, fitted
from polku.text.model import LANGUAGES, of_customers, quantized
from polku.text.sentiment import CUSTOMERS

MODELS = Path(__file__).parent.parent / "src" / "polku" / "text" / "models"
OWN_WORDS = Path(__file__).parent / "customer_words.toml"
OWN_COMMENTS = {"fi": Path(__file__).parent / "customer_comments_fi.toml"}
COMMENT_SHARE = 5.0
"""How much a comment of our own weighs beside a labelled sentence where customers' are told; film lines half of one."""
COMMENT_SHARE_OF_NEUTRAL = 2.0
FILM_SHARE = 0.5
FORUM_SHARE = 0.3
"""How much a sentence of a forum weighs where it is told who wrote a text: some of them are customers too."""
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
    words, share = list(phrases(language)), OWN_SHARE[language]
    own = words + list(facts(language))
    film = [x for x in corpora.xed(language) if not corpora.is_held_out(x.text)]
    forum = (
        [x for x in corpora.finnsentiment() if not corpora.is_held_out(x.text)] if language == "fi" else []
    )
    told = (
        forum or film
    )  # in films "neutral" means that no emotion was seen, elsewhere that nothing was judged
    parts = [(forum, 1.0), (film, 1.0), (own, share)]
    heads = {
        "positive": _fit(_polar(parts), "positive", rng, strength=STRENGTH[language]),
        "neutral": _neutral([(told, 1.0)], (words, share / 2), language, rng),
    }
    if comments := [x for x in own_comments(language) if not corpora.is_held_out(x.text)]:
        theirs = [(forum, 1.0), (film, FILM_SHARE), (own, share), (comments, COMMENT_SHARE)]
        heads[of_customers("positive")] = _fit(_polar(theirs), "positive", rng, strength=STRENGTH[language])
        theirs = [(forum, 1.0), (comments, COMMENT_SHARE_OF_NEUTRAL)]
        heads[of_customers("neutral")] = _neutral(theirs, (own, share / 4), language, rng)
        heads[CUSTOMERS] = _whose(own + comments, [(film, 1.0), (forum, FORUM_SHARE)], rng)
    for emotion in EMOTIONS:
        heads[emotion] = _fit([(film, 1.0)], emotion, rng, strength=3.0)
    weights, intercepts = ({n: getattr(f, k) for n, f in heads.items()} for k in ("weights", "intercept"))
    model = quantized(weights, intercepts, steps=STEPS)
    MODELS.mkdir(exist_ok=True)
    trained_on = (["FinnSentiment"] if language == "fi" else []) + ["XED"]
    model.save(
        MODELS / f"{language}.npz",
        about={
            "language": language,
            "trained_on": trained_on,
            "texts": sum(len(texts) for texts, _ in _polar(parts)),
            "seed": SEED,
        },
    )


Parts = list[tuple[list[Labelled], float]]
"""Texts, and how much each of them weighs."""


def _polar(parts: Parts) -> Parts:
    return [([x for x in texts if x.polarity], share) for texts, share in parts]


def _fit(parts: Parts, name: str, rng: np.random.Generator, *, strength: float) -> Fitted:
    """Fit one head."""
    texts = [x for part, _ in parts for x in part]
    shares = np.array([share for part, share in parts for _ in part])
    yes = np.array([x.means(name) for x in texts])
    return fitted(features([x.text for x in texts]), yes, strength=strength, rng=rng, shares=shares)


def _neutral(
    parts: Parts, beside: tuple[list[Labelled], float], language: str, rng: np.random.Generator
) -> Fitted:
    """Fit what is neutral, with our own phrases `beside`, as if ASSUMED_NEUTRAL of the texts were."""
    told = [([x for x in texts if x.polarity is not None], share) for texts, share in parts]
    fit = _fit([*told, beside], "neutral", rng, strength=3.0)
    neutral = sum(share * sum(x.polarity == 0 for x in texts) for texts, share in told)
    seen = neutral / sum(share * len(texts) for texts, share in told)
    wanted = ASSUMED_NEUTRAL[language]
    return replace(
        fit, intercept=fit.intercept + math.log(wanted / (1 - wanted)) - math.log(seen / (1 - seen))
    )


def _whose(customers: list[Labelled], others: Parts, rng: np.random.Generator) -> Fitted:
    """Fit who wrote a text: a customer, who counts as much as all others together, or anybody else."""
    texts = customers + [x for part, _ in others for x in part]
    yes = np.arange(len(texts)) < len(customers)
    of_others = [share for part, share in others for _ in part]
    shares = np.array([sum(of_others) / len(customers)] * len(customers) + of_others)
    return fitted(features([x.text for x in texts]), yes, strength=3.0, rng=rng, shares=shares)


def own_comments(language: str) -> Iterator[Labelled]:
    """Comments written for this project."""
    if language in OWN_COMMENTS:
        told = tomllib.loads(OWN_COMMENTS[language].read_text(encoding="utf-8"))
        for name, polarity in (("positive", 1), ("negative", -1), ("neutral", 0)):
            yield from (Labelled(text, polarity=polarity) for text in told[name])


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
    for verb in told.get("spared", {}).get("verbs", ()):
        for frame in told["spared"]["frames"]:
            yield Labelled(frame.format(verb), polarity=1)
    for phrase in told["neutral"]["phrases"]:
        yield Labelled(phrase, polarity=0)


def facts(language: str) -> Iterator[Labelled]:
    """What happened and what things do, from which a reader knows whether it was good or bad."""
    told = tomllib.loads(OWN_WORDS.read_text(encoding="utf-8"))[language]
    for polarity, sign in (("positive", 1), ("negative", -1)):
        yield from (Labelled(phrase, polarity=sign) for phrase in told[polarity].get("told", ()))
    yield from _verbs(told.get("verbs", {}))


def _verbs(told: dict[str, Any]) -> Iterator[Labelled]:
    """What things do, well or badly, and the opposite where it is denied: "hajoaa", "ei hajoa", "ei ole hajonnut"."""
    for polarity, sign in (("positive", 1), ("negative", -1)):
        for forms in told.get(polarity, ()):
            written = forms.split("/")
            for frame in told["said"]:
                yield Labelled(frame.format(*written), polarity=sign)
            for frame in told["denied"]:
                yield Labelled(frame.format(*written), polarity=-sign)


if __name__ == "__main__":
    main()
