"""Taxonomies, corrections and learned models: what they change, what they leave alone, and what outlives what."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.errors import InvalidInput, NotFound
from polku.feedback import Comments, FeedbackComments, FeedbackModels, FeedbackPains, FeedbackTaxonomy, store
from polku.feedback.corrections import Said, correct, undo
from polku.feedback.keeper import CommentKeeper
from polku.feedback.learner import FEWEST, PAUSE, Learner, learn
from polku.feedback.models import choose
from polku.feedback.rereading import progress
from polku.feedback.taxonomies import save_taxonomy
from polku.feedback.taxonomy_trial import newest, one_told, tried
from polku.feedback.understanding import FOLDER, Understandings
from polku.library import open_workspace
from polku.settings import read_settings
from polku.text import shipped_taxonomy, taxonomy_from
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.web.visits import ADMIN, token_on
from tests.web.visits import post as post_on

OWNER = {"Authorization": "Bearer owner-token"}
HERE = "http://127.0.0.1:8000"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXTS = (
    "Toimitus oli hidas ja kallis.",
    "Kassajono oli pitkä.",
    "Hinta oli sopiva, kiitos!",
    "Paketti tuli nopeasti perille.",
    "Asiakaspalvelu oli ystävällistä.",
    "Produto chegou antes do prazo, recomendo.",
)


def given(texts: tuple[str, ...] = TEXTS) -> list[dict[str, Any]]:
    return [
        {"text": text, "user_id": f"u{i}", "at": f"2026-03-{i + 1:02}T10:00:00Z"}
        for i, text in enumerate(texts)
    ]


def bring(workspace: Workspace, comments: list[dict[str, Any]]) -> None:
    program = TestClient(create_app(workspace, owner_token="owner-token"), base_url=HERE)
    before = workspace.store.snapshot.next_seq
    for start in range(0, len(comments), 1_000):
        part = comments[start : start + 1_000]
        sent = program.post("/api/v1/feedback/comments", json={"comments": part}, headers=OWNER)
        assert sent.status_code == 201, sent.text
    until = time.monotonic() + 10
    while workspace.store.snapshot.next_seq < before + len(comments) and time.monotonic() < until:
        time.sleep(0.02)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(read_settings(empty_folder(tmp_path / "data"))) as workspace:
        bring(workspace, given())
        yield workspace


def told(workspace: Workspace) -> dict[str, Any]:
    return {c.text: c for c in FeedbackComments().answer(workspace).comments}


def edited(**changes: Any) -> Any:
    plain = shipped_taxonomy().plain()
    for name, change in changes.items():
        plain["aspects"].setdefault(name, {"label": {"en": name}})
        plain["aspects"][name] = plain["aspects"][name] | change
    return taxonomy_from(plain)


def test_a_saved_taxonomy_tells_old_comments_anew_and_leaves_others_as_they_were(
    workspace: Workspace,
) -> None:
    before = told(workspace)
    assert before[TEXTS[1]].aspects == ["reachability"]
    number = save_taxonomy(
        workspace, edited(queue={"fi": ["*jono"]}, reachability={"fi": ["vastata"]}), by="A", now=NOW
    )
    after = told(workspace)
    assert after[TEXTS[1]].aspects == ["queue"]
    assert {t: c for t, c in after.items() if t != TEXTS[1]} == {
        t: c for t, c in before.items() if t != TEXTS[1]
    }
    assert [c.text for c in FeedbackComments(aspect="queue").answer(workspace).comments] == [TEXTS[1]]
    assert FeedbackComments(aspect="reachability").answer(workspace).total == 0
    assert FeedbackTaxonomy().answer(workspace).number == number
    rebuilt = workspace.part(Comments)
    rebuilt.rebuild()
    assert told(workspace) == after


def test_readers_find_what_was_told_before_until_all_is_read_anew(workspace: Workspace) -> None:
    comments = workspace.part(Comments)
    before = told(workspace)
    comments.kept = True  # as while a server keeps them up
    save_taxonomy(workspace, edited(queue={"fi": ["*jono"]}), by="A", now=NOW)
    assert comments.read_anew(batches=0) is False
    assert progress(comments.file) is not None
    assert told(workspace) == before
    comments.read_anew(batches=1)
    assert told(workspace) == before
    bring(workspace, [{"text": "Kassajonossa meni tunti.", "user_id": "z", "at": "2026-02-01T10:00:00Z"}])
    comments.catch_up()
    assert comments.read_anew() is True
    assert progress(comments.file) is None
    assert "queue" in told(workspace)["Kassajonossa meni tunti."].aspects
    assert "queue" in told(workspace)[TEXTS[1]].aspects


def test_the_keeper_reads_anew_by_itself(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    told(workspace)
    monkeypatch.setattr("polku.feedback.keeper.LOOKS_EVERY_S", 0.05)
    keeper = CommentKeeper(workspace)
    keeper.start()
    save_taxonomy(workspace, edited(queue={"fi": ["*jono"]}), by="A", now=NOW)
    until = time.monotonic() + 10
    while "queue" not in told(workspace)[TEXTS[1]].aspects and time.monotonic() < until:
        time.sleep(0.05)
    keeper.stop()
    assert "queue" in told(workspace)[TEXTS[1]].aspects


def test_a_trial_tells_which_comments_would_change(workspace: Workspace) -> None:
    comments = newest(workspace.part(Comments).current())
    trial = tried(comments, shipped_taxonomy(), edited(queue={"fi": ["*jono"]}))
    assert (trial.read, trial.changed.estimate) == (5, 0.2)
    assert [c.text for c in trial.examples] == [TEXTS[1]]
    assert trial.counts == (("aspects.queue", 0, 1),)
    one = one_told("Tuote vastasi odotuksia täysin.", shipped_taxonomy(), "fi")
    assert [spoken for _, spoken, _ in one.clauses] == [("touchpoints.product",)]


def test_a_correction_changes_that_comment_alone_and_outlives_the_file(workspace: Workspace) -> None:
    before = told(workspace)
    one = before[TEXTS[0]]
    assert (one.sentiment, one.felt) == ("negative", {"price": "negative", "speed": "negative"})
    correct(workspace, one.id, Said("positive"), by="Anna", now=NOW)
    after = told(workspace)
    now = after[TEXTS[0]]
    assert (now.sentiment, now.felt) == ("positive", {"price": "positive", "speed": "positive"})
    assert (now.corrected_by, now.corrected_at) == ("Anna", NOW)
    assert {t: c for t, c in after.items() if t != one.text} == {
        t: c for t, c in before.items() if t != one.text
    }
    assert one.text in [c.text for c in FeedbackComments(sentiment="positive").answer(workspace).comments]
    assert one.text not in [c.text for c in FeedbackComments(sentiment="negative").answer(workspace).comments]
    workspace.part(Comments).rebuild()
    assert told(workspace) == after
    undo(workspace, one.id, by="Anna", now=NOW)
    assert told(workspace) == before
    with pytest.raises(NotFound):
        undo(workspace, one.id, by="Anna", now=NOW)


def test_aspects_and_touchpoint_are_corrected_and_each_step_is_taken_back(workspace: Workspace) -> None:
    one = told(workspace)[TEXTS[2]]
    correct(workspace, one.id, Said(aspects={"selection": "negative"}), by="A", now=NOW)
    correct(workspace, one.id, Said(touchpoint="delivery"), by="B", now=NOW)
    now = told(workspace)[TEXTS[2]]
    assert (now.sentiment, now.felt, now.touchpoint) == (one.sentiment, {"selection": "negative"}, "delivery")
    assert [c.id for c in FeedbackComments(touchpoint="delivery").answer(workspace).comments] == [one.id]
    undo(workspace, one.id, by="B", now=NOW)
    now = told(workspace)[TEXTS[2]]
    assert (now.felt, now.touchpoint, now.corrected_by) == ({"selection": "negative"}, one.touchpoint, "A")
    undo(workspace, one.id, by="B", now=NOW)
    assert told(workspace)[TEXTS[2]] == one


def test_a_correction_made_while_comments_are_read_anew_stays(workspace: Workspace) -> None:
    comments = workspace.part(Comments)
    one = told(workspace)[TEXTS[1]]
    comments.kept = True
    save_taxonomy(workspace, edited(queue={"fi": ["*jono"]}), by="A", now=NOW)
    comments.read_anew(batches=1)  # beside, not yet in place
    correct(workspace, one.id, Said("neutral", {"queue": "neutral"}), by="A", now=NOW)
    assert comments.read_anew() is True
    now = told(workspace)[TEXTS[1]]
    assert (now.sentiment, now.felt) == ("neutral", {"queue": "neutral"})


def test_a_correction_that_was_kept_and_not_told_is_told_later(workspace: Workspace) -> None:
    one = told(workspace)[TEXTS[0]]
    with workspace.db.session() as session:  # Polku stopped right after this
        told_by = store.Correction(one.id, "positive", None, None, "A", NOW)
        store.add_correction(session, told_by, seq=1, part=0)
    assert told(workspace)[TEXTS[0]].sentiment == "positive"


def test_joined_aspects_keep_their_corrections(workspace: Workspace) -> None:
    one = told(workspace)[TEXTS[4]]
    correct(workspace, one.id, Said(aspects={"expertise": "negative"}), by="A", now=NOW)
    plain = shipped_taxonomy().plain()
    gone = plain["aspects"].pop("expertise")
    plain["aspects"]["friendliness"]["fi"] += gone["fi"]
    plain["aspects"]["friendliness"]["was"] = ["expertise"]
    save_taxonomy(workspace, taxonomy_from(plain), by="A", now=NOW)
    assert told(workspace)[TEXTS[4]].felt == {"friendliness": "negative"}


@pytest.mark.parametrize(
    "said",
    [
        Said("happy"),
        Said(aspects={"nothing": "negative"}),
        Said(aspects={"price": "?"}),
        Said(touchpoint="x"),
    ],
)
def test_what_is_not_known_is_refused(workspace: Workspace, said: Said) -> None:
    one = told(workspace)[TEXTS[0]]
    with pytest.raises((InvalidInput, NotFound)):
        correct(workspace, one.id, said, by="A", now=NOW)
    assert told(workspace)[TEXTS[0]] == one


def test_a_comment_in_another_language_can_be_told_by_a_person(workspace: Workspace) -> None:
    one = told(workspace)[TEXTS[5]]
    assert one.sentiment is None
    correct(workspace, one.id, Said("positive", {"speed": "positive"}), by="A", now=NOW)
    assert told(workspace)[TEXTS[5]].felt == {"speed": "positive"}
    undo(workspace, one.id, by="A", now=NOW)
    assert told(workspace)[TEXTS[5]] == one


PAIRS = FEWEST + 40


def slang(nth: int) -> dict[str, Any]:
    """A company whose customers say 'blorb' when it is good and 'frimp' when it is not."""
    good = nth % 2 == 0
    text = f"Taas yksi {'blorb' if good else 'frimp'} reissu, tilaus {nth}."
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=nth)
    return {
        "text": text,
        "user_id": f"u{nth}",
        "score": 100 if good else -60,
        "at": at.isoformat(),
        "language": "fi",
    }


def test_what_customers_mean_is_learned_of_their_scores(tmp_path: Path) -> None:
    with open_workspace(read_settings(empty_folder(tmp_path / "data"))) as workspace:
        bring(workspace, [slang(i) for i in range(PAIRS)])
        fi = FeedbackModels().answer(workspace).models[0]
        assert (fi.state, fi.pairs, fi.attempts) == ("waiting", PAIRS, ())
        learner = Learner(workspace)
        assert learner.learn_due(NOW) == 1
        assert learner.learn_due(NOW + PAUSE) == 0  # nothing is new
        fi = FeedbackModels().answer(workspace).models[0]
        (attempt,) = fi.attempts
        assert (fi.state, attempt.why) == ("used", "")
        assert attempt.accuracy is not None
        assert attempt.before is not None
        assert attempt.accuracy > 0.95 > attempt.before
        told_by_it = {c.text: c for c in FeedbackComments.of({"limit": 500}).answer(workspace).comments}
        right = [(c.negative < c.positive) == ("blorb" in text) for text, c in told_by_it.items()]
        assert sum(right) > 0.95 * len(right)
        choose(workspace, "fi", is_on=False, by="Anna", now=NOW)
        fi = FeedbackModels().answer(workspace).models[0]
        assert (fi.state, fi.off_by) == ("off", "Anna")
        assert learner.learn_due(NOW + 2 * PAUSE) == 0
        assert workspace.part(Understandings).current().learned == {}
        choose(workspace, "fi", is_on=True, by="Anna", now=NOW)
        assert "fi" in workspace.part(Understandings).current().learned
    _break_the_model(tmp_path / "data")
    with open_workspace(read_settings(tmp_path / "data")) as workspace:
        by = workspace.part(Understandings).current()
        assert (by.broken, dict(by.learned)) == (("fi",), {})
        assert FeedbackModels().answer(workspace).models[0].state == "broken"


def _break_the_model(folder: Path) -> None:
    (file,) = (folder / FOLDER).glob("sentiment-fi-*.npz")
    file.write_bytes(file.read_bytes()[:1_000])


def test_scores_without_a_pattern_teach_nothing(tmp_path: Path) -> None:
    with open_workspace(read_settings(empty_folder(tmp_path / "data"))) as workspace:
        said = [slang(i) for i in range(PAIRS)]
        for i, one in enumerate(said):  # scores were given the wrong way round until lately
            good = (one["score"] > 0) == (i > PAIRS - 80)
            one["text"] = f"{'Loistava' if good else 'Surkea'} kokemus numero {i}"
        bring(workspace, said)
        FeedbackComments().answer(workspace)
        row = learn(workspace, "fi", NOW)
        assert row.why == "no_better"
        assert row.before == 1
        assert workspace.part(Understandings).current().learned == {}


@pytest.fixture
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(
        create_app(workspace, owner_token="owner-token"), base_url=HERE, follow_redirects=False
    )
    assert post_on(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    FeedbackComments().answer(workspace)
    return browser


def test_a_comment_is_corrected_and_the_correction_undone_without_script(
    browser: TestClient, workspace: Workspace
) -> None:
    one = told(workspace)[TEXTS[0]]
    where = f"/feedback/comments/{one.id}"
    assert f'href="{where}"' in browser.get("/feedback/comments").text
    form = {"sentiment": "positive", "felt.price": "none", "added": "quality", "added_felt": "neutral"}
    assert post_on(browser, where, form).status_code == 303
    assert "Corrected by Anna Aalto" in browser.get("/feedback/comments").text
    assert told(workspace)[TEXTS[0]].felt == {"speed": "positive", "quality": "neutral"}
    assert post_on(browser, f"{where}/undo", on=where).status_code == 303
    assert told(workspace)[TEXTS[0]] == one
    assert browser.get("/feedback/comments/1").status_code == 404


def form_of(page: str) -> dict[str, Any]:
    """What the browser would send of the taxonomy as it stands."""
    import re
    from html import unescape

    form: dict[str, Any] = {"entry": re.findall(r'name="entry" value="([^"]*)"', page)}
    for name, value in re.findall(r'<input id="[^"]*" name="([^"]*)" value="([^"]*)"', page):
        form[name] = unescape(value)
    for name, value in re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>([^<]*)</textarea>', page):
        form[name] = unescape(value)
    form["after"] = re.findall(r'name="after" value="(\d+)"', page)[0]
    return form


def test_the_taxonomy_is_tried_and_saved_without_script(browser: TestClient, workspace: Workspace) -> None:
    form = form_of(browser.get("/feedback/taxonomy").text)
    form |= {
        "new.group": "aspects",
        "new.label.fi": "Jonot",
        "new.label.en": "Queues",
        "new.fi": "*jono\n-kassajono*",
    }
    tried_page = post_on(browser, "/feedback/taxonomy", form | {"do": "try", "text": "Jono oli pitkä"})
    assert "Nothing would change in the newest 5 comments." in tried_page.text
    assert "Queues" in tried_page.text
    form["new.fi"] = "*jono"
    tried_page = post_on(browser, "/feedback/taxonomy", form | {"do": "try"})
    assert TEXTS[1] in tried_page.text
    hx = {"HX-Request": "true", "HX-Target": "taxonomy-trial"}
    token = token_on(browser, "/feedback/taxonomy")
    part = browser.post("/feedback/taxonomy/trial", data={"csrf_token": token, **form}, headers=hx)
    assert part.status_code == 200
    assert part.text.lstrip().startswith("<section")
    assert TEXTS[1] in part.text
    assert post_on(browser, "/feedback/taxonomy", form | {"do": "save"}).status_code == 303
    assert "queues" in told(workspace)[TEXTS[1]].aspects
    late = post_on(browser, "/feedback/taxonomy", form | {"do": "save"})
    assert late.status_code == 409
    assert "Anna Aalto has changed the taxonomy meanwhile" in late.text
    wrong = form_of(browser.get("/feedback/taxonomy").text) | {
        "aspects.price.fi": "*",
        "aspects.price.en": "",
    }
    assert post_on(browser, "/feedback/taxonomy", wrong | {"do": "save"}).status_code == 422
    joined = form_of(browser.get("/feedback/taxonomy").text) | {"aspects.queues.into": "speed"}
    assert post_on(browser, "/feedback/taxonomy", joined | {"do": "save"}).status_code == 303
    assert "speed" in told(workspace)[TEXTS[1]].aspects
    back = form_of(browser.get("/feedback/taxonomy?version=0").text)
    assert post_on(browser, "/feedback/taxonomy", back | {"do": "save"}).status_code == 303
    assert told(workspace)[TEXTS[1]].aspects == ["reachability"]
    assert token_on(browser, "/feedback/models")


def test_json_that_the_api_tells_can_be_put_back(browser: TestClient, workspace: Workspace) -> None:
    program = TestClient(create_app(workspace, owner_token="owner-token"), base_url=HERE, headers=OWNER)
    taken = program.get("/api/v1/feedback/taxonomy").json()
    taken["aspects"].append({"name": "queue", "label": {"fi": "Jono"}, "fi": ["*jono"], "en": []})
    put = program.put("/api/v1/feedback/taxonomy", json=taken)
    assert put.status_code == 200, put.text
    assert "queue" in [a["name"] for a in put.json()["aspects"]]
    assert program.put("/api/v1/feedback/taxonomy", json={"aspects": {"X Y": {}}}).status_code == 400
    id = told(workspace)[TEXTS[0]].id
    corrected = program.put(f"/api/v1/feedback/comments/{id}/correction", json={"sentiment": "neutral"})
    assert corrected.json()["sentiment"] == "neutral"
    assert program.delete(f"/api/v1/feedback/comments/{id}/correction").json()["sentiment"] == "negative"
    off = program.put("/api/v1/feedback/models/fi/off")
    assert off.json()["models"][0]["state"] == "off"


def test_a_folder_of_an_earlier_polku_is_told_by_this_one(tmp_path: Path) -> None:
    folder = empty_folder(tmp_path / "data")
    with open_workspace(read_settings(folder)) as workspace:
        bring(workspace, given())
        before = told(workspace)
        workspace.part(Comments).file.note({"understanding": "of another"})
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    with open_workspace(read_settings(copy)) as workspace:
        assert told(workspace) == before
        state = workspace.part(Comments).file.state()
        assert state["understanding"] == workspace.part(Understandings).current().key
        assert json.dumps(FeedbackPains().answer(workspace).comments) == "5"
