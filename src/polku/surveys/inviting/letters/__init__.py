"""Letters of surveys: the invitation and its reminder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from polku.i18n import day, gettext, use_language
from polku.mail import Letter, Template, Value, render
from polku.mail.frame import FooterLine, frame_values, framed


@dataclass(frozen=True, slots=True)
class Question:
    """The first question as it stands in the letter, in the letter's language.

    With `scores` (0 to 10, say) each is a link; without, there is a button. `low` and `high` name the ends.
    """

    words: str
    scores: Sequence[int] = ()
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is written to, about what, and where the links lead.

    `link_url` shows the survey; with `?score=7` that answer is chosen there, and a POST of that page records it: a GET
    records nothing. `touchpoint` is how the company calls it in the reader's language. `intro` and `subject` are the
    company's own words in place of ours.
    """

    to: str
    language: str
    company: str
    question: Question
    link_url: str
    unsubscribe_url: str
    name: str = ""
    touchpoint: str = ""
    answer_by: date | datetime | None = None
    anonymous: bool = False
    reminder: bool = False
    intro: str = ""
    subject: str = ""


def invitation_letter(invited: Invited) -> Letter:
    """An invitation or a reminder, with one-click unsubscribing. Raises InvalidInput as `polku.mail.as_mime` does."""
    with use_language(invited.language):
        values = _invitation_values(invited)
    words = render(Template("{{ title }}", framed(_read("invitation.mjml")), _read("invitation.txt")), values)
    return Letter(invited.to, words, invited.language, unsubscribe_url=invited.unsubscribe_url)


def _invitation_values(invited: Invited) -> dict[str, Value]:
    question = invited.question
    title = invited.subject or _subject(invited)
    scores: list[Value] = [
        {"number": number, "url": _scored(invited.link_url, number), "name": _named(question, number)}
        for number in question.scores
    ]
    return frame_values(invited.language, title, question.words, _footer(invited)) | {
        "greeting": gettext("Hello %(name)s,", name=invited.name) if invited.name else gettext("Hello,"),
        "intro": invited.intro or _intro(invited),
        "question": question.words,
        "scores": scores,
        "low": question.low,
        "high": question.high,
        "after": gettext("Choose a number. It opens a page where you can check it and send it, or say more."),
        "open": gettext("Open the survey"),
        "link_url": invited.link_url,
        "thanks": gettext("Thank you, warmly!"),
        "company": invited.company,
    }


def _subject(invited: Invited) -> str:
    if invited.reminder:
        return gettext("There is still time to tell %(company)s how it went", company=invited.company)
    return gettext("How did it go? %(company)s would like to hear", company=invited.company)


def _intro(invited: Invited) -> str:
    if invited.reminder:
        return gettext(
            "We asked you a while ago how it went. If you have a minute, we would still like to hear."
        )
    if invited.touchpoint:
        return gettext(
            "You were in touch with us lately (%(touchpoint)s). What was it like? It takes a minute, and a person "
            "reads what you write.",
            touchpoint=invited.touchpoint,
        )
    return gettext(
        "What is it like to be our customer? It takes a minute, and a person reads what you write."
    )


def _footer(invited: Invited) -> list[FooterLine]:
    lines = []
    if invited.answer_by is not None:
        lines.append(FooterLine(gettext("You can answer until %(day)s.", day=day(invited.answer_by))))
    if invited.anonymous:
        lines.append(
            FooterLine(
                gettext(
                    "The survey is anonymous: your answer is kept without anything that leads to you. We only know "
                    "that you answered, and on which day, so as not to remind you."
                )
            )
        )
    lines.append(
        FooterLine(
            gettext("You get this because you are a customer of %(company)s.", company=invited.company),
            gettext("I do not want to be asked"),
            invited.unsubscribe_url,
        )
    )
    return lines


def _named(question: Question, number: int) -> str:
    """What a screen reader says of a number: it alone says little."""
    highest = max(question.scores)
    told = gettext("%(score)s out of %(highest)s", score=number, highest=highest)
    end = {min(question.scores): question.low, highest: question.high}.get(number, "")
    return f"{told}: {end}" if end else told


def _scored(url: str, number: int) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'score': number})}"


@cache
def _read(name: str) -> str:
    return files("polku.surveys.inviting").joinpath("letters", name).read_text(encoding="utf-8")
