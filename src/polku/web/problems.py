"""What a visitor sees when something does not work: what, why, and what to do."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from polku.errors import (
    DatabaseUnreachable,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotReady,
    NotWritable,
    PolkuError,
    StorageFull,
)
from polku.i18n import LazyText, _l, at_a_terminal, current_language, in_words, is_translated
from polku.web.rendering import render
from polku.web.visitor import visitor_of

ADVICE: Final[dict[str, tuple[LazyText, LazyText]]] = {
    "invalid_input": (_l("That did not work"), _l("Check what you gave and try again.")),
    "unknown_touchpoint": (_l("There is no such touchpoint"), _l("Choose one from the list of touchpoints.")),
    "invalid_address": (_l("That is no e-mail address"), _l("Check the address and try again.")),
    "invalid_definition": (
        _l("This survey cannot be used"),
        _l("Correct what is listed, each at its place, and try again."),
    ),
    "template_broken": (_l("This letter cannot be made"), _l("Correct its template and try again.")),
    "survey_closed": (_l("The survey is closed"), _l("What was answered before stays.")),
    "already_answered": (_l("You have answered already"), _l("Thank you! There is nothing more to do.")),
    "link_spent": (
        _l("This link has done its work"),
        _l("Ask for a new one if you would still like to answer."),
    ),
    "too_large": (_l("That is too large"), _l("Send it in smaller parts.")),
    "not_allowed": (_l("You may not do this"), _l("Log in as someone who may, or ask an administrator.")),
    "too_many_attempts": (_l("Too many attempts"), _l("Wait a moment and try again.")),
    "not_found": (_l("This page does not exist"), _l("Check the address, or choose a page from the menu.")),
    "conflict": (_l("That is not possible now"), _l("See how things stand and try again.")),
    "case_changed": (
        _l("Somebody else has changed the case"),
        _l("See what it is like now and try again."),
    ),
    "folder_in_use": (_l("The data folder is in use"), _l("Close the other Polku that has it open.")),
    "folder_too_new": (
        _l("The data is of a newer Polku"),
        _l("Install the newer version; the data has not been touched."),
    ),
    "cluster_unavailable": (
        _l("The Spark cluster does not answer"),
        _l(
            "Nothing is lost, and this page tries again by itself. Check that the cluster runs and can be reached."
        ),
    ),
    "not_ready": (
        _l("Just a moment"),
        _l("Polku is still getting ready. The page appears by itself when it is."),
    ),
    "not_writable": (
        _l("The data folder cannot be written"),
        _l("Tell your administrator: Polku needs a folder of its own."),
    ),
    "database_unreachable": (
        _l("The database does not answer"),
        _l("Try again in a moment. Events are still taken in meanwhile."),
    ),
    "overloaded": (_l("Too much at once"), _l("Polku takes more in a moment. Try again then.")),
    "journal_damaged": (_l("The data folder is damaged"), _l("Restore it from a copy.")),
    "store_damaged": (_l("The data folder is damaged"), _l("Restore it from a copy.")),
    "database_damaged": (_l("The data folder is damaged"), _l("Restore it from a copy.")),
    "damaged_file": (_l("The file is damaged"), _l("Get the whole file and try again.")),
    "unreadable": (_l("That cannot be read"), _l("Check what you gave and try again.")),
    "unknown_write_key": (_l("The write key is unknown"), _l("Copy it from the page of its source.")),
    "source_disabled": (_l("The source is disabled"), _l("Enable it on its page.")),
    "storage_full": (_l("The disk is full"), _l("Free some space. Nothing that was acknowledged is lost.")),
}
"""Title and next step of each error code."""
OTHER: Final = (
    _l("Something went wrong"),
    _l(
        "The fault is ours and is in the log. Go back and try again; "
        "if it comes back, tell your administrator."
    ),
)


SAID_BY_ADVICE: Final = (NotReady, NotWritable, DatabaseUnreachable, StorageFull)
"""Whose own message is for the log and the command line: it speaks of the machine, in English."""


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(PolkuError, _polku_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)


def refusal(request: Request, error: PolkuError) -> Response:
    """The answer that tells of `error`: a page in the visitor's language, or JSON under /api."""
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else {}
    if is_api(request) or not has_visitor(request):
        body = {"code": error.code, "message": _for_program(request, error), "details": _plain(error.details)}
        return JSONResponse(body, error.status, headers)
    title, advice = ADVICE.get(error.code, OTHER)
    page = render(
        request, "web/problem.html", status=error.status, title=title, message=_in_words(error), advice=advice
    )
    page.headers.update(headers)
    if isinstance(error, NotReady) and request.method == "GET" and "hx-request" not in request.headers:
        page.headers["Refresh"] = str(error.retry_after_s)  # the browser tries again by itself
    return page


def crashed(request: Request) -> Response:
    """The answer to a fault of ours. Says nothing of what happened: that is in the log."""
    if is_api(request):
        message = "Something went wrong; the fault is ours and is in the log."
        return JSONResponse({"code": "error", "message": message, "details": {}}, 500)
    return render(request, "web/problem.html", status=500, title=OTHER[0], message="", advice=OTHER[1])


def has_visitor(request: Request) -> bool:
    """Not on public paths (collectors, static files): the gate does not ask there who comes."""
    return hasattr(request.state, "visitor")


def is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _for_program(request: Request, error: PolkuError) -> str:
    """English, but what the owner's command line shows to a person is in the language that it asks for."""
    is_owner = has_visitor(request) and visitor_of(request).is_owner
    return at_a_terminal(error) if is_owner else error.message


def _in_words(error: PolkuError) -> str:
    """The error's message in the reader's language; nothing rather than another language under a title in theirs."""
    known = current_language() == "en" or is_translated(error.template)
    if isinstance(error, SAID_BY_ADVICE) or not known:
        return ""
    return in_words(error)


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    kinds = (str, int, float, bool, list, dict, type(None))
    return {name: value if isinstance(value, kinds) else str(value) for name, value in details.items()}


def _polku_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PolkuError)
    return refusal(request, error)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path
    if error.status_code == 404:
        told = is_api(request) or not has_visitor(request)
        missing = NotFound("")
        return refusal(request, missing.told(f"There is nothing at {path}.") if told else missing)
    kind = NotAllowed if error.status_code in (401, 403, 405) else InvalidInput
    other = kind("").told(f"{error.detail}: {request.method} {path}")
    other.status = error.status_code
    return refusal(request, other)


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        {"field": ".".join(str(part) for part in e["loc"][1:]), "problem": str(e["msg"])}
        for e in error.errors()
    ]
    first = problems[0]
    unusable = InvalidInput("Cannot use the field %(field)s.", field=first["field"])
    message = f"Cannot use {first['field'] or 'the request'}: {first['problem']}"
    return refusal(request, unusable.told(message, problems=problems))
