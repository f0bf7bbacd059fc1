"""Comments in files of every kind, whole and broken."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InvalidInput, TooLarge
from polku.feedback.files import Brought, Look, Wish, look, read
from polku.feedback.files import docx as documents
from polku.feedback.files.letters import own_words
from tests.feedback.documents import docx, paragraph
from tests.sheets.workbooks import xlsx

WISH = Wish(ZoneInfo("Europe/Helsinki"))
TALK = [
    "Haastattelija: Miltä tuntui?",
    "Maija: Jouduin odottamaan.",
    "Ja väsyin.",
    "Haastattelija: Miksi?",
    "Maija: Jono.",
]
VTT = """WEBVTT - interview

NOTE made by a machine

1
00:00:01.000 --> 00:00:02.000
<v Anna>How was it?</v>

2
00:00:02.000 --> 00:00:04.000 align:start
<v.loud Maija>I waited &amp; waited</v>

00:04.000 --> 00:06.000
<v Maija>for <i>two</i> weeks.</v>
and a day

00:00:07.000 --> 00:00:08.000
<v Anna>Why?</v>
"""


def comments(name: str, content: bytes, wish: Wish = WISH) -> list[Brought]:
    return [one for one in read(io.BytesIO(content), name, wish).each if one is not None]


def texts(name: str, content: bytes, wish: Wish = WISH) -> list[str]:
    return [one.text for one in comments(name, content, wish)]


def looked(name: str, content: bytes, wish: Wish = WISH) -> Look:
    return look(io.BytesIO(content), name, wish)


def test_turns_of_subtitles_are_joined_and_the_interviewer_left_out() -> None:
    assert texts("a.vtt", VTT.encode()) == ["I waited & waited for two weeks. and a day"]
    found = looked("a.vtt", VTT.encode())
    assert {s.name: s.is_staff for s in found.speakers} == {"Maija": False, "Anna": True}
    chosen = Wish(WISH.zone, staff=("Maija",))
    assert texts("a.vtt", VTT.encode(), chosen) == ["How was it?", "Why?"]
    assert len(texts("a.vtt", VTT.encode(), Wish(WISH.zone, staff=()))) == 3


def test_subrip_has_names_before_a_colon() -> None:
    said = ["Anna: Miltä tuntui?", "Maija: Hyvältä", "ja nopealta.", "Anna: Miksi?", "Maija: En tiedä."]
    cues = "\n\n".join(f"{i}\n00:00:0{i},000 --> 00:00:0{i},900\n{s}" for i, s in enumerate(said, start=1))
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
        assert texts("a.srt", cues.encode(encoding)) == ["Hyvältä ja nopealta.", "En tiedä."]


def test_a_transcript_goes_by_roles_then_by_who_asks() -> None:
    assert texts("a.txt", "\n".join(TALK).encode()) == ["Jouduin odottamaan. Ja väsyin.", "Jono."]
    assert texts("a.docx", docx(TALK)) == ["Jouduin odottamaan. Ja väsyin.", "Jono."]
    named = "[00:01] Ville: Miksi?\n[00:05] Oona: Siksi.\n[00:09] Ville: Niinkö?\n[00:12] Oona: Niin."
    assert texts("a.txt", named.encode()) == ["Siksi.", "Niin."]
    alone = "Maija: Yksi.\nMaija: Kaksi."
    assert texts("a.txt", alone.encode()) == ["Yksi. Kaksi."]
    no_names = (
        "Hyvää: nopea toimitus\nHuonoa: kallis hinta\n"  # each comes once, more than two would be a list
    )
    assert len(texts("a.txt", (no_names + "Muuta: ei").encode())) == 3


def test_plain_text_is_divided_by_empty_lines() -> None:
    assert texts("a.txt", "yksi\nkaksi €\r\n\r\n\r\n kolme ".encode("cp1252")) == ["yksi\nkaksi €", "kolme"]
    assert texts("a.txt", b"yksi\nkaksi\n") == ["yksi", "kaksi"]


def test_a_document_is_read_as_if_its_changes_were_accepted() -> None:
    body = (
        paragraph("Vastaukset", style="Heading1")
        + '<w:p><w:r><w:t>Hyvä</w:t></w:r><w:del w:author="a"><w:r><w:delText>huono</w:delText></w:r></w:del>'
        '<w:ins w:author="a"><w:r><w:t xml:space="preserve"> palvelu</w:t></w:r></w:ins></w:p>'
        + "<w:p/>"
        + "<w:tbl><w:tr><w:tc>" + paragraph("Solussa") + "</w:tc></w:tr></w:tbl><w:p/>"
        + "<w:p><w:r><w:instrText>HYPERLINK x</w:instrText><w:t>Linkki</w:t><w:br/><w:t>ja rivi</w:t></w:r></w:p>"
    )  # fmt: skip
    found = looked("a.docx", docx(body, more={"word/vbaProject.bin": b"never run"}))
    assert [c.text for c in found.first] == ["Hyvä palvelu", "Solussa", "Linkki\nja rivi"]
    assert (found.changes, found.headings) == (2, 1)


@given(st.integers(1, 10_000))
def test_a_half_written_document_is_told(cut: int) -> None:
    whole = docx([f"Kommentti {i} {i * 7919}" for i in range(200)])
    with pytest.raises(InvalidInput):
        texts("a.docx", whole[: min(cut, len(whole) - 1)])


def test_documents_that_mean_ill_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = "<w:p><w:r><w:t>" + "a" * 3_000_000 + "</w:t></w:r></w:p>"
    monkeypatch.setattr(documents, "MOST_BYTES", 1_000_000)
    with pytest.raises(TooLarge, match="unpacks"):
        texts("a.docx", docx(bomb))
    monkeypatch.undo()
    grows = docx(["x"])
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for content, told in (
        (docx("<w:p>" * 500 + "</w:p>" * 500), "deeper"),
        (b"\xd0\xcf\x11\xe0rest", "password"),
        (_with_body(doctype), "document type"),
        (_with_body(b"<unclosed>"), "cut short or damaged"),
        (grows.replace(b"word/document.xml", b"word/documant.xml"), "no text"),
    ):
        with pytest.raises(InvalidInput, match=told):
            texts("a.docx", content)


def _with_body(body: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", body)
    return file.getvalue()


LETTER = """From: Maija Meik =?utf-8?q?=C3=A4l=C3=A4inen?= <maija@example.fi>
Date: Mon, 02 Mar 2026 10:00:00 +0200
Subject: Tilaus
Content-Type: text/plain; charset=iso-8859-1

