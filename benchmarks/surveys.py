"""How quickly definitions are read, answers checked, and answers taken over HTTP so that they are durable."""

from __future__ import annotations

import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.measure import Figure, median_seconds, quantile
from benchmarks.servers import polku_serving
from polku.db import Database
from polku.library import make_folder
from polku.settings import read_settings
from polku.surveys import store
from polku.surveys.definition import Definition

_CHECKS = 2_000
_ANSWERS, _CONNECTIONS = 6_000, 16


def _survey() -> dict[str, Any]:
    """Ten questions of all common types, most of them under a condition."""
    shown = {"visibleIf": "{nps} >= 7 or {channel} anyof ['web', 'app']"}
    return {
        "elements": [
            {"type": "rating", "name": "nps", "rateMin": 0, "rateMax": 10, "isRequired": True},
            {"type": "radiogroup", "name": "channel", "choices": ["web", "app", "shop"], "isRequired": True},
            {
                "type": "checkbox",
                "name": "reasons",
                "choices": list("abcdef"),
                "showOtherItem": True,
                **shown,
            },
            {"type": "matrix", "name": "aspects", "rows": list("wxyz"), "columns": [1, 2, 3], **shown},
            {"type": "comment", "name": "why", "maxLength": 2000, **shown},
            {"type": "text", "name": "email", "inputType": "email", **shown},
            {"type": "text", "name": "age", "inputType": "number", "min": 15, "max": 120, **shown},
            {"type": "boolean", "name": "again", **shown},
            {"type": "dropdown", "name": "area", "choices": [{"value": i} for i in range(20)], **shown},
            {"type": "comment", "name": "more", "visibleIf": "{why} notempty and {again} = false"},
        ]
    }


def figures() -> Iterator[Figure]:
    survey = _survey()
    definition = Definition.of(survey)
    answers = {
        "nps": 9, "channel": "web", "reasons": ["a", "other"], "reasons-Comment": "mine",
        "aspects": dict.fromkeys("wxyz", 2),
        "why": "It was quick and friendly. " * 5, "email": "name@example.fi", "age": 44, "again": False, "area": 7,
        "more": "No.",
    }  # fmt: skip
    checked = definition.check(answers)
    assert checked.is_valid
    assert checked.answers.keys() == answers.keys()

    def check() -> None:
        for _ in range(_CHECKS):
            definition.check(answers)

    yield Figure("answers to ten questions checked", _CHECKS / median_seconds(check), "checks/s", 2_000, True)
    yield Figure(
        "a definition of ten questions read", 1000 * median_seconds(lambda: Definition.of(survey)), "ms"
    )
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "data"
        key = _published(folder, survey)
        with polku_serving(folder, POLKU_ANSWERS_AN_HOUR="0") as server:
            yield from _taken(server.address, key, answers)
            time.sleep(1)
            told = server.client.get("/api/v1/surveys/list").json()["surveys"][0]
            assert told["responses"] == _ANSWERS, told


def _published(folder: Path, survey: dict[str, Any]) -> str:
    settings = read_settings(folder)
    make_folder(settings)
    database, now = Database(settings.sqlalchemy_url), datetime.now(UTC)
    with database.session() as session:
        made = store.create(
            session, name="Load", definition=survey, tags={"nps": store.Tags("nps")}, anonymous=False,
            touchpoint="", by="Bench", now=now,
        )  # fmt: skip
        store.publish(session, made.key, by="Bench", now=now)
    database.close()
    return made.key


def _taken(address: str, key: str, answers: dict[str, Any]) -> Iterator[Figure]:
    """Finished answers from several connections, each acknowledged when it is durable."""
    body = json.dumps({"version": 1, "answers": answers, "finished": True})
    headers = {"Content-Type": "application/json"}

    def send(count: int) -> list[float]:
        times = []
        with closing(HTTPConnection(urlsplit(address).netloc)) as client:
            for _ in range(count):
                start = time.perf_counter()
                client.request("POST", f"/s/{key}/{uuid.uuid4()}", body=body, headers=headers)
                answer = client.getresponse()
                answer.read()
                times.append((time.perf_counter() - start) * 1000)
                assert answer.status == 200, answer.status
        return times

    send(20)
    start = time.perf_counter()
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        each = (_ANSWERS - 20) // _CONNECTIONS
        times = [t for part in pool.map(send, [each] * _CONNECTIONS) for t in part]
    seconds = time.perf_counter() - start
    send(_ANSWERS - 20 - each * _CONNECTIONS)
    name = f"finished answers over {_CONNECTIONS} connections, durable"
    yield Figure(name, len(times) / seconds, "answers/s", 500, True)
    yield Figure("the same, p99 of an answer", quantile(times, 0.99), "ms")
