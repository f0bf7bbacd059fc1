"""Responses read from the events that they are, with what their questions are called and measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from polku.collect import SURVEY_RESPONDED
from polku.i18n import in_words
from polku.metrics import metrics
from polku.profiles import Identities
from polku.surveys.definition import Definition
from polku.surveys.definition import Question as Asking
from polku.surveys.known import Asked
from polku.surveys.results import Choice, Question, Responses, key_of, misfit
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
    """What all versions asked: the newest's questions, then those that are asked no more.

    One that cannot tell the metric it is tagged with is told as what it is, without the metric; see `unmeasured`.
    """
    return tuple(replace(q, metric=None, item=None) if misfit(q) else q for q in _asked(asked))


def unmeasured(asked: Asked) -> dict[str, str]:
    """By question, in the reader's language: why its answers do not count in the metric it is tagged with."""
    return {q.key: in_words(why) for q in _asked(asked) if (why := misfit(q))}


def drafted(definition: Definition, tags: Mapping[str, Tags]) -> tuple[Question, ...]:
    """The questions of a draft with the metrics that they are tagged with, whether they can tell them or not."""
    return tuple(_of(question, tags.get(question.name, Tags())) for question in definition.questions)


def measuring(definition: Definition, tags: Mapping[str, Tags]) -> Iterator[Question]:
    """The questions of a definition that tell the metric that they are tagged with."""
    for question in definition.questions:
        of = tags.get(question.name)
        if of and of.metric and not misfit(made := _of(question, of)):
            yield made


def _asked(asked: Asked) -> tuple[Question, ...]:
    newest_first = sorted(asked.definitions.items(), reverse=True)
    found: dict[str, Question] = {}
    for _, definition in newest_first:
        for question in definition.questions:
            tags = asked.tags.get(question.name, Tags())
            found.setdefault(question.name, _of(question, tags, asked.touchpoint))
    return tuple(found.values())


def _of(question: Asking, tags: Tags, touchpoint: str = "") -> Question:
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
        metric=tags.metric or None,
        item=question.name if question.name in items else None,
        level=level,
        touchpoint=tags.touchpoint or touchpoint or None,
    )
