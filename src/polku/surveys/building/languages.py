"""The languages of a survey on the builder's pages: what is missing in each, and a page to write it on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import (
    LazyText,
    _l,
    gettext,
    language_name,
    ngettext,
    own_language_name,
    written_languages,
)
from polku.surveys import store
from polku.surveys.building import editing
from polku.surveys.building.translating import Text, incomplete, languages_of, texts, translated
from polku.surveys.definition import Definition, MissingText
from polku.surveys.definition.localised import is_language
from polku.surveys.store import Survey
from polku.web.forms import FormData
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst

router = APIRouter(include_in_schema=False)

SHOWN: Final = 6
"""How many missing texts of a language the panel names."""
KINDS: Final[Mapping[str, LazyText]] = {
    "title": _l("question"),
    "description": _l("explanation"),
    "text": _l("choice"),
    "html": _l("text to read"),
    "minRateDescription": _l("low end"),
    "maxRateDescription": _l("high end"),
    "completedHtml": _l("thanks"),
    "completeText": _l("button to send"),
    "pageNextText": _l("button to go on"),
    "pagePrevText": _l("button to go back"),
    "labelTrue": _l("answer"),
    "labelFalse": _l("answer"),
    "otherText": _l("something else"),
    "noneText": _l("none of these"),
    "placeholder": _l("hint in the field"),
    "otherPlaceholder": _l("hint in the field"),
    "commentPlaceholder": _l("hint in the field"),
    "commentText": _l("comment beside it"),
    "otherErrorText": _l("what is said of a missing answer"),
    "requiredErrorText": _l("what is said of a missing answer"),
}


@dataclass(frozen=True, slots=True)
class MissingShown:
    kind: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class LanguageShown:
    """A language in the panel: how much of it there is (0–1), how many texts are missing, and the first of them."""

    code: str
    name: str
    share: float
    lacks: int
    missing: Sequence[MissingShown]


@dataclass(frozen=True, slots=True)
class Panel:
    """What the builder tells of a survey's languages; `others` can be added."""

    languages: Sequence[LanguageShown]
    others: Sequence[tuple[str, str]]
    untitled: Sequence[str]

    @property
    def lacks(self) -> bool:
        return bool(self.untitled) or any(one.lacks for one in self.languages)


def panel(key: str, raw: Mapping[str, Any]) -> Panel | None:
    """None for a draft with faults: those come first."""
    try:
        definition = Definition.of(raw)
    except InvalidInput:
        return None
    there = {spot.name for spot in editing.spots(raw)}
    shown = [
        LanguageShown(
            one.language,
            language_name(one.language),
            one.share,
            len(one.missing),
            [_missing(key, one.language, text, there) for text in one.missing[:SHOWN]],
        )
        for one in definition.completeness()
        if len(one.missing) < one.texts or not one.texts
    ]
    known = {one.code for one in shown}
    others = sorted((language_name(c), c) for c in written_languages() if c not in known)
    return Panel(shown, [(code, name) for name, code in others], incomplete(definition).untitled)


def warning(definition: Definition) -> list[str]:
    """What should be looked at before a survey is published, a line each; empty: nothing."""
    found = incomplete(definition)
    told = [
        gettext(
            "%(language)s: %(lacks)s. They are shown in another language.",
            language=language_name(code),
            lacks=ngettext("%(num)s text is missing", "%(num)s texts are missing", len(missing)),
        )
        for code, missing in found.missing.items()
        if missing
    ]
    if found.untitled:
        names = ", ".join(found.untitled[:SHOWN])
        told.append(gettext("Questions without a text, shown by their name: %(names)s", names=names))
    return told


@router.get("/surveys/{key}/texts")
def show_texts(request: Request, key: str, user: CurrentAnalyst, language: str = "") -> Response:
    survey = _survey(request, key)
    return _texts_page(request, survey, _known(language or languages_of(survey.draft)[0]))


@router.post("/surveys/{key}/texts")
def change_texts(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """Texts of one language by their places; one whose original has changed since the page was shown is left."""
    survey, language = _survey(request, key), _known(str(data.get("language", "")))
    known = {text.place: text for text in texts(Definition.of(survey.draft), language)}
    given: dict[str, str] = {}
    late = 0
    for name, value in data.multi_items():
        head, _, place = name.partition(":")
        if head != "text" or not isinstance(value, str):
            continue
        text = known.get(place)
        if text is None or mark(text) != data.get(f"was:{place}"):
            late += bool(value.strip()) and (text is None or value.strip() != text.said)
        elif value.replace("\r\n", "\n").strip() != text.said:
            given[place] = value.replace("\r\n", "\n")
    if data.get("do") == "remove":
        given = dict.fromkeys(known, "")
    raw = translated(survey.draft, language, given)
    with request.app.state.workspace.db.session() as session:
        store.change(session, key, definition=raw, by=request.state.visitor.user.name, now=datetime.now(UTC))
    if late:
        told = ngettext(
            "%(num)s text was left out: somebody has changed its original meanwhile. See it below.",
            "%(num)s texts were left out: somebody has changed their originals meanwhile. See them below.",
            late,
        )
        return redirect(f"/surveys/{key}/texts?language={language}", flash=told)
    return redirect(f"/surveys/{key}/edit", flash=gettext("The texts are saved."))


def mark(text: Text) -> str:
    """Tells whether a text is still the one that was shown."""
    return hashlib.sha256(f"{text.original}\0{text.said}".encode()).hexdigest()[:12]


def _texts_page(request: Request, survey: Survey, language: str) -> Response:
    definition = Definition.of(survey.draft)
    found = texts(definition, language)
    return render(
        request,
        "surveys/texts.html",
        survey=survey,
        code=language,
        called=language_name(language),
        own=definition.own_language,
        own_called=language_name(definition.own_language),
        groups=[(name, list(group)) for name, group in groupby(found, key=lambda text: text.question)],
        spoken={c: own_language_name(c) for c in definition.languages},
        begun=language in definition.languages,
        kinds=KINDS,
        mark=mark,
    )


def _missing(key: str, language: str, text: MissingText, there: set[str]) -> MissingShown:
    """In the builder, a question's texts stand in its form; others stand only on the page of the language."""
    kind = text.place.rpartition(".")[2]
    named = KINDS.get(kind) if text.question or kind != "title" else _l("title")
    if text.question in there and kind in _IN_FORM:
        link = f"/surveys/{key}/edit?question={quote(text.question)}#open"
    else:
        link = f"/surveys/{key}/texts?language={language}#{quote(text.place)}"
    return MissingShown(str(named or kind), text.text, link)


_IN_FORM: Final = frozenset({
    "title", "description", "text", "html", "minRateDescription", "maxRateDescription",
})  # fmt: skip


def _known(code: str) -> str:
    if not is_language(code):
        raise InvalidInput("'%(code)s' is no language. Choose one from the list.", code=code[:20])
    return code


def _survey(request: Request, key: str) -> Survey:
    with request.app.state.workspace.db.session(read_only=True) as session:
        return store.survey(session, key)
