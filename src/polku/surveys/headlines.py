"""The one number that each survey is known by, read without its other answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from polku.collect import SURVEY_RESPONDED
from polku.profiles import Identities
from polku.stats import Estimate
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.reading import questions
from polku.surveys.results import Question, Responses, of_metric
from polku.workspace import Workspace

Counted = tuple[int, datetime | None]


class Headlines:
    """A part of the workspace. A number is kept until there are other answers."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._kept: dict[str, tuple[Counted, int, str, Estimate]] = {}

    def of(self, key: str, counted: Counted) -> tuple[str, Estimate | None]:
        """The key of the survey's first metric and what it is; an empty one for a survey that measures none.
        `counted` says how many answers there are and when the last came."""
        asked = self._workspace.part(KnownSurveys).by_key(key)
        kept = self._kept.get(key)
        if kept is None or kept[:2] != (counted, asked.version):
            measuring = questions(asked)
            metric = next((q.metric for q in measuring if q.metric), None)
            if metric is None or not counted[0]:
                return metric or "", None
            of_it = [q for q in measuring if q.metric == metric]
            value = of_metric(self._responses(asked, of_it), metric)
            kept = self._kept[key] = (counted, asked.version, metric, value.estimate(value.answered))
        return kept[2:]

    def _responses(self, asked: Asked, of_it: list[Question]) -> Responses:
        """Responses with the answers to these questions alone: reading all of them takes many times as long."""
        columns = ", ".join(f"json_extract_string(properties, $q{i}) AS q{i}" for i in range(len(of_it)))
        paths = {f"q{i}": _pointer(q.key) for i, q in enumerate(of_it)}
        given: dict[str, Any] = {"source": asked.source, "name": SURVEY_RESPONDED, "survey": asked.key}
        table = self._workspace.store.snapshot.sql(
            f"SELECT event_id AS response_id, key, occurred_at AS answered_at, {columns} FROM events "  # noqa: S608  numbers
            "WHERE source = $source AND name = $name AND json_extract_string(properties, '$.survey') = $survey",
            given | paths,
        )
        who = self._workspace.part(Identities).current().profiles(table["key"].to_numpy().astype(np.uint64))
        profiles = pa.array([f"{p:016x}" if p else None for p in who.tolist()], pa.string())
        named = {f"q{i}": q.key for i, q in enumerate(of_it)}
        kept = table.select(["response_id", "answered_at", *named]).append_column("profile", profiles)
        return Responses.of(kept.rename_columns([named.get(n, n) for n in kept.column_names]), of_it)


def _pointer(question: str) -> str:
    """Where a question's answer stands (RFC 6901)."""
    return "/answers/" + question.replace("~", "~0").replace("/", "~1")
