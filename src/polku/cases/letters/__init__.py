"""Letters of cases: what staff are told, and what an agent writes to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from polku.i18n import LazyText, _l, gettext, moment, ngettext, number, use_language
from polku.mail import Letter, Template, Value, render
from polku.mail.frame import frame_values, framed
from polku.metrics import metrics

AlertKind = Literal["opened", "answer", "given", "due_soon", "overdue"]
MOST_CASES: Final = 20
LONGEST_COMMENT: Final = 500
TITLES: Final[dict[AlertKind, LazyText]] = {
    "opened": _l("New case: %(what)s"),
    "answer": _l("The customer has answered again: %(what)s"),
    "given": _l("A case was given to you: %(what)s"),
    "due_soon": _l("A case is due soon: %(what)s"),
    "overdue": _l("A case is overdue: %(what)s"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A case as a letter tells it: nothing in it says who the customer is, and `comment` is without personal data."""

    number: int
    metric: str
    score: float
    touchpoint: str
    due_at: datetime
    comment: str
    url: str


def alert_letter(to: str, kind: AlertKind, cases: Sequence[Told], *, language: str, list_url: str) -> Letter:
    """Tells a user of at least one case; of many the first are listed. Times are in the current zone."""
    with use_language(language):
        title = _title(kind, cases)
        more = len(cases) - MOST_CASES
        values = frame_values(language, title, cases[0].comment[:120] or title) | {
            "cases": [_in_words(case) for case in cases[:MOST_CASES]],
            "open": gettext("Open the case"),
            "more": ngettext("and %(num)s case more", "and %(num)s cases more", more) if more > 0 else "",
            "all": gettext("All cases"),
            "list_url": list_url,
        }
    words = render(Template("{{ title }}", framed(_read("alert.mjml")), _read("alert.txt")), values)
    return Letter(to, words, language)


def customer_letter(to: str, *, subject: str, said: str, language: str, reply_to: str) -> Letter:
    """What an agent writes to a customer, as it was written."""
    values = frame_values(language, subject, said[:120]) | {"said": said}
    words = render(Template("{{ title }}", framed(_read("customer.mjml")), _read("customer.txt")), values)
    return Letter(to, words, language, reply_to=reply_to)


def _title(kind: AlertKind, cases: Sequence[Told]) -> str:
    if len(cases) == 1:
        return gettext(TITLES[kind].text, what=_score(cases[0]))
    return {
        "opened": ngettext("%(num)s new case", "%(num)s new cases", len(cases)),
        "answer": ngettext(
            "%(num)s new answer in your cases", "%(num)s new answers in your cases", len(cases)
        ),
        "given": ngettext("%(num)s case was given to you", "%(num)s cases were given to you", len(cases)),
        "due_soon": ngettext("%(num)s case is due soon", "%(num)s cases are due soon", len(cases)),
        "overdue": ngettext("%(num)s case is overdue", "%(num)s cases are overdue", len(cases)),
    }[kind]


def _in_words(case: Told) -> Value:
    comment = case.comment[:LONGEST_COMMENT] + ("…" if len(case.comment) > LONGEST_COMMENT else "")
    about = f"{_score(case)}, {case.touchpoint}" if case.touchpoint else _score(case)
    return {
        "head": gettext("Case %(number)s: %(about)s", number=case.number, about=about),
        "due": gettext("Due %(when)s", when=moment(case.due_at)),
        "comment": comment,
        "url": case.url,
    }


def _score(case: Told) -> str:
    """E.g. NPS 2 / 10."""
    known = metrics().get(case.metric)
    digits = 0 if case.score == round(case.score) else 1
    highest = f" / {number(known.scale[1])}" if known else ""
    return f"{case.metric.upper()} {number(case.score, digits)}{highest}"


@cache
def _read(name: str) -> str:
    return files("polku.cases").joinpath("letters", name).read_text(encoding="utf-8")
