"""Pages by which comments are brought: choose files, see how they are understood, bring them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from polku import originals
from polku.errors import InvalidInput
from polku.feedback.files import ENDINGS, Look, Wish, columns, look, read
from polku.feedback.files.columns import NoComments
from polku.feedback.files.reading import nothing_in
from polku.feedback.pages import LANGUAGE_NAMES, PATH
from polku.feedback.sending import bring, known
from polku.feedback.staging import LARGEST_FILE, Staged, discard, reading, stage, staged
from polku.feedback.wishing import FileWish, Kind
from polku.i18n import LazyText, _l, current_language, gettext, in_words, ngettext
from polku.journeys import Touchpoints
from polku.metrics import metrics
from polku.text import LANGUAGES
from polku.text import Kind as Personal
from polku.web import navigation
from polku.web.forms import Email, Filled, Form, FormData, read_form
from polku.web.navigation import NavItem
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

BRING: Final = "/feedback/bring"
UPLOADS: Final = {BRING: LARGEST_FILE}
router = APIRouter(include_in_schema=False)
navigation.add(NavItem(BRING, _l("Bring comments"), "import", 30, section="feedback", role="analyst"))

MOST_FILES: Final = 20
MOST_LOOKED_FOR: Final = 50_000
"""Comments of a file of which it is told how many are here already."""
COLUMNS: Final[dict[str, LazyText]] = {
    "comment": _l("Comment"),
    "at": _l("Time"),
    "score": _l("Score given"),
    "email": _l("Customer's e-mail"),
    "user_id": _l("Customer's id"),
    "touchpoint": _l("Touchpoint"),
    "language": _l("Language"),
    "author": _l("Who writes"),
    "conversation": _l("Conversation"),
}
KINDS: Final[dict[str, LazyText]] = {
    "review": _l("Review"),
    "email": _l("E-mail"),
    "chat": _l("Chat"),
    "call": _l("Call"),
    "social": _l("Social media"),
    "interview": _l("Interview"),
    "other": _l("Something else"),
}


class Understanding(Form):
    """How a file is to be understood. Empty: as it was guessed; `speaker` are those who were shown."""

    do: Literal["look", "bring", "discard"] = "look"
    kind: Kind | None = None
    email: Email | None = None
    user_id: Annotated[str | None, Field(max_length=200)] = None
    touchpoint: Annotated[str | None, Field(max_length=80)] = None
    language: Annotated[str | None, Field(max_length=10)] = None
    metric: Annotated[str, Field(max_length=40)] = ""
    at: date | None = None
    speaker: list[str] = Field(default_factory=list, max_length=300)
    customer: list[str] = Field(default_factory=list, max_length=300)
    then: Annotated[str, Field(max_length=2_000)] = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A file as it is shown: how it was understood, or the columns of one without any that looks like comments."""

    name: str
    columns: tuple[str, ...]
    look: Look | None = None
    known: int | None = None
    first: tuple[tuple[str, str], ...] = ()


@router.get(BRING)
def show_bringing(request: Request, user: CurrentAnalyst) -> Response:
    return _chooser(request, Filled[Form]())


def _chooser(request: Request, filled: Filled[Any]) -> Response:
    return render(
        request,
        "feedback/bring.html",
        filled=filled,
        endings=ENDINGS,
        most_mb=LARGEST_FILE >> 20,
        status=422 if filled.errors else 200,
    )


