"""A survey with a question of each kind, and responses to it that are drawn by lot."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from polku.surveys.results import Choice, Question, Responses


def choices(*keys: str) -> tuple[Choice, ...]:
    return tuple(Choice(k, {"fi": f"{k} suomeksi", "en": f"{k} in English"}) for k in keys)


NPS = Question(
    "recommend", "rating", {"en": "Recommend?", "fi": "Suositteletko?"}, low=0, high=10, metric="nps"
)
REASON = Question(
    "reason", "radiogroup", {"en": "Why?"}, (*choices("price", "service"), Choice("dk", {}, True))
)
CHANNELS = Question("channels", "checkbox", {"en": "Where?"}, choices("web", "shop", "phone"))
GRID = Question("grid", "matrix", {"en": "How?"}, choices("1", "2", "3"), rows=choices("speed", "tone"))
RANKS = Question("ranks", "ranking", {"en": "What first?"}, choices("a", "b", "c"))
WELL = Question("well", "boolean", {"en": "Did it go well?"})
WORDS = Question("words", "comment", {"en": "Tell more"})
NOTE = Question("note", "html")
EVERY = (NPS, REASON, CHANNELS, GRID, RANKS, WELL, WORDS, NOTE)


def table(answers: list[dict[str, Any]], **columns: list[Any]) -> pa.Table:
    """Responses an hour apart, each of a profile of its own unless said otherwise."""
    n, began = len(answers), datetime(2026, 3, 1, tzinfo=UTC)
    given: dict[str, Any] = {
        "response_id": [f"r{i}" for i in range(n)],
        "profile": [f"p{i}" for i in range(n)],
        "answered_at": pa.array([began + timedelta(hours=i) for i in range(n)], pa.timestamp("us", tz="UTC")),
        "answers": [json.dumps(a) for a in answers],
    }
    return pa.table(given | columns)


def drawn(n: int, seed: int = 1) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    return [
        {
            "recommend": int(rng.choice(11, p=[0.02] * 5 + [0.05, 0.05, 0.15, 0.2, 0.25, 0.2])),
            "reason": str(rng.choice(["price", "service", "dk", "former"])),
            "channels": [c for c in ("web", "shop", "phone") if rng.random() < 0.5],
            "grid": {"speed": int(rng.integers(1, 4)), "tone": int(rng.integers(1, 4))},
            "ranks": rng.permutation(["a", "b", "c"]).tolist(),
            "well": bool(rng.random() < 0.7),
            "words": "=1+1" if i == 0 else f"Hyvä {i}",
        }
        for i in range(n)
    ]


def responses(
    answers: list[dict[str, Any]], questions: tuple[Question, ...] = EVERY, **columns: list[Any]
) -> Responses:
    return Responses.of(table(answers, **columns), questions)
