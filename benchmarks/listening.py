"""How well comments are understood, and how quickly: the shipped models on texts that they never saw, learning from own
comments, names taken out, speed.

Corpora are read from POLKU_REAL_DATA (default: ../shared/data); none is part of the product.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from sklearn.model_selection import RepeatedStratifiedKFold, train_test_split

from benchmarks import corpora, names
from benchmarks.corpora import Labelled
from benchmarks.measure import Figure
from polku.text import analyzed, at_share, learned, redacted, sentiments
from polku.text.base_rate import neutral_share
from polku.text.emotions import EMOTIONS, FELT, likely
from polku.text.features import features
from polku.text.learning import macro_f1
from polku.text.model import shipped
from polku.text.sentiment import Polarity, Sentiment, shares
from scripts.train_text import own_comments

_LABELS = [Polarity.NEGATIVE, Polarity.NEUTRAL, Polarity.POSITIVE]
START = datetime(2026, 1, 1, tzinfo=UTC)
FOLDS, REPEATS = 10, 3


def figures() -> Iterator[Figure]:
    yield from _shipped()
    yield from _own_comments()
    yield from _transferred()
    yield from _learned()
    yield from names.figures()
    yield from _speed()


def _shipped() -> Iterator[Figure]:
    finnish = [x for x in corpora.finnsentiment() if corpora.is_held_out(x.text)]
    feelings = sentiments([x.text for x in finnish], "fi")
    yield _share("FinnSentiment held out, positive or negative", _polarity(finnish, feelings), 0.87)
    truth = np.array([x.polarity + 1 for x in finnish if x.polarity is not None])
    told = np.array([_LABELS.index(f.label) for f in feelings])
    yield _share("FinnSentiment held out, three classes, macro-F1", macro_f1(truth, told, 3), 0.66)
    yield Figure("its calibration error (half of the texts neutral)", _calibration(truth, feelings), "")
    for language, target in (("fi", 0.79), ("en", None)):
        texts = [x for x in corpora.xed(language) if corpora.is_held_out(x.text)]
        feelings = sentiments([x.text for x in texts], language)
        yield _share(f"XED ({language}) held out, positive or negative", _polarity(texts, feelings), target)
        felt = likely(features([x.text for x in texts]), shipped(language)) >= FELT
        scores = [_f1(np.array([e in x.emotions for x in texts]), felt[:, k]) for k, e in enumerate(EMOTIONS)]
        yield _share(f"XED ({language}) held out, eight emotions, macro-F1", float(np.mean(scores)), None)


def _own_comments() -> Iterator[Figure]:
    """What customers tell mostly by facts, written for this project: the fifth that no model has seen."""
    comments = [x for x in own_comments("fi") if corpora.is_held_out(x.text)]
    feelings = sentiments([x.text for x in comments], "fi")
    yield _share("own Finnish comments held out, positive or negative", _polarity(comments, feelings), None)


def _polarity(texts: list[Labelled], feelings: list[Sentiment]) -> float:
    """Of texts that are positive or negative the share told right; neutral is not an answer."""
    right = [(f.balance > 0) == (x.polarity > 0) for x, f in zip(texts, feelings, strict=True) if x.polarity]
    return float(np.mean(right))


def _calibration(truth: np.ndarray, feelings: list[Sentiment]) -> float:
    """Expected calibration error of the likeliest class in ten bins, with texts weighted so that half are neutral, as
    the model takes it (Guo et al. 2017)."""
    shares = np.array([[f.negative, f.neutral, f.positive] for f in feelings])
    weight = np.where(truth == 1, 0.5 / (truth == 1).mean(), 0.5 / (truth != 1).mean())
    sure, right = shares.max(axis=1), shares.argmax(axis=1) == truth
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [abs((weight * (sure - right))[bins == b].sum()) for b in range(10)]
    return float(sum(gaps) / weight.sum())


def _f1(truth: np.ndarray, told: np.ndarray) -> float:
    return float(2 * (truth & told).sum() / max(1, truth.sum() + told.sum()))


def _transferred() -> Iterator[Figure]:
    """The shipped English model on customers' texts, of which it has seen none."""
    promoters, texts, _ = _verbatims()
    told = np.array([f.balance > 0 for f in sentiments(texts, "en")])
    yield _share("nps_verbatims, not learned from", float((told == promoters).mean()), None)
    tweets = [t for t in corpora.rows("us_airline/Tweets.csv") if t["airline_sentiment"] != "neutral"]
    told = np.array([f.balance > 0 for f in sentiments([t["text"] for t in tweets], "en")])
    truth = np.array([t["airline_sentiment"] == "positive" for t in tweets])
    yield _share("us_airline tweets, not learned from", float((told == truth).mean()), None)
    yield from _base_rate()


