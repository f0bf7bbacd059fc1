"""Surveys in the operational tables, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from polku.db import Database
from polku.errors import Conflict, InvalidInput, NotFound
from polku.surveys import store
from polku.surveys.store import Tags, Unfinished

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
RAW: dict[str, Any] = {"pages": [{"name": "p", "elements": [{"type": "comment", "name": "why"}]}]}
OTHER: dict[str, Any] = {
    "pages": [{"name": "p", "elements": [{"type": "text", "name": "who", "title": "Kukä ä’"}]}]
}


@pytest.fixture
def session(tables: Database) -> Iterator[Session]:
    with tables.session() as session:
        yield session


def made(session: Session, name: str = "Ostoksen jälkeen", **more: Any) -> store.Survey:
    given: dict[str, Any] = {"definition": RAW, "tags": {}, "anonymous": False, "touchpoint": "order"} | more
    return store.create(session, name=name, by="Tester", now=NOW, **given)


def test_keys_are_made_of_names_and_are_never_the_same(session: Session) -> None:
    keys = [
        made(session, name).key
        for name in ("Ostoksen jälkeen", "Ostoksen jälkeen", "ostoksen jälkeen!", "!?", "!")
    ]
    assert keys == ["ostoksen-jalkeen", "ostoksen-jalkeen-2", "ostoksen-jalkeen-3", "survey", "survey-2"]
    assert next(s.key for s in store.surveys(session)) == "survey-2"


def test_a_version_never_changes_and_the_same_draft_makes_no_new_one(session: Session) -> None:
    key = made(session).key
    assert store.survey(session, key).state == "draft"
    assert store.publish(session, key, by="A", now=NOW) == 1
    assert store.publish(session, key, by="B", now=NOW) == 1
    store.change(session, key, definition=OTHER, by="B", now=NOW)
    assert store.versions(session, key) == {1: RAW}
    assert store.publish(session, key, by="B", now=NOW) == 2
    assert store.versions(session, key) == {1: RAW, 2: OTHER}
    assert (store.survey(session, key).version, store.survey(session, key).state) == (2, "open")


def test_a_survey_closes_and_opens_again(session: Session) -> None:
    key = made(session).key
    with pytest.raises(Conflict, match="has not been published"):
        store.close(session, key, by="A", now=NOW)
    store.publish(session, key, by="A", now=NOW)
    store.close(session, key, by="A", now=NOW)
    assert store.survey(session, key).state == "closed"
    store.publish(session, key, by="A", now=NOW)
    assert store.survey(session, key).state == "open"


def test_a_promise_of_anonymity_holds(session: Session) -> None:
    key = made(session, anonymous=True).key
    store.change(session, key, anonymous=False, by="A", now=NOW)
    store.change(session, key, anonymous=True, by="A", now=NOW)
    store.publish(session, key, by="A", now=NOW)
    with pytest.raises(Conflict, match="people were promised it"):
        store.change(session, key, anonymous=False, by="A", now=NOW)
    assert store.change(session, key, anonymous=True, name="Toinen", by="A", now=NOW).name == "Toinen"


def test_what_questions_measure_is_told_apart_from_the_definition(session: Session) -> None:
    key = made(session, tags={"why": Tags("nps", "emotion"), "none": Tags()}).key
    assert store.tags(session, key) == {"why": Tags("nps", "emotion")}
    store.change(session, key, tags={"why": Tags(touchpoint="cart")}, by="A", now=NOW)
    assert store.tags(session, key) == {"why": Tags(touchpoint="cart")}


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_name_is_needed(session: Session, name: str) -> None:
    with pytest.raises(InvalidInput, match="Give a name"):
        made(session, name)


def test_a_survey_that_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound, match="no survey 'nowhere'"):
        store.survey(session, "nowhere")


def test_unfinished_answers_are_kept_changed_and_swept(session: Session) -> None:
    survey = made(session)
    begun = Unfinished("r1", survey.id, 1, {"why": "Ei <b>ole</b> ä"}, 0, NOW)
    store.keep_unfinished(session, begun)
    later = Unfinished("r1", survey.id, 1, {"why": "On"}, 1, NOW + timedelta(minutes=1))
    store.keep_unfinished(session, later)
    assert store.unfinished(session, "r1") == later
    assert store.sweep_unfinished(session, NOW + timedelta(days=30)) == 0
    assert store.sweep_unfinished(session, NOW + timedelta(days=31)) == 1
    assert store.unfinished(session, "r1") is None
