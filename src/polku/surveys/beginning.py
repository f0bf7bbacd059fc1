"""The page of a new survey: from a ready one, from nothing, or from a file of SurveyJS or LimeSurvey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.responses import Response

from polku.errors import InvalidInput, TooLarge
from polku.i18n import current_language, gettext, in_words, language_name, ngettext
from polku.journeys import Touchpoints
from polku.surveys import store
from polku.surveys.building.bringing import bring
from polku.surveys.definition import Definition
from polku.surveys.limesurvey import Brought
from polku.surveys.ready import ReadySurvey, ready_surveys
from polku.web.forms import Filled, Form, FormData, read_form
from polku.web.rendering import redirect, render
from polku.web.visitor import CurrentAnalyst
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)
BLANK: Final = "blank"
IMPORT: Final = "/surveys/import"
LARGEST_FILE: Final = 20 << 20
UPLOADS: Final = {IMPORT: LARGEST_FILE}


class NewSurvey(Form):
    """`then` is what comes next: its questions are looked at, or it is published as it is."""

    name: Annotated[str, Field(max_length=store.LONGEST_NAME)] = ""
    template: str = BLANK
    touchpoint: str = ""
    anonymous: bool = False
    then: Literal["questions", "publish"] = "questions"


class BroughtSurvey(Form):
    """`definition` is what a file came to, once its report has been seen; else there is a file."""

    called: Annotated[str, Field(max_length=store.LONGEST_NAME)] = ""
    definition: str = ""


@router.get("/surveys/new")
def show_new(request: Request, user: CurrentAnalyst, template: str = "nps") -> Response:
    return _new_page(request, filled=Filled[NewSurvey](raw={"template": template}))


@router.post("/surveys/new")
def add(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    filled = read_form(NewSurvey, data)
    if not filled.form:
        return _new_page(request, filled=filled, status=422)
    form, ready = filled.form, _ready(filled.form.template)
    made = _created(
        request,
        user.name,
        name=form.name or (str(ready.name) if ready else gettext("New survey")),
        definition=ready.json if ready else {"pages": [{"name": "page1", "elements": []}]},
        tags={q: store.Tags(t.metric, t.level or "") for q, t in ready.tags.items()} if ready else {},
        anonymous=form.anonymous,
        touchpoint=form.touchpoint,
    )
    if not ready or form.then == "questions":
        return redirect(f"/surveys/{made.key}/edit")
    with _workspace(request).db.session() as session:
        store.publish(session, made.key, by=user.name, now=datetime.now(UTC))
    return redirect(
        f"/surveys/{made.key}/distribution",
        flash=gettext("%(survey)s is open for answers. Now say whom you ask.", survey=made.name),
    )


@router.get(IMPORT)
def show_import(user: CurrentAnalyst) -> Response:
    """Where one comes by reloading the page of a file that was refused."""
    return redirect("/surveys/new#import")


@router.post(IMPORT)
def add_from_file(request: Request, user: CurrentAnalyst, data: FormData) -> Response:
    """A survey from a file: at once if all of it can be taken; else what cannot is told first, and nothing stored."""
    filled = read_form(BroughtSurvey, data)
    file = data.get("file")
    name = filled.form.called if filled.form else ""
    try:
        if filled.form and filled.form.definition:
            brought = Brought(Definition.read(filled.form.definition), ())
        elif isinstance(file, UploadFile) and file.filename:
            brought = bring(_content(file))
            name = name or _title(brought.definition) or PurePosixPath(file.filename).stem
        else:
            raise InvalidInput("Choose a file.")
        name = name[: store.LONGEST_NAME]
        if filled.form and not brought.untaken:
            made = _created(
                request, user.name, name=name or gettext("New survey"), definition=brought.definition.json, tags={},
                anonymous=False, touchpoint="",
            )  # fmt: skip
            return redirect(
                f"/surveys/{made.key}/edit",
                flash=gettext("The survey is brought: %(told)s", told=_counted(brought.definition)),
            )
    except (InvalidInput, TooLarge) as e:
        filled.refuse("file", in_words(e))
    if filled.errors:
        return _new_page(request, brought=filled, status=422)
    told: Sequence[tuple[str, str]] = [(one.place, in_words(one.said)) for one in brought.untaken]
    return render(
        request,
        "surveys/brought.html",
        name=name,
        file=file.filename if isinstance(file, UploadFile) else "",
        definition=brought.definition,
        counted=_counted(brought.definition),
        untaken=told,
    )


def _content(file: UploadFile) -> bytes:
    content = file.file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise TooLarge("The file is larger than %(most)s MB.", most=LARGEST_FILE >> 20)
    return content


def _title(definition: Definition) -> str:
    return " ".join(definition.title.within(current_language()).split())


def _counted(definition: Definition) -> str:
    spoken = ", ".join(language_name(code) for code in definition.languages)
    n = len(definition.questions)
    told = ngettext("%(num)s question", "%(num)s questions", n)
    return gettext("%(told)s, in these languages: %(languages)s.", told=told, languages=spoken)


def _created(request: Request, by: str, **given: Any) -> store.Survey:
    with _workspace(request).db.session() as session:
        return store.create(session, by=by, now=datetime.now(UTC), **given)


def _new_page(
    request: Request, *, filled: Filled[NewSurvey] | None = None, brought: Filled[BroughtSurvey] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    language = current_language()
    known = _workspace(request).part(Touchpoints).catalogue().touchpoints
    return render(
        request,
        "surveys/new.html",
        status=status,
        filled=filled or Filled[NewSurvey](raw={"template": ""}),
        brought=brought or Filled[BroughtSurvey](),
        ready=ready_surveys(),
        touchpoints=[("", gettext("The company as a whole")), *((t.key, t.name(language)) for t in known)],
    )


def _ready(key: str) -> ReadySurvey | None:
    return next((r for r in ready_surveys() if r.key == key), None)


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
