"""Comments from the API to the pages: read, deduplicated, searched, shown as text."""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from polku import originals
from polku.app import create_app
from polku.errors import InvalidInput, NotFound, NotReady
from polku.feedback import Comments, FeedbackComments, FeedbackPains, FeedbackThemes
from polku.library import open_workspace
from polku.originals import Original
from polku.originals.store import add
from polku.originals.tables import OriginalLookRow, OriginalRow
from polku.settings import read_settings
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.web.visits import ADMIN, token_on
from tests.web.visits import post as post_on

OWNER = {"Authorization": "Bearer owner-token"}
SCRIPT = "<script>alert('moi')</script> sivusto on hidas"
LONG = "Odotin kauan ja puhelinnumeroni on 040 123 4567. " * 21_000
GIVEN: list[dict[str, Any]] = [
    {"text": "Toimitukset myöhästyivät taas.", "user_id": "a", "at": "2026-03-01T10:00:00Z", "score": -50},
    {"text": "Toimitukset  myöhästyivät TAAS.", "user_id": "a", "at": "2026-03-01T12:00:00Z"},
    {"text": "Toimitukset myöhästyivät taas.", "user_id": "a", "at": "2026-05-01T12:00:00Z"},
    {"text": "Hyvä", "at": "2026-03-02T10:00:00Z"},
    {"text": "Hyvä", "at": "2026-03-02T11:00:00Z"},
    {"text": SCRIPT, "user_id": "b", "at": "2026-03-03T10:00:00Z"},
    {"text": "Produto chegou antes do prazo, recomendo.", "user_id": "c", "at": "2026-03-04T10:00:00Z"},
    {"text": "Soita minulle 040 123 4567, palvelu oli todella huonoa.", "user_id": "d", "touchpoint": "phone",
     "at": "2026-03-05T10:00:00Z"},
    {"text": "The delivery was wonderful and quick, thank you!", "email": "e@example.fi", "at": "2026-03-06T10:00:00Z"},
    {"text": LONG, "user_id": "f", "at": "2026-03-07T10:00:00Z"},
]  # fmt: skip
KEPT = 9
"""The second is the first again: the same customer's words within a day."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("feedback")))
    with open_workspace(settings) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    app = create_app(workspace, owner_token="owner-token")
    browser = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post_on(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    program = TestClient(app, base_url="http://127.0.0.1:8000")
    sent = program.post("/api/v1/feedback/comments", json={"comments": GIVEN}, headers=OWNER)
    assert sent.status_code == 201, sent.text
    assert sent.json() == {"comments": len(GIVEN)}
    again = program.post("/api/v1/feedback/comments", json={"comments": GIVEN}, headers=OWNER)
    assert again.status_code == 201  # stored once: what came twice has the same event id
    until = time.monotonic() + 10
    while workspace.store.snapshot.next_seq <= len(GIVEN) and time.monotonic() < until:
        time.sleep(0.02)  # durable is not yet read: a moment later it is
    FeedbackComments().answer(workspace)  # what is compiled is so before a request asks for it
    return browser


def found(workspace: Workspace, **asked: Any) -> list[str]:
    return [c.text for c in FeedbackComments.of(asked).answer(workspace).comments]


def test_the_same_words_of_a_customer_within_a_day_are_one_comment(
    browser: TestClient, workspace: Workspace
) -> None:
    told = FeedbackComments().answer(workspace)
    assert told.total == KEPT
    assert not told.more
    assert not told.waiting
    late = [c for c in told.comments if c.text.startswith("Toimitukset")]
    assert [c.copies for c in late] == [1, 2]  # newest first; the other one is two months older
    assert len({c.profile for c in late}) == 1
    assert len([c for c in told.comments if c.text == "Hyvä"]) == 2  # of two that nobody knows


@pytest.mark.parametrize("words", ["toimitus", "toimituksen", "TOIMITUSTEN", "myohastya", "toimitu*"])
def test_finnish_is_found_in_all_its_forms(browser: TestClient, workspace: Workspace, words: str) -> None:
    assert found(workspace, text=words) == ["Toimitukset myöhästyivät taas."] * 2


@pytest.mark.parametrize(
    "words", ["deliveries", "thank quick", "toimitus hyvä", '"', "*", 'a" OR "b', "NOT", "="]
)
def test_any_words_can_be_searched_for(browser: TestClient, workspace: Workspace, words: str) -> None:
    texts = found(workspace, text=words)
    assert len(texts) == (words in ("deliveries", "thank quick"))


def test_personal_data_is_not_in_the_file(browser: TestClient, workspace: Workspace) -> None:
    assert any("[phone]" in text for text in found(workspace, text="soita"))
    with workspace.part(Comments).file.reading() as connection:
        texts = [text for (text,) in connection.execute("SELECT text FROM comment")]
    assert not any("123 4567" in text for text in texts)
    events = workspace.store.snapshot.sql("SELECT source, event_id, properties FROM events").to_pylist()
    assert not any("123 4567" in row["properties"] for row in events)
    with workspace.db.session() as session:
        kept = [originals.original(session, e["source"], e["event_id"]) for e in events]
    assert sum(GIVEN[7]["text"] == texts.get("") for texts in kept) == 1  # apart, for a time


def test_portuguese_is_told_and_not_pretended(browser: TestClient, workspace: Workspace) -> None:
    (comment,) = FeedbackComments(language="pt").answer(workspace).comments
    assert comment.sentiment is None
    assert not comment.emotions
    assert not comment.levels
    spoken = {s.language: s.understood for s in FeedbackThemes().answer(workspace).languages}
    assert spoken["pt"] is False
    assert spoken["fi"] is True


def test_filters_go_together(browser: TestClient, workspace: Workspace) -> None:
    assert found(workspace, touchpoint="phone") == ["Soita minulle [phone], palvelu oli todella huonoa."]
    assert found(workspace, touchpoint="phone", language="en") == []
    assert found(workspace, sentiment="positive", text="delivery")
    assert found(workspace, since="2026-04-01") == ["Toimitukset myöhästyivät taas."]
    assert len(found(workspace, until="2026-03-02")) == 3
    assert len(found(workspace, limit=4)) == 4
    assert found(workspace, limit=4, offset=8) == ["Toimitukset myöhästyivät taas."]
    with pytest.raises(NotFound):
        found(workspace, theme="nothing")
    with pytest.raises(InvalidInput):
        found(workspace, since="2026-04-01", until="2026-03-01")


def test_a_megabyte_is_kept_and_its_beginning_analysed(browser: TestClient, workspace: Workspace) -> None:
    (text,) = found(workspace, text="odotin")
    assert 15_000 < len(text) <= 20_002
    assert "[phone]" in text
    page = browser.get("/feedback/comments?text=odotin")
    assert len(page.text) < 40_000


def test_the_original_is_shown_to_who_may_and_each_look_is_noted(
    browser: TestClient, workspace: Workspace
) -> None:
    (comment,) = FeedbackComments(touchpoint="phone").answer(workspace).comments
    place = f"/feedback/comments/{comment.id}"
    page = browser.get(place).text
    assert "040 123 4567" not in page
    first = post_on(browser, f"{place}/original", {}, on=place).text
    assert "Soita minulle 040 123 4567, palvelu oli todella huonoa." in first
    assert "Before you" not in first
    assert "Before you" in post_on(browser, f"{place}/original", {}, on=place).text
    with workspace.db.session() as session:
        looks = list(session.scalars(select(OriginalLookRow)))
    assert [(look.user_name, "040" in look.event_id) for look in looks] == [(ADMIN["name"], False)] * 2
    (plain,) = (c for c in FeedbackComments(text="delivery").answer(workspace).comments)
    place = f"/feedback/comments/{plain.id}"
    assert "No personal data was found" in post_on(browser, f"{place}/original", {}, on=place).text
    assert browser.get("/feedback/comments/1").status_code == 404


def test_an_original_that_is_gone_is_told(browser: TestClient, workspace: Workspace) -> None:
    (comment,) = FeedbackComments(touchpoint="phone").answer(workspace).comments
    with workspace.db.session() as session:
        kept = list(session.scalars(select(OriginalRow).where(OriginalRow.text.contains("todella huonoa"))))
        session.execute(delete(OriginalRow).where(OriginalRow.text.contains("todella huonoa")))
        again = [Original(r.source, r.event_id, r.part, r.text) for r in kept]
    place = f"/feedback/comments/{comment.id}"
    assert "not kept any more" in post_on(browser, f"{place}/original", {}, on=place).text
    with workspace.db.session() as session:
        add(session, again, datetime.now(UTC))


def test_comments_are_said_to_be_read_while_the_server_gets_ready(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_ready(*_: object) -> None:
        raise NotReady("Kernels are being compiled.")

    monkeypatch.setattr(FeedbackPains, "answer", not_ready)
    monkeypatch.setattr(FeedbackComments, "answer", not_ready)
    for path in ("/feedback", "/feedback/comments"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "Comments are being read" in page.text
        assert page.headers["Refresh"]


def everything(workspace: Workspace) -> str:
    with workspace.part(Comments).file.reading() as connection:
        rows = [
            connection.execute(f"SELECT * FROM {t} ORDER BY rowid").fetchall() for t in ("comment", "mention")
        ]
        terms = connection.execute("SELECT rowid FROM terms WHERE terms MATCH 'toimitus'").fetchall()
    return hashlib.sha256(json.dumps([rows, terms]).encode()).hexdigest()


def test_the_file_can_be_made_again_and_is_the_same(browser: TestClient, workspace: Workspace) -> None:
    comments = workspace.part(Comments)
    comments.current()
    before = everything(workspace)
    assert comments.rebuild() == len(GIVEN)
    assert everything(workspace) == before


def test_comments_follow_what_events_mean(browser: TestClient, workspace: Workspace) -> None:
    file = workspace.part(Comments).file
    before = everything(workspace)
    (id,) = (c.id for c in FeedbackComments(touchpoint="phone").answer(workspace).comments)
    file.touch({id: "chat"})
    assert found(workspace, touchpoint="phone") == []
    assert len(found(workspace, touchpoint="chat", text="soittaa")) == 1
    file.note({"touchpoints": "of other rules"})
    assert len(found(workspace, touchpoint="phone")) == 1
    assert found(workspace, touchpoint="chat") == []
    assert everything(workspace) == before


def test_a_damaged_file_is_made_again(browser: TestClient, workspace: Workspace) -> None:
    file: Path = workspace.part(Comments).file.path
    before = everything(workspace)
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        everything(workspace)
    assert FeedbackComments().answer(workspace).total == KEPT
    assert everything(workspace) == before


def test_pages_show_scripts_as_text_and_lead_to_the_customer(browser: TestClient) -> None:
    page = browser.get("/feedback/comments?text=sivusto").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert 'href="/profiles/' in page
    part = browser.get(
        "/feedback/comments?text=toimitus", headers={"HX-Request": "true", "HX-Target": "div#comments-found"}
    ).text
    assert part.strip().startswith('<div id="comments-found">')
    assert "2 comments" in part
    assert browser.get("/feedback").status_code == 200
    assert browser.get("/feedback/comments?sentiment=angry").status_code == 400


def test_pages_speak_finnish(browser: TestClient) -> None:
    post_on(browser, "/preferences", {"language": "fi", "theme": "dark", "next": "/"}, on="/settings/account")
    page = browser.get("/feedback").text
    assert "Kipukohdat" in page
    assert "portugali" in page
    assert "ei ymmärretä" in page
    post_on(
        browser, "/preferences", {"language": "en", "theme": "light", "next": "/"}, on="/settings/account"
    )
    assert "Pain points" in browser.get("/feedback").text


def uploaded(browser: TestClient, name: str, content: bytes) -> Response:
    token = token_on(browser, "/feedback/bring")
    return browser.post("/feedback/bring", data={"csrf_token": token}, files={"file": (name, content)})


def taken(browser: TestClient, path: str, **given: object) -> Response:
    return browser.post(path, data={"csrf_token": token_on(browser, path), **given})


def waiting_for(workspace: Workspace, total: int) -> int:
    until = time.monotonic() + 10
    while (now := FeedbackComments().answer(workspace).total) < total and time.monotonic() < until:
        time.sleep(0.02)
    return now


def test_a_file_is_looked_at_and_brought_once(browser: TestClient, workspace: Workspace) -> None:
    content = (
        'palaute;user_id;at\nLasku oli väärin, soita 040 123 4567;x;1.4.2026 12:00\n"Kaksi\nriviä";y;\n;z;\n'
    )
    before = FeedbackComments().answer(workspace).total
    for nth in range(2):
        sent = uploaded(browser, "palaute.csv", content.encode("cp1252"))
        assert sent.status_code == 303, sent.text
        place = sent.headers["location"]
        page = browser.get(place).text
        assert "2 comments would be brought" in page
        assert "Lasku oli väärin, soita <mark>[phone]</mark>" in page
        assert "040 123" not in page
        assert ("Here already" in page) == bool(nth)
        assert FeedbackComments().answer(workspace).total == before + 2 * nth  # looking stores nothing
        done = taken(browser, place, do="bring", kind="review")
        assert done.status_code == 303, done.text
        assert browser.get(place).status_code == 404  # the file is gone
        assert waiting_for(workspace, before + 2) == before + 2
    assert found(workspace, text="laskun väärin") == ["Lasku oli väärin, soita [phone]"]
    assert not list((workspace.settings.folder / "brought").iterdir())


def test_a_column_is_chosen_where_none_looks_like_comments(browser: TestClient) -> None:
    place = uploaded(browser, "a.csv", b"x,y\nhello there,2\n").headers["location"]
    page = browser.get(place).text
    assert "Say which column the comments are in." in page
    assert "Bring 1 comment" not in page
    chosen = taken(browser, place, do="look", column_comment="x").text
    assert "Bring 1 comment" in chosen
    assert "hello there" in chosen
    thrown = taken(browser, place, do="discard")
    assert thrown.headers["location"] == "/feedback/bring"
    assert browser.get(place).status_code == 404


def test_a_file_that_cannot_be_read_is_told(browser: TestClient, workspace: Workspace) -> None:
    for name, content, told in (
        ("a.xlsx", b"PK", "no whole spreadsheet"),
        ("a.parquet", b"no", "is no Parquet file"),
        ("a.txt", b"  \n", "There is no comment"),
        ("a.docx", b"PK\x03\x04half", "cut short or damaged"),
        ("a.vtt", b"hello", "begins with WEBVTT"),
        ("a.csv", b"", "The file is empty"),
    ):
        answer = uploaded(browser, name, content)
        assert answer.status_code == 422
        assert told in answer.text
    assert not list((workspace.settings.folder / "brought").iterdir())
    assert uploaded(browser, "../../etc/passwd", b"x").status_code == 422


def test_a_program_brings_a_file(browser: TestClient, workspace: Workspace) -> None:
    program = TestClient(browser.app, base_url="http://127.0.0.1:8000")
    text = "Ensimmäinen kappale kertoo jonosta.\n\nToinen kappale kiittää."
    sent = program.post("/api/v1/feedback/files?name=haastattelu.txt", content=text.encode(), headers=OWNER)
    assert sent.status_code == 201
    assert sent.json() == {"comments": 2}
    refused = program.post(
        "/api/v1/feedback/files?name=a.csv&column=z", content=b"text\nhei\n", headers=OWNER
    )
    assert refused.status_code == 400
    assert "There is no column 'z'" in refused.text


def test_a_table_of_comments_has_no_formulas(browser: TestClient, workspace: Workspace) -> None:
    program = TestClient(browser.app, base_url="http://127.0.0.1:8000")
    evil = "=HYPERLINK(1) is what they sold me"
    given = {"comments": [{"text": evil, "at": "2020-01-01T00:00:00Z"}]}
    assert program.post("/api/v1/feedback/comments", json=given, headers=OWNER).status_code == 201
    until = time.monotonic() + 10
    while not found(workspace, until="2020-01-02") and time.monotonic() < until:
        time.sleep(0.02)
    table = program.get("/api/v1/feedback/comments.csv?until=2020-01-02", headers=OWNER)
    assert table.status_code == 200
    rows = list(csv.DictReader(table.text.lstrip("\ufeff").splitlines()))
    assert [row["text"] for row in rows] == ["'" + evil]
