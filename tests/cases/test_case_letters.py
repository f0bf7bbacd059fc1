"""Letters of cases: they can be read by everybody, fetch nothing, and what a customer wrote is text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from polku.cases.letters import TITLES, AlertKind, Told, alert_letter, customer_letter
from polku.mail import Letter
from tests.surveys.test_letters import Seen

TOLD = Told(
    7, "nps", 2, "Toimitus", datetime(2026, 3, 4, 10, tzinfo=UTC), "Huono.\n<script>alert(1)</script>",
    "https://polku.example.fi/cases/7",
)  # fmt: skip


def letter(kind: AlertKind = "opened", times: int = 1, language: str = "fi") -> Letter:
    return alert_letter(
        "b@example.fi", kind, [TOLD] * times, language=language, list_url="https://polku.example.fi/cases"
    )


@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize("language", ["fi", "en"])
@pytest.mark.parametrize("times", [1, 3, 40])
def test_staff_read_the_same_in_both_languages(kind: AlertKind, language: str, times: int) -> None:
    made = letter(kind, times, language)
    seen = Seen(made.words.html)
    assert seen.all("html")[0]["lang"] == language
    assert len(seen.all("h1")) == 1
    assert all(table.get("role") == "presentation" for table in seen.all("table"))
    assert made.words.subject in made.words.text
    assert ("NPS 2 / 10" if times == 1 else str(times)) in made.words.subject
    links = [a["href"] for a in seen.all("a")]
    assert links == [TOLD.url] * min(times, 20) + ["https://polku.example.fi/cases"] * (times > 20)


@pytest.mark.parametrize(
    "made",
    [letter(), customer_letter("c@example.fi", subject="A", said="<img src=x>", language="en", reply_to="")],
)
def test_letters_fetch_nothing_and_run_nothing(made: Letter) -> None:
    seen = Seen(made.words.html)
    assert {tag for tag, _ in seen.tags} & {"img", "link", "script", "iframe", "form"} == set()
    assert "url(" not in made.words.html
    assert "prefers-color-scheme: dark" in made.words.html
    assert re.search(r"<title>[^<]+</title>", made.words.html)


def test_what_a_customer_wrote_is_text_and_not_endless() -> None:
    words = letter().words
    assert "&lt;script&gt;" in words.html
    assert "<script>alert(1)</script>" in words.text
    long = Told(7, "nps", 2, "", TOLD.due_at, "ä" * 900_000, TOLD.url)
    told = alert_letter("b@example.fi", "opened", [long], language="fi", list_url=TOLD.url)
    assert len(told.words.text) < 1_000