Hei,

tilaus on yh\xe4 tulematta.

-- \nMaija, 040 123 4567
"""


def test_a_letter_without_what_it_answers_and_its_signature() -> None:
    (one,) = comments("a.eml", LETTER.encode("latin-1"))
    assert one == Brought(
        "Hei,\n\ntilaus on yhä tulematta.",
        datetime(2026, 3, 2, 8, tzinfo=UTC),
        email="maija@example.fi",
        kind="email",
    )
    mailbox = "".join(f"From x@y Mon\n{LETTER}\n" for _ in range(3)).encode("latin-1")
    assert len(texts("a.mbox", mailbox)) == 3
    html = LETTER.split("\n\n")[0].replace("text/plain", "text/html") + (
        "\n\n<style>p{}</style><p>Moi &amp; hei</p><p>Toinen<br>rivi</p><blockquote>vanha</blockquote>"
    )
    assert texts("a.eml", html.encode()) == ["Moi & hei\nToinen\nrivi"]
    with pytest.raises(InvalidInput, match="no e-mail"):
        texts("a.eml", b"just words")


@pytest.mark.parametrize(
    "below",
    [
        "On Mon, Mar 1, 2026 at 10:00 AM Shop <s@x.fi> wrote:\n> old",
        "On Mon, Mar 1, 2026 at 10:00 AM Shop\n<s@x.fi> wrote:\n> old",
        "ma 1. maalisk. 2026 klo 10.00 Kauppa (s@x.fi) kirjoitti:\n> vanha",
        "-----Original Message-----\nFrom: s@x.fi\nold",
        "Lähettäjä: Kauppa\nvanha",
        "Sent from my iPhone",
        "> only quoted",
    ],
)
def test_what_stands_below_a_letter_is_left_out(below: str) -> None:
    assert own_words(f"Kiitos avusta.\n\n{below}\n") == "Kiitos avusta."


def test_columns_are_guessed_or_said() -> None:
    table = "pvm;palaute;nps;sähköposti;tähti\n1.3.2026 12:00;Hyvä;9;a@b.fi;5\n;;;;\n2026-03-02;Huono;11;;1\n"
    found = looked("a.csv", table.encode("cp1252"))
    assert dict(found.mapped) == {"comment": "palaute", "at": "pvm", "score": "nps", "email": "sähköposti"}
    assert found.first[0] == Brought("Hyvä", datetime(2026, 3, 1, 10, tzinfo=UTC), email="a@b.fi", score=80.0)
    assert found.first[1].score is None  # 11 is beyond the scale
    assert (found.comments, found.empty, found.known, found.without_time) == (2, 1, 1, 0)
    other = Wish(WISH.zone, {"score": "tähti", "email": ""}, metric="csat")
    assert looked("a.csv", table.encode(), other).first[0].score == 100
    assert looked("a.csv", table.encode(), other).known == 0
    with pytest.raises(InvalidInput, match="There is no column 'x'"):
        looked("a.csv", table.encode(), Wish(WISH.zone, {"comment": "x"}))


def test_columns_that_are_called_much_as_foreseen_are_found() -> None:
    table = (
        "CUSTOMER_RESPONSE_DATE,NPS_RATING,NPS_SCORE,text,birth_date\n"
        "2026-03-01 12:00,Promoter,9.0,Good,1980-01-01\n"
    )
    found = looked("a.csv", table.encode())
    assert dict(found.mapped) == {"comment": "text", "at": "CUSTOMER_RESPONSE_DATE", "score": "NPS_SCORE"}
    assert (found.first[0].score, found.without_time) == (80.0, 0)


def test_what_is_true_of_the_whole_file_gives_way_to_what_a_comment_says() -> None:
    table = b"text,email,touchpoint\nhello,a@b.fi,phone\nthere,,\n"
    wish = Wish(WISH.zone, user_id="u", touchpoint="chat", kind="call", at=datetime(2026, 1, 1, tzinfo=UTC))
    first, second = comments("a.csv", table, wish)
    assert (first.email, first.user_id, first.touchpoint, first.kind) == ("a@b.fi", None, "phone", "call")
    assert (second.email, second.user_id, second.touchpoint) == (None, "u", "chat")


def test_chats_are_turns_of_customers_by_conversation() -> None:
    table = (
        "conversation,author,time,message\n"
        "1,Agent,2026-01-01 10:00,Hi\n1,Bob,2026-01-01 10:01,My parcel\n1,Bob,2026-01-01 10:02,is late\n"
        "2,Bob,2026-01-02 10:00,Still\n2,Agent,2026-01-02 10:01,Sorry\n"
    )
    found = comments("a.csv", table.encode())
    assert [(c.text, c.at and c.at.day) for c in found] == [("My parcel is late", 1), ("Still", 2)]


def test_json_lines_and_bad_ones() -> None:
    lines = "\n".join(json.dumps({"text": t, "at": "2026-01-01T10:00:00Z"}) for t in ("yksi", "kaksi"))
    assert texts("a.jsonl", lines.encode()) == ["yksi", "kaksi"]
    with pytest.raises(InvalidInput, match="Line 2"):
        texts("a.jsonl", b'{"text": "a"}\n[1]\n')


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.vtt", b"hello", "WEBVTT"),
        ("a.vtt", b"WEBVTT\n\nhello", "no subtitle"),
        ("a.ods", b"PK", "Save it as .xlsx"),
        ("a.xlsx", b"PK", "no whole spreadsheet"),
        ("a.exe", b"MZ", "is none of them"),
        ("a.mbox", b"hello", "From"),
        ("a.parquet", b"PAR1", "no Parquet"),
    ],
)
def test_what_cannot_be_read_is_told(name: str, content: bytes, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        texts(name, content)


@given(
    st.sampled_from(["a.vtt", "a.srt", "a.txt", "a.csv", "a.jsonl", "a.eml", "a.mbox", "a.docx"]),
    st.binary(max_size=400),
)
def test_any_bytes_are_read_or_refused(name: str, content: bytes) -> None:
    with suppress(InvalidInput):
        looked(name, content)


def test_the_same_words_of_the_same_person_are_counted() -> None:
    table = b"text,email\nhello,a@b.fi\n Hello,a@b.fi\nhello,c@d.fi\n"
    assert looked("a.csv", table).again == 1


def test_a_large_table_takes_little_memory() -> None:
    table = io.BytesIO(
        b"text,user_id\n" + b"".join(b"delivery %d was late,u%d\n" % (i, i) for i in range(12_000))
    )
    tracemalloc.start()
    assert look(table, "a.csv", WISH).comments == 12_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_500_000  # its rows as objects have 6 MB


def test_a_spreadsheet_is_read_as_a_csv_of_it_would_be() -> None:
    said = [
        ["Kommentti", "Päivä", "NPS", "Sähköposti", ""],
        ["Hyvä!", date(2026, 3, 1), 9, "a@example.fi", "x"],
        [None, None, 3, "b@example.fi", None],
        ["Huono", None, 12, None, None],
    ]
    content = xlsx({"Palaute": said, "Toinen": [["muuta"]]})
    first, second = comments("palaute.xlsx", content)
    assert (first.text, first.at, first.score, first.email) == (
        "Hyvä!", datetime(2026, 2, 28, 22, tzinfo=UTC), 80, "a@example.fi",
    )  # fmt: skip
    assert (second.text, second.at, second.score) == ("Huono", None, None)
    found = looked("palaute.xlsx", content)
    assert (found.comments, found.empty, found.known) == (2, 1, 1)
    assert (found.sheet, found.other_sheets) == ("Palaute", ("Toinen",))
    assert found.columns == ("Kommentti", "Päivä", "NPS", "Sähköposti")
    assert dict(found.mapped)["comment"] == "Kommentti"
    chat = [
        ["keskustelu", "kirjoittaja", "teksti"],
        [1, "asiakas", "Apua"],
        [1, "agent", "Kyllä"],
        [2, "asiakas", "Hei"],
    ]
    assert texts("chat.xlsx", xlsx({"A": chat})) == ["Apua", "Hei"]
