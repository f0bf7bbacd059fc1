"""The builder's pages: questions on one side, the survey as customers will see it on the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.errors import Conflict, InvalidInput
from polku.i18n import LANGUAGES, LazyText, _l, current_language, gettext, in_words, own_language_name
from polku.journeys import Touchpoints
from polku.metrics import metrics
from polku.surveys import store
from polku.surveys.building import editing
from polku.surveys.building.editing import Raw
from polku.surveys.building.form import (
    QuestionForm,
    check_name,
    form_of,
    properties_of,
    tags_of,
    with_values_as_before,
)
from polku.surveys.building.languages import panel
from polku.surveys.building.measuring import unmeasured_in
from polku.surveys.building.translating import languages_of, own_language
from polku.surveys.definition import Definition, Localised
from polku.surveys.known import KnownSurveys
from polku.surveys.store import Survey, Tags
from polku.web.forms import FormData
from polku.web.gate import FRAMING
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

TYPES: Final[Mapping[str, LazyText]] = {
    "rating": _l("Scale"),
    "radiogroup": _l("One of these"),
    "checkbox": _l("Any of these"),
    "dropdown": _l("One from a list"),
    "boolean": _l("Yes or no"),
    "comment": _l("Open comment"),
    "text": _l("Short text"),
    "matrix": _l("Table of scales"),
    "ranking": _l("Order of preference"),
    "file": _l("File"),
    "html": _l("Text to read"),
}
LEVELS: Final[Mapping[str, LazyText]] = {
    "action": _l("action"),
    "emotion": _l("emotion"),
    "meaning": _l("meaning"),
}
OPERATORS: Final[Mapping[str, LazyText]] = {
    "=": _l("is"),
    "<>": _l("is not"),
    "<": _l("is less than"),
    "<=": _l("is at most"),
    ">": _l("is more than"),
    ">=": _l("is at least"),
    "contains": _l("contains"),
    "notempty": _l("has been answered"),
    "empty": _l("has not been answered"),
}


@router.get("/surveys/{key}/edit")
def show_builder(request: Request, key: str, user: CurrentAnalyst, question: str = "") -> Response:
    return _page(request, key, question)


@router.post("/surveys/{key}/edit")
def change_survey(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """What a button asks of the whole: `do` is add:<type>, up, down, copy, split, join or remove, with
    `question`."""
    workspace: Workspace = request.app.state.workspace
    does, _, what = str(data.get("do", "")).partition(":")
    name = str(data.get("question", ""))
    survey = _survey(workspace, key)
    languages = _languages(survey.draft)
    opened = name
    if does == "add" and what in TYPES:
        last = max(len(survey.draft.get("pages") or [0]) - 1, 0)
        raw, opened = editing.added(
            survey.draft, what, page=last + (data.get("page") == "new"), languages=languages
        )
    elif does == "copy":
        raw, opened = editing.copied(survey.draft, name)
    elif does == "texts":
        raw, opened = _with_texts(survey.draft, data, languages), ""
    elif does in _MOVES:
        raw = _MOVES[does](survey.draft, name)
        opened = "" if does == "remove" else name
    else:
        raise InvalidInput("The builder does not know '%(given)s'.", given=does[:40])
    with workspace.db.session() as session:
        store.change(session, key, definition=raw, by=user.name, now=datetime.now(UTC))
    return _shown(request, key, opened)


@router.post("/surveys/{key}/edit/{question}")
def change_question(
    request: Request, key: str, question: str, user: CurrentAnalyst, data: FormData
) -> Response:
    workspace: Workspace = request.app.state.workspace
    survey = _survey(workspace, key)
    with workspace.db.session(read_only=True) as session:
        tags = store.tags(session, key)
    languages = _languages(survey.draft)
    type_ = str(data.get("type", ""))
    typed = {k: str(v) for k, v in data.multi_items()}
    properties = properties_of(typed, type_ if type_ in TYPES else "text", languages)
    element = next((s.element for s in editing.spots(survey.draft) if s.name == question), {})
    raw = editing.changed(survey.draft, question, with_values_as_before(properties, element))
    name = typed.get("name", question).strip()
    others = [s.name for s in editing.spots(raw) if s.name != question]
    wrong = check_name(name, others) if name != question else None
    if wrong:
        # htmx shows only what succeeded
        status = 200 if "hx-request" in request.headers else 422
        return _page(request, key, question, raw=raw, errors={"name": wrong}, status=status)
    raw = editing.renamed(raw, question, name) if name != question else raw
    tags.pop(question, None)
    with workspace.db.session() as session:
        store.change(
            session,
            key,
            definition=raw,
            tags=tags | {name: tags_of(typed)},
            by=user.name,
            now=datetime.now(UTC),
        )
    workspace.part(KnownSurveys).forget(key)
    return _shown(request, key, name, saved=True)


@router.get("/surveys/{key}/json")
def show_json(request: Request, key: str, user: CurrentAnalyst) -> Response:
    survey = _survey(request.app.state.workspace, key)
    return _json_page(request, survey, json.dumps(survey.draft, ensure_ascii=False, indent=2))


@router.post("/surveys/{key}/json")
def change_json(request: Request, key: str, user: CurrentAnalyst, data: FormData) -> Response:
    """The definition as SurveyJS writes it, typed or brought from elsewhere."""
    workspace: Workspace = request.app.state.workspace
    survey, text = _survey(workspace, key), str(data.get("definition", ""))
    try:
        definition = Definition.of(json.loads(text))
    except json.JSONDecodeError as e:
        wrong = gettext("Line %(line)s is no JSON: %(why)s", line=e.lineno, why=e.msg)
        return _json_page(request, survey, text, wrong, status=422)
    except InvalidInput as e:
        return _json_page(request, survey, text, in_words(e), status=422)
    with workspace.db.session() as session:
        store.change(session, key, definition=definition.json, by=user.name, now=datetime.now(UTC))
    return redirect(f"/surveys/{key}/edit", flash=gettext("The questions are saved."))


_MOVES: Final[Mapping[str, Callable[[Mapping[str, Any], str], Raw]]] = {
    "up": lambda raw, name: editing.moved(raw, name, -1),
    "down": lambda raw, name: editing.moved(raw, name, 1),
    "split": editing.split,
    "join": editing.joined,
    "remove": editing.removed,
}


def ask_before_publishing(request: Request, key: str, lacking: Sequence[str]) -> Response:
    """The builder with what is missing, and the choice to publish all the same."""
    return _page(request, key, "", lacking=lacking, status=Conflict.status)


def _with_texts(raw: Mapping[str, Any], data: Any, languages: tuple[str, ...]) -> Raw:
    texts = {
        name: editing.localized({c: str(data.get(f"{name}-{c}", "")) for c in languages})
        for name in ("title", "completedHtml")
    }
    return editing.with_texts(raw, texts)


def _shown(request: Request, key: str, question: str, *, saved: bool = False) -> Response:
    """The page anew; to htmx only what changed."""
    if "hx-request" in request.headers:
        return _page(request, key, question, saved=saved)
    flash = gettext("The question is saved.") if saved else ""
    return redirect(f"/surveys/{key}/edit" + (f"?question={question}#open" if question else ""), flash=flash)


def _page(
    request: Request, key: str, question: str, *, raw: Mapping[str, Any] | None = None,
    errors: dict[str, str] | None = None, lacking: Sequence[str] = (), saved: bool = False,
    status: int = 200,
) -> Response:  # fmt: skip
    """The builder; `lacking` is what one should know before publishing."""
    workspace: Workspace = request.app.state.workspace
    with workspace.db.session(read_only=True) as session:
        survey, tags = store.survey(session, key), store.tags(session, key)
    shown = raw or survey.draft
    languages, own = _languages(shown), own_language(shown)
    spots = editing.spots(shown)
    opened = next((s for s in spots if s.name == question), None)
    form: QuestionForm | None = None
    if opened:
        form = form_of(opened.element, tags.get(question, Tags()), languages, own)
        form.errors = errors or {}
    response = render(
        request,
        "surveys/builder.html",
        status=status,
        survey=survey,
        raw=shown,
        spots=spots,
        form=form,
        tags=tags,
        asked_in={c: own_language_name(c) for c in languages},
        types=TYPES,
        metrics={m.key: str(m.name) for m in metrics().values()},
        levels=LEVELS,
        operators=OPERATORS,
        touchpoints=_touchpoints(workspace),
        faults=_faults(shown),
        panel=panel(key, shown),
        unmeasured=unmeasured_in(shown, tags),
        lacking=lacking,
        saved=saved,
        values=_values(spots, own),
        text_of=partial(editing.text_of, own=own),
        shown=lambda value: _any_text(value, current_language(), own),
    )
    response.headers["Content-Security-Policy"] = FRAMING
    return response


def _any_text(value: Any, language: str, own: str) -> str:
    """In the reader's language, or in the survey's own, or in any."""
    return Localised.of(value or "", own).within(language)


def _values(spots: Sequence[editing.Spot], own: str) -> list[tuple[str, str]]:
    """What conditions can be about: the values of all choices, with their texts."""
    found: dict[str, str] = {}
    for spot in spots:
        for name in ("choices", "rateValues"):
            for one in spot.element.get(name) or []:
                value, text = (one.get("value"), one.get("text")) if isinstance(one, Mapping) else (one, "")
                found.setdefault(str(value), _any_text(text, current_language(), own))
    return list(found.items())


def _json_page(
    request: Request, survey: Survey, text: str, wrong: str = "", *, status: int = 200
) -> Response:
    return render(request, "surveys/json.html", status=status, survey=survey, text=text, wrong=wrong)


def _survey(workspace: Workspace, key: str) -> Survey:
    with workspace.db.session(read_only=True) as session:
        return store.survey(session, key)


def _faults(raw: Mapping[str, Any]) -> str:
    """What keeps the draft from being published, in the reader's language; empty: nothing."""
    try:
        Definition.of(raw)
    except InvalidInput as e:
        return in_words(e)
    return ""


def _languages(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Those that the texts are in, and always the two that we speak."""
    return tuple(dict.fromkeys((*LANGUAGES, *languages_of(raw))))


def _touchpoints(workspace: Workspace) -> list[tuple[str, str]]:
    known = workspace.part(Touchpoints).catalogue().touchpoints
    return [(t.key, t.name(current_language())) for t in known]
