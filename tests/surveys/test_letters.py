from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from polku.mail import TemplateBroken
from polku.mail.frame import trial_letter
from polku.surveys.inviting import Invited, Question, invitation_letter

LINK = "https://polku.example.fi/s/abcdefghijklmnopqrstuv"
INVITED = Invited(
    to="a@example.fi",
    language="fi",
    company="Kävelykauppa <Oy>",
    question=Question("Kuinka todennäköisesti suosittelisit meitä?", range(11), "En lainkaan", "Varmasti"),
    link_url=LINK,
    unsubscribe_url=f"{LINK}/stop",
    name='<img src="x">',
    touchpoint="toimitus",
    answer_by=date(2026, 4, 1),
)


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


LETTERS = {
    "invitation": invitation_letter(INVITED),
    "reminder": invitation_letter(replace(INVITED, reminder=True)),
    "english": invitation_letter(replace(INVITED, language="en", anonymous=True)),
    "button": invitation_letter(replace(INVITED, question=Question("Miten meni?"))),
    "trial": trial_letter("b@example.fi", language="fi", company="Oy"),
}


def test_each_number_is_a_link_that_says_what_it_is():
    seen = Seen(LETTERS["invitation"].words.html)
    scores = [a for a in seen.all("a") if "score=" in (a["href"] or "")]
    assert [a["href"] for a in scores] == [f"{LINK}?score={n}" for n in range(11)]
    assert [a["aria-label"] for a in scores][:2] == ["0 / 10: En lainkaan", "1 / 10"]
    text = LETTERS["invitation"].words.text
    assert all(f"{n}: {LINK}?score={n}\n" in text for n in range(11))


@pytest.mark.parametrize("name", LETTERS)
def test_letters_can_be_read_by_everybody(name):
    html = LETTERS[name].words.html
    seen = Seen(html)
    assert seen.all("html")[0]["lang"] == LETTERS[name].language
    assert len(seen.all("h1")) == 1
    assert all(table.get("role") == "presentation" for table in seen.all("table"))
    assert {"name": "color-scheme", "content": "light dark"} in seen.all("meta")
    assert "prefers-color-scheme: dark" in html
    assert re.search(r"<title>[^<]+</title>", html)


@pytest.mark.parametrize("name", LETTERS)
def test_letters_fetch_nothing_and_run_nothing(name):
    """No picture that tells who reads, no font of another company's server, no script of a customer."""
    seen = Seen(LETTERS[name].words.html)
    assert {tag for tag, _ in seen.tags} & {"img", "link", "script", "iframe", "form"} == set()
    assert "url(" not in LETTERS[name].words.html
    assert "@import" not in LETTERS[name].words.html


def test_both_languages_say_the_same_things():
    finnish, english = LETTERS["invitation"].words, LETTERS["english"].words
    assert finnish.subject == "Miten meni? Kävelykauppa <Oy> kuulisi mielellään"
    assert english.subject == "How did it go? Kävelykauppa <Oy> would like to hear"
    assert "1.4.2026" in finnish.text
    assert "1 Apr 2026" in english.text
    assert "anonymous" in english.text
    assert "nimetön" not in finnish.text
    assert "muistuta" not in LETTERS["reminder"].words.text
    assert LETTERS["reminder"].words.subject != finnish.subject


def test_the_company_s_own_words_go_before_ours():
    letter = invitation_letter(replace(INVITED, language="sv", subject="Hur gick det?", intro="Berätta!"))
    assert letter.words.subject == "Hur gick det?"
    assert "Berätta!" in letter.words.text


def test_a_link_that_is_none_of_the_web_is_refused():
    with pytest.raises(TemplateBroken):
        invitation_letter(replace(INVITED, link_url="javascript:alert(1)"))