def _base_rate() -> Iterator[Figure]:
    """What it gives to find out how many comments are neutral."""
    tweets = corpora.rows("us_airline/Tweets.csv")
    texts = features([t["text"] for t in tweets])
    truth = np.array([_LABELS.index(t["airline_sentiment"]) for t in tweets])
    taken = shares(texts, shipped("en"))
    found = neutral_share(taken[:, 1], "en")
    told = shares(texts, at_share(shipped("en"), "en", found)).argmax(axis=1)
    yield Figure(
        "us_airline tweets that are neutral, found",
        found,
        "",
        baseline=float((truth == 1).mean()),
        baseline_name="true",
    )
    before = float((taken.argmax(axis=1) == truth).mean())
    name = "us_airline tweets, three classes told right"
    yield Figure(
        name, float((told == truth).mean()), "", more_is_better=True, baseline=before, baseline_name="before"
    )


def _verbatims() -> tuple[np.ndarray, list[str], list[datetime]]:
    rows = [
        r
        for r in corpora.rows("nps_verbatims/nps_verbatims.csv")
        if r["NPS_RATING"] in ("Promoter", "Detractor") and r["text"].strip()
    ]
    when = [
        datetime.strptime(r["CUSTOMER_RESPONSE_DATE"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC) for r in rows
    ]
    return np.array([r["NPS_RATING"] == "Promoter" for r in rows]), [r["text"] for r in rows], when


def _learned() -> Iterator[Figure]:
    promoters, texts, when = _verbatims()
    labels = np.where(promoters, "positive", "negative")
    right = []
    parts = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=1)
    for train, test in parts.split(texts, labels):
        model = learned(
            [texts[i] for i in train],
            labels[train].tolist(),
            [when[i] for i in train],
            rng=np.random.default_rng(1),
            language="en",
        )
        right.append(np.array(model.told([texts[i] for i in test])) == labels[test])
    yield _share(
        "nps_verbatims, promoter or detractor, 3 × 10-fold", float(np.concatenate(right).mean()), 0.92
    )
    whole = learned(texts, labels.tolist(), when, rng=np.random.default_rng(1), language="en")
    assert whole.evaluation is not None
    yield _share("nps_verbatims, the latest fifth by the earlier", whole.evaluation.accuracy, None)
    yield _share("what the shipped model tells of that fifth", whole.evaluation.before, None)
    yield from _reasons()


def _reasons() -> Iterator[Figure]:
    tweets = [t for t in corpora.rows("us_airline/Tweets.csv") if t["negativereason"]]
    texts, reasons = [t["text"] for t in tweets], [t["negativereason"] for t in tweets]
    train, test = train_test_split(np.arange(len(texts)), test_size=0.2, stratify=reasons, random_state=0)
    model = learned(
        [texts[i] for i in train],
        [reasons[i] for i in train],
        [START + timedelta(minutes=int(i)) for i in train],
        rng=np.random.default_rng(1),
    )
    truth = np.array([model.labels.index(reasons[i]) for i in test])
    told = np.array([model.labels.index(label) for label in model.told([texts[i] for i in test])])
    yield _share("us_airline, ten reasons, macro-F1", macro_f1(truth, told, len(model.labels)), 0.55)


def _speed() -> Iterator[Figure]:
    finnish = [x.text for x in corpora.finnsentiment()][:3_000]
    for name, texts in (("Finnish", finnish), ("English", _verbatims()[1])):
        analyzed(texts[:50])
        start = time.perf_counter()
        analyzed(texts)
        per_second = len(texts) / (time.perf_counter() - start)
        yield Figure(f"{name} comments through the whole", per_second, "/s", target=500, more_is_better=True)
    long = "Palvelu oli hyvää, soita 040 123 4567. " * 25_000
    start = time.perf_counter()
    redacted(long)
    yield Figure(
        f"personal data out of {len(long):,} characters", time.perf_counter() - start, "s", target=10
    )


def _share(name: str, value: float, target: float | None) -> Figure:
    return Figure(name, value, "", target=target, more_is_better=True)
