"""Pages of what was answered: the results as part of a survey's page, the answers behind a figure, two side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from importlib import import_module
from typing import Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from polku.errors import InvalidInput
from polku.i18n import LazyText, _l, gettext, in_words
from polku.journeys.asking.filters import CUSTOMERS
from polku.journeys.asking.who import BEGINNINGS
from polku.metrics import metrics
from polku.profiles.trait_columns import TraitColumns
from polku.surveys import store
from polku.surveys.attributes import CHANNEL_NAMES, OWN, SEGMENT, name_of, said, segments, title_of
from polku.surveys.building.pages import TYPES
from polku.surveys.compared import SurveyCompare
from polku.surveys.figures import over_time
from polku.surveys.given import SurveyAnswers
from polku.surveys.queries import SurveyResults, responses_of
from polku.surveys.rate import SurveyRate
from polku.surveys.results import Responses, wide
from polku.surveys.store import Survey
from polku.web.files import as_csv, as_parquet
from polku.web.listing import Column, Listing, TableRequest
from polku.web.rendering import render
from polku.web.visitor import CurrentAnalyst, CurrentUser
from polku.workspace import Workspace

router = APIRouter(include_in_schema=False)

SPANS: Final[dict[str, LazyText]] = {"day": _l("Days"), "week": _l("Weeks"), "month": _l("Months")}
FORMS: Final = (("csv", "CSV"), ("parquet", "Parquet"), ("sav", "SPSS"))
TO: Final[dict[str, LazyText]] = {
    "": _l("all who were invited, else all customers"),
    "invited": _l("all who were invited"),
    "customers": _l("all customers"),
}
WEIGHTED_TO: Final[dict[str, LazyText]] = {
    "invited": _l("all who were invited"),
    "customers": _l("all customers"),
    "given": _l("the shares that you gave"),
}
MOST_TRAITS: Final = 12
_PLAIN: Final = ("since", "until", "every", "by", "question", "weight_to")
_SEVERAL: Final = ("who", "segments", "weight_by")
_OF_ANSWERS: Final = ("since", "until", "question", "answer_is", "row", "metric", "category")
_OF_COMPARING: Final = ("since", "until", "since_b", "until_b")
_MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "sav": "application/x-spss-sav",
}


def results_of(workspace: Workspace, survey: Survey, query: QueryParams) -> dict[str, Any]:
    """What the results on a survey's page are made of. Weights that cannot be made are said and left out."""
    asked, refused = asked_of(survey.key, query), ""
    try:
        told = asked.answer(workspace)
    except InvalidInput as e:
        if not (asked.weight_by or asked.margins):
            raise
        refused = in_words(e)
        told = asked.model_copy(update={"weight_by": [], "margins": []}).answer(workspace)
    by_what = _by_what(workspace, survey)
    return {
        "results": told,
        "asked": asked,
        "refused": refused,
        "trend": over_time(told),
        "kinds": TYPES,
        "by_what": by_what,
        "weight_by_what": _weight_by_what(workspace, survey),
        "weight_to": TO,
        "weighted_to": WEIGHTED_TO,
        "spans": SPANS,
        "forms": FORMS,
        "rate": _rate(workspace, asked),
        "title_of": title_of,
        "behind": _Behind(survey.key, asked),
        "chosen": _chosen(query),
        "said": lambda condition: said(workspace, condition),
    }


def extents() -> dict[str, dict[str, float]]:
    """The least and the most that each metric can be, which says how it is written."""
    return {key: {"least": m.extent[0], "most": m.extent[1]} for key, m in metrics().items()}


def asked_of(key: str, query: QueryParams) -> SurveyResults:
    """The results that an address asks for. Raises InvalidInput."""
    given: dict[str, Any] = {n: query[n] for n in _PLAIN if query.get(n)}
    given |= {n: [v for v in query.getlist(n) if v.strip()] for n in _SEVERAL}
    given["margins"] = [line for text in query.getlist("margins") for line in text.splitlines()]
    return SurveyResults.of({"survey": key, **given})


