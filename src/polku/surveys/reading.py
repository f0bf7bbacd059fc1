"""Responses read from the events that they are, with what their questions are called and measure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from polku.collect import SURVEY_RESPONDED
from polku.metrics import metrics
from polku.profiles import Identities
from polku.surveys.definition import Question as Asking
from polku.surveys.known import Asked
from polku.surveys.results import Choice, Question, Responses, key_of
from polku.surveys.store import Tags
from polku.workspace import FOREVER, Workspace

_OF_EACH = (
    "SELECT event_id AS response_id, key, occurred_at AS answered_at, "
    "CAST(json_extract_string(properties, '$.version') AS BIGINT) AS version, "
    "json_extract_string(properties, '$.language') AS language, "
    "json_extract_string(properties, '$.channel') AS channel, "
    "json_extract_string(properties, '$.touchpoint') AS touchpoint, "
    "TRY_CAST(json_extract_string(properties, '$.seconds') AS BIGINT) AS seconds, "
    "CAST(json_extract(properties, '$.answers') AS VARCHAR) AS answers "
    "FROM events WHERE source = $source AND name = $name AND json_extract_string(properties, '$.survey') = $survey "
    "AND occurred_at >= $since AND occurred_at < $until ORDER BY seq"
)


def responses(workspace: Workspace, asked: Asked, *, low: int = 0, high: int = FOREVER) -> Responses:
    """The finished responses to a survey, in the order in which they came, with low ≤ time < high (seconds since 1970).

    Of those who answered `profile` is the one that they belong to now; null where it is not known.
    """
    snapshot = workspace.store.snapshot
    table = snapshot.sql(
        _OF_EACH,
        {
            "source": asked.source,
            "name": SURVEY_RESPONDED,
            "survey": asked.key,
            "since": datetime.fromtimestamp(low, UTC),
            "until": datetime.fromtimestamp(high, UTC),
        },
    )
    keys = table["key"].to_numpy().astype(np.uint64)
    who = workspace.part(Identities).current().profiles(keys)
    profiles = pa.array([f"{p:016x}" if p else None for p in who.tolist()], pa.string())
    return Responses.of(table.append_column("profile", profiles), questions(asked))


def questions(asked: Asked) -> tuple[Question, ...]:
    """What all versions asked: the newest's questions, then those that are asked no more."""
    newest_first = sorted(asked.definitions.items(), reverse=True)
    found: dict[str, Question] = {}
    for _, definition in newest_first:
        for question in definition.questions:
            found.setdefault(question.name, _of(question, asked.tags.get(question.name, Tags()), asked))
    return tuple(found.values())


def _of(question: Asking, tags: Tags, asked: Asked) -> Question:
    scale = question.scale or (1, 5)
    known: Any = question.type
    level: Any = tags.level or None
    metric = metrics().get(tags.metric)
    items = [i.key for i in metric.items] if metric else []
    return Question(
        key=question.name,
        kind=known,
        titles=dict(question.title.texts),
        choices=()
        if known == "rating"
        else tuple(Choice(key_of(c.value), dict(c.text.texts)) for c in question.choices)
        + ((Choice("other", {"en": "Something else", "fi": "Jokin muu"}),) if question.has_other else ()),
        rows=tuple(Choice(key_of(r.value), dict(r.text.texts)) for r in question.rows),
        low=int(scale[0]),
        high=int(scale[1]),
        metric=metric.key if metric else None,
        item=question.name if question.name in items else None,
        level=level,
        touchpoint=tags.touchpoint or asked.touchpoint or None,
    )