@router.post(BRING)
async def choose(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """Files are put aside and looked at; of several, one after another."""
    workspace: Workspace = request.app.state.workspace
    filled = Filled[Form]()
    files = [f for f in data.getlist("file") if isinstance(f, UploadFile) and f.filename]
    if not files or len(files) > MOST_FILES:
        filled.refuse(
            "file",
            gettext("Choose at most %(most)s files at a time.", most=MOST_FILES)
            if files
            else gettext("Choose a file."),
        )
        return _chooser(request, filled)
    put: list[Staged] = []
    try:
        for file in files:
            name = file.filename or ""
            one = await run_in_threadpool(stage, workspace.settings.folder, file.file, name, user=user.id)
            put.append(one)
            await run_in_threadpool(_understood, workspace, one, FileWish().of(workspace))
    except InvalidInput as e:
        for one in put:
            discard(one)
        filled.refuse("file", f"{name}: {in_words(e)}" if len(files) > 1 else in_words(e))
        return _chooser(request, filled)
    return redirect(_place([one.token for one in put]))


def _place(tokens: list[str]) -> str:
    first, *others = tokens
    return f"{BRING}/{first}" + (f"?then={'.'.join(others)}" if others else "")


@router.get(BRING + "/{token}")
async def show_file(request: Request, user: CurrentAnalyst, token: str) -> Response:
    workspace: Workspace = request.app.state.workspace
    one = staged(workspace.settings.folder, token, user=user.id)
    raw = {"then": request.query_params.get("then", "")[:2_000]}
    found = await run_in_threadpool(_understood, workspace, one, FileWish().of(workspace))
    return _shown(request, one, found, Filled[Understanding](raw))


@router.post(BRING + "/{token}")
async def take(request: Request, user: CurrentAnalyst, token: str, data: FormData) -> Response:
    """Look again as it is wished for, bring the comments, or throw the file away."""
    workspace: Workspace = request.app.state.workspace
    one = staged(workspace.settings.folder, token, user=user.id)
    filled = read_form(Understanding, data)
    form = filled.form
    waiting = [t for t in (form.then.split(".") if form else []) if t]
    if form and form.do == "discard":
        discard(one)
        return redirect(
            _place(waiting) if waiting else BRING, flash=gettext("Nothing of the file was stored.")
        )
    chosen = {f: c for f in COLUMNS if isinstance(c := data.get(f"column_{f}"), str)}
    try:
        wish = _wish(workspace, form or Understanding(), chosen)
        found = await run_in_threadpool(_understood, workspace, one, wish)
    except InvalidInput as e:
        filled.refuse("", in_words(e))
        found = await run_in_threadpool(_understood, workspace, one, FileWish().of(workspace))
    filled.raw = {**filled.raw, "columns": chosen}
    if filled.form is None or filled.form.do != "bring" or not (found.look and found.look.comments):
        return _shown(request, one, found, filled)
    with reading(one) as file:
        filed = await run_in_threadpool(read, file, one.name, wish)
        count = await bring(workspace, filed.each)
    discard(one)
    told = ngettext("%(num)s comment was brought.", "%(num)s comments were brought.", count)
    return redirect(_place(waiting) if waiting else PATH, flash=told)


def _wish(workspace: Workspace, form: Understanding, chosen: dict[str, str]) -> Wish:
    if form.speaker and not form.customer:
        raise InvalidInput("Choose at least one who speaks as a customer.")
    given = form.model_dump(
        include={"kind", "email", "user_id", "touchpoint", "language", "metric"}, exclude_none=True
    )
    try:
        wish = FileWish(**given, at=form.at or None).of(workspace)
    except ValueError:
        raise InvalidInput("Give a date, e.g. 2026-11-23.") from None
    names = {"kind", "email", "user_id", "touchpoint", "language", "metric", "at"}
    wish = FileWish(**form.model_dump(include=names, exclude_none=True)).of(workspace)
    staff = tuple(s for s in form.speaker if s not in form.customer) if form.speaker else None
    return replace(wish, staff=staff, columns=chosen)


def _understood(workspace: Workspace, one: Staged, wish: Wish) -> Understood:
    """Raises InvalidInput for a file that cannot be read or has no comment."""
    try:
        with reading(one) as file:
            looked = look(file, one.name, wish)
            if not looked.comments and not looked.speakers:
                raise nothing_in(one.name)
            here = known(workspace, read(file, one.name, wish).each, most=MOST_LOOKED_FOR)
    except NoComments as e:
        return Understood(one.name, e.columns)
    first = tuple((originals.without(b.text)[0], str(b.at or "")) for b in looked.first)
    return Understood(one.name, looked.columns, looked, here, first)


def _shown(request: Request, one: Staged, found: Understood, filled: Filled[Understanding]) -> Response:
    workspace: Workspace = request.app.state.workspace
    language = current_language()
    catalogue = workspace.part(Touchpoints).catalogue()
    return render(
        request,
        "feedback/understood.html",
        token=one.token,
        found=found,
        filled=filled,
        metric=filled.raw.get("metric") or (columns.metric_of(found.look.mapped) if found.look else ""),
        chosen=filled.raw.get("columns") or (dict(found.look.mapped) if found.look else {}),
        waiting=len([t for t in str(filled.raw.get("then", "")).split(".") if t]),
        column_names=COLUMNS,
        kinds=KINDS,
        pairs_of_columns=[(c, c) for c in found.columns],
        pairs_of_metrics=[(m, m.upper()) for m in metrics()],
        pairs_of_languages=[(code, LANGUAGE_NAMES[code]) for code in (*LANGUAGES, "sv")],
        touchpoints={t.key: t.name(language) for t in catalogue.touchpoints},
        marks=[f"[{kind}]" for kind in Personal],
        status=422 if filled.errors else 200,
    )
