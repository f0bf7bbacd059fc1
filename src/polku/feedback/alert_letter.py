"""The letter that tells of a new or growing theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from polku.i18n import gettext, number, use_language
from polku.mail import Letter, Template, render
from polku.mail.frame import FooterLine, frame_values, framed
from polku.stats import Estimate


@dataclass(frozen=True, slots=True)
class Told:
    """What the letter says, and to whom; `examples` are comments without personal data."""

    to: str
    language: str
    company: str
    theme: str
    course: str
    count: int
    total: int
    times: Estimate
    examples: Sequence[str]
    url: str
    settings_url: str


def alert_letter(told: Told) -> Letter:
    """Raises InvalidInput for an address that cannot be written to."""
    with use_language(told.language):
        is_new = told.course == "new"
        title = (
            gettext("A new theme in comments: %(theme)s", theme=told.theme)
            if is_new
            else gettext("A theme in comments grows: %(theme)s", theme=told.theme)
        )
        why = gettext("You asked to be told of new and growing themes.")
        footer = [FooterLine(why, gettext("Change that"), told.settings_url)]
        values = frame_values(told.language, title, _about(told), footer) | {
            "about": _about(told),
            "examples": list(told.examples),
            "open": gettext("Read the comments"),
            "url": told.url,
            "why": why,
            "settings_url": told.settings_url,
        }
    words = render(Template("{{ title }}", framed(_read("theme.mjml")), _read("theme.txt")), values)
    return Letter(told.to, words, told.language)


def _about(told: Told) -> str:
    spoke = gettext(
        "%(count)s of the %(total)s customers who commented in the last seven days spoke of it.",
        count=number(told.count),
        total=number(told.total),
    )
    if told.course == "new":
        return spoke + " " + gettext("In the twelve weeks before hardly anybody did.")
    if told.times.estimate is None or told.times.low is None or told.times.high is None:
        return spoke
    return (
        spoke
        + " "
        + gettext(
            "That is %(times)s times as many as in the twelve weeks before (95%% interval %(low)s–%(high)s).",
            times=number(told.times.estimate, 1),
            low=number(told.times.low, 1),
            high=number(told.times.high, 1),
        )
    )


@cache
def _read(name: str) -> str:
    return files("polku.feedback").joinpath("letters", name).read_text(encoding="utf-8")