class _Behind:
    """Addresses of the answers that figures rest on, and of the customers that gave them."""

    def __init__(self, key: str, asked: SurveyResults) -> None:
        self._path = f"/surveys/{key}/answers"
        days = (("since", asked.since), ("until", asked.until))
        self._kept = [(n, d.isoformat()) for n, d in days if d] + [("who", w) for w in asked.who]
        self._every = asked.every

    def __call__(self, *who: str, **more: str) -> str:
        fields = [*self._kept, *(("who", w) for w in who), *((n, v) for n, v in more.items() if v)]
        return f"{self._path}?{urlencode(fields)}" if fields else self._path

    def span(self, start: date) -> str:
        """Of a day, week or month."""
        until = {"day": start, "week": start + timedelta(days=6)}.get(self._every) or (
            (start.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        )
        kept = [(n, v) for n, v in self._kept if n == "who"]
        return (
            f"{self._path}?{urlencode([*kept, ('since', start.isoformat()), ('until', until.isoformat())])}"
        )

    def customers(self, who: tuple[str, ...]) -> str:
        """Empty for what is of responses only."""
        if not who or any(w.partition("=")[0].split("!")[0] in OWN for w in who):
            return ""
        return f"{CUSTOMERS}?{urlencode([('who', w) for w in who])}"


@router.get("/surveys/{key}/answers")
def show_answers(request: Request, key: str, user: CurrentUser) -> Response:
    """The answers behind a figure."""
    workspace: Workspace = request.app.state.workspace
    query = request.query_params
    wanted = TableRequest.read(query, path=f"/surveys/{key}/answers", sorts=("at",), default="-at", size=25)
    given: dict[str, Any] = {n: query[n] for n in _OF_ANSWERS if query.get(n)}
    given |= {
        "survey": key, "who": [w for w in query.getlist("who") if w.strip()],
        "comments": bool(query.get("comments")), "limit": wanted.size, "offset": wanted.offset,
    }  # fmt: skip
    asked = SurveyAnswers.of(given)
    found = asked.answer(workspace)
    _, everything = asked.model_copy(update={"who": []}).chosen(workspace)
    question = next((q for q in everything.questions if q.key == asked.question), None)
    choice = next((c.title for c in question.choices if c.key == asked.answer_is), "") if question else ""
    return render(
        request,
        "surveys/answers.html",
        found=found,
        asked=asked,
        question=question,
        choice=choice or asked.answer_is,
        said=[said(workspace, w) for w in asked.who],
        listing=Listing([Column(_l("Answer"))], found.responses, found.total, wanted),
        channels=CHANNEL_NAMES,
        touchpoint=lambda at: name_of(workspace, "touchpoint", at),
        others=_without_comments(query),
    )


@router.get("/surveys/{key}/compare")
def show_comparison(request: Request, key: str, user: CurrentUser) -> Response:
    """Two periods or two groups, question by question."""
    workspace: Workspace = request.app.state.workspace
    query = request.query_params
    given: dict[str, Any] = {n: query[n] for n in _OF_COMPARING if query.get(n)}
    given |= {n: [w for w in query.getlist(n) if w.strip()] for n in ("who", "who_a", "who_b")}
    asked, refused, told = None, "", None
    try:
        asked = SurveyCompare.of({"survey": key, **given})
        told = asked.answer(workspace)
    except InvalidInput as e:
        refused = in_words(e)
    with workspace.db.session(read_only=True) as session:
        survey = store.survey(session, key)
    return render(
        request,
        "surveys/compare.html",
        survey=survey,
        told=told,
        asked=asked,
        refused=refused,
        given=given,
        options=_options(workspace, survey),
        behind=_behind_sides(key, told) if told else None,
        extents=extents(),
        status=422 if refused else 200,
    )


@router.get("/surveys/{key}/responses.{form}")
def take_away(
    request: Request, key: str, form: Literal["csv", "parquet", "sav"], user: CurrentAnalyst
) -> Response:
    """Every response, a row each, with all that was answered; with their weights, if an address asks for any."""
    _, found = responses_of(request.app.state.workspace, asked_of(key, request.query_params))
    content = _as_spss(found) if form == "sav" else _AS[form](wide(found))
    headers = {"Content-Disposition": f'attachment; filename="{key}.{form}"'}
    return Response(content, media_type=_MEDIA[form], headers=headers)


def _as_spss(found: Responses) -> bytes:
    spss = import_module("polku.surveys.results.spss")  # with pandas, which nothing else needs
    content: bytes = spss.as_spss(found).content
    return content


_AS: Final = {"csv": as_csv, "parquet": as_parquet}


def _rate(workspace: Workspace, asked: SurveyResults) -> Any:
    return SurveyRate.of({"survey": asked.survey, "since": asked.since, "until": asked.until}).answer(
        workspace
    )


def _chosen(query: QueryParams) -> str:
    """What an address has chosen, for the addresses of files."""
    kept = [(n, v) for n, v in query.multi_items() if n in (*_PLAIN, *_SEVERAL, "margins") and v]
    return f"?{urlencode(kept)}" if kept else ""


def _without_comments(query: QueryParams) -> str:
    return urlencode([(n, v) for n, v in query.multi_items() if n not in ("comments", "page") and v])


def _traits(workspace: Workspace, survey: Survey) -> Mapping[str, list[str]]:
    """Those that divide customers, and are not hidden by what is of responses."""
    if survey.anonymous:
        return {}
    found = workspace.part(TraitColumns).groups()
    return {t: v for t, v in list(found.items())[:MOST_TRAITS] if t not in OWN}


def _by_what(workspace: Workspace, survey: Survey) -> list[tuple[str, dict[str, str]]]:
    """What one may break down by, under titles."""
    own = {key: str(name) for key, name in OWN.items()}
    found = [(gettext("Of the answer"), own)]
    if survey.anonymous:
        return found
    if segments(workspace, ()):
        own[SEGMENT] = gettext("Segment (of saved analyses)")
    if traits := _traits(workspace, survey):
        found.append((gettext("Of the customer"), {t: t for t in traits}))
    found.append((gettext("How the path began"), {k: str(v) for k, v in BEGINNINGS.items()}))
    return found


def _weight_by_what(workspace: Workspace, survey: Survey) -> dict[str, str]:
    own = {k: str(OWN[k]) for k in ("language", "touchpoint", "stage")}
    return own | {t: t for t in _traits(workspace, survey)}


def _options(workspace: Workspace, survey: Survey) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups that one may choose to compare."""
    found = [
        (str(OWN["channel"]), [(f"channel={c}", str(n)) for c, n in CHANNEL_NAMES.items()]),
        (str(OWN["language"]), [(f"language={c}", name_of(workspace, "language", c)) for c in ("fi", "en")]),
        *((t, [(f"{t}={v}", v) for v in values]) for t, values in _traits(workspace, survey).items()),
    ]
    return [(title, options) for title, options in found if options]


def _behind_sides(key: str, told: Any) -> tuple[str, str]:
    def address(side: Any) -> str:
        days = (("since", side.since), ("until", side.until))
        fields = [(n, d.isoformat()) for n, d in days if d] + [("who", w) for w in side.who]
        return f"/surveys/{key}/answers?{urlencode(fields)}"

    return address(told.first), address(told.second)
