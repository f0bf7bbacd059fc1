"""Answers that a kiosk kept while it had no connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from polku.surveys.answering import Posted
from polku.surveys.kiosk import given_in_time
from polku.workspace import Workspace
from tests.surveys.over_http import events, post, published, sent, wait


def test_a_kiosk_gives_what_it_kept_though_the_survey_was_closed_meanwhile(
    workspace: Workspace, browser: TestClient, stranger: TestClient
) -> None:
    key = published(workspace, browser, "Kioski")
    before = datetime.now(UTC) - timedelta(hours=1)
    post(browser, f"/surveys/{key}/close", {})
    kept = {"channel": "kiosk", "answered_at": before.isoformat()}
    assert sent(stranger, key, {"nps": 9}, **kept | {"channel": "link"}).status_code == 410
    assert sent(stranger, key, {"nps": 9}, finished=False, **kept).status_code == 410
    assert sent(stranger, key, {"nps": 9}, channel="kiosk").status_code == 410
    assert sent(stranger, key, {"nps": 9}, **kept).json() == {"finished": True, "problems": []}
    wait(workspace)
    (event,) = events(workspace, key)
    assert event["properties"]["channel"] == "kiosk"
    assert abs(event["occurred_at"] - before) < timedelta(seconds=1)
    page = stranger.get(f"/s/{key}?via=kiosk")
    assert page.status_code == 410
    assert f'data-survey="{key}"' in page.text
    assert "data-survey" not in stranger.get(f"/s/{key}").text


@pytest.mark.parametrize(
    ("answered", "taken"),
    [
        (timedelta(minutes=-1), True),
        (timedelta(minutes=4), True),  # its clock is a little ahead
        (timedelta(minutes=6), False),
        (timedelta(days=-18), True),
        (timedelta(days=-21), False),  # 31 days ago
        (timedelta(days=10, minutes=1), False),  # not yet
    ],
)
def test_only_a_time_that_can_be_believed_counts_as_before_the_closing(
    answered: timedelta, taken: bool
) -> None:
    now = datetime(2026, 3, 12, 12, tzinfo=UTC)
    closed = now - timedelta(days=10)
    posted = Posted(1, {}, finished=True, channel="kiosk", answered_at=closed + answered)
    assert given_in_time(posted, closed, now) == taken
    assert not given_in_time(posted, None, now)


def test_a_time_to_come_is_not_believed_though_the_survey_was_closed_just_now() -> None:
    now = datetime(2026, 3, 12, 12, tzinfo=UTC)
    posted = Posted(1, {}, finished=True, channel="kiosk", answered_at=now + timedelta(minutes=2))
    assert not given_in_time(posted, now, now)
