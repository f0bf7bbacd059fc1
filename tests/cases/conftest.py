"""A workspace whose operational tables are on either database, and answers that came to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from polku.cases.opening import Opening
from polku.cases.rules import Rule
from polku.cases.ruling import save_rule, turn_on
from polku.cases.tables import CaseAnswerRow, CaseRow
from polku.collect import ensure_source
from polku.db import Database
from polku.library import open_workspace
from polku.profiles import Identities
from polku.settings import read_settings
from polku.store import kernels
from polku.web.store import add_user
from polku.workspace import Workspace
from tests.events import incoming
from tests.folders import empty_folder

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("cases")))
    with open_workspace(settings) as workspace:
        kernels.compile_all()
        workspace.part(Identities).current().profile(1)
        yield workspace


@pytest.fixture
def workspace(opened: Workspace, tables: Database) -> Workspace:
    """With tables of its own, on either database; events are those of all tests."""
    return beside(opened, tables)


def beside(opened: Workspace, tables: Database) -> Workspace:
    """As another process on the same tables would see them."""
    return Workspace(opened.settings, tables, opened.store, opened.engine, opened.own_engine)


def ruled(workspace: Workspace, *, since: datetime = MONDAY, **given: Any) -> Rule:
    """A rule that is on, for a survey of its own."""
    number = next(_numbers)
    made = Rule(**({"name": f"Rule {number}", "survey": f"survey {number}"} | given))
    with workspace.db.session() as session:
        rule = save_rule(session, made, by="Anna", now=since)
        turn_on(session, rule.id, since=since, seq=workspace.store.snapshot.next_seq - 1)
    return replace(rule, on=True, on_since=since)


def answered(workspace: Workspace, rule: Rule, score: float = 2, *, minutes: int = 0, **given: Any) -> str:
    """An answer comes, and this is its id."""
    with workspace.db.session() as session:
        source = ensure_source(session, name="Import", kind="server", channel="survey", public=False).id
    response, at = f"r{next(_numbers)}", MONDAY + timedelta(minutes=minutes)
    said = {"survey": rule.survey, "metric": "nps", "score": score} | given.pop("said", {})
    row = {
        "source": source, "event_id": response, "name": "Survey Responded", "received_at": at, "occurred_at": at,
        "score": score * 20 - 100, "properties": said,
    }  # fmt: skip
    workspace.store.append(incoming([row | given]))
    return response


def catch_up(workspace: Workspace, now: datetime = MONDAY) -> int:
    return workspace.part(Opening).catch_up(now)


def all_cases(workspace: Workspace) -> list[CaseRow]:
    with workspace.db.session(read_only=True) as session:
        return list(session.query(CaseRow).order_by(CaseRow.id))


def all_answers(workspace: Workspace) -> list[CaseAnswerRow]:
    with workspace.db.session(read_only=True) as session:
        return list(session.query(CaseAnswerRow).order_by(CaseAnswerRow.seq))


def user(workspace: Workspace, name: str, *, role: Any = "agent", language: str = "en") -> int:
    with workspace.db.session() as session:
        made = add_user(
            session, name=name, email=f"{name.lower()}@example.fi", password="polku vie perille", role=role,
            language=language, now=MONDAY,
        )  # fmt: skip
        return made.id
