"""Every figure of the page of feedback leads to the comments that it counts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.feedback import Comments, FeedbackComments, FeedbackPains, FeedbackThemes
from polku.library import open_workspace
from polku.settings import read_settings
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.web.visits import ADMIN
from tests.web.visits import post as post_on

SAID = [
    *["Toimitus oli todella hidas ja huono."] * 4,
    "Toimitus kesti aivan liian kauan.",
    "Hinta on aivan liian kallis.",
    "Kaikki oli ihanaa ja palvelu erinomaista, mutta toimitus oli todella hidas.",
    *["Hinnat ovat ikävän kalliita."] * 5,
    *["Hyvä ja nopea toimitus, kiitos!"] * 3,
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with open_workspace(read_settings(empty_folder(tmp_path_factory.mktemp("evidence")))) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    app = create_app(workspace, owner_token="owner-token")
    browser = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post_on(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    given = [
        {"text": text, "user_id": f"u{i}", "at": f"2026-03-{i + 1:02}T10:00:00Z"}
        for i, text in enumerate(SAID)
    ]
    owner = {"Authorization": "Bearer owner-token"}
    sent = TestClient(app, base_url="http://127.0.0.1:8000").post(
        "/api/v1/feedback/comments", json={"comments": given}, headers=owner
    )
    assert sent.status_code == 201, sent.text
    until = time.monotonic() + 10
    while workspace.store.snapshot.next_seq <= len(SAID) and time.monotonic() < until:
        time.sleep(0.02)
    FeedbackComments().answer(workspace)
    return browser


def test_a_pain_point_leads_to_the_comments_that_it_counts(browser: TestClient, workspace: Workspace) -> None:
    pains = FeedbackPains().answer(workspace).pains
    assert {"speed", "price"} <= {p.aspect for p in pains}
    page = browser.get("/feedback").text
    for p in pains:
        (link,) = set(re.findall(rf'href="([^"]*aspect={p.aspect}&amp;felt=negative[^"]*)"', page))
        found = browser.get(unescape(link)).text
        assert f">{p.count} comment" in found
        assert (
            FeedbackComments.of({"aspect": p.aspect, "felt": "negative"}).answer(workspace).total == p.count
        )
    speed = next(p for p in pains if p.aspect == "speed")
    mixed = FeedbackComments.of({"aspect": "speed", "felt": "negative", "text": "ihana"}).answer(workspace)
    assert (speed.count, mixed.total) == (6, 1)  # bad for its speed, though the whole may not be negative
    assert FeedbackComments.of({"felt": "positive", "text": "kallis"}).answer(workspace).total == 0


def test_examples_do_not_say_the_same(browser: TestClient, workspace: Workspace) -> None:
    for pain in FeedbackPains().answer(workspace).pains:
        texts = [e.text for e in pain.examples]
        assert len(set(texts)) == len(texts)
    speed = next(p for p in FeedbackPains().answer(workspace).pains if p.aspect == "speed")
    assert [e.text for e in speed.examples] == [SAID[6], SAID[4], SAID[3]]


def test_the_page_opens_with_what_is_worst(browser: TestClient, workspace: Workspace) -> None:
    pains = FeedbackPains().answer(workspace)
    says = unescape(browser.get("/feedback").text).split('<p class="says">')[1].split("</p>")[0]
    assert f">{pains.pains[0].aspect_name}" in says
    assert f"±{pains.pains[0].reach.half_width * 100:.0f}" in says
    assert pains.negative.n == len(SAID)
    assert (pains.negative.estimate or 0) > (pains.positive.estimate or 0)


def test_whether_comments_wait_is_told_though_themes_are_remembered(
    browser: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not FeedbackThemes().answer(workspace).waiting
    monkeypatch.setattr(Comments, "waiting", lambda comments: True)
    assert FeedbackThemes().answer(workspace).waiting
