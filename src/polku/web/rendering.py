"""Templates to pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse

from polku import i18n
from polku.web import navigation
from polku.web.visitor import Visitor, visitor_of

PACKAGE: Final = Path(__file__).parent.parent
STATIC: Final = Path(__file__).parent / "static"
FLASH_COOKIE: Final = "polku_flash"

_form_token: ContextVar[str] = ContextVar("form_token", default="")  # macros see no context, only globals


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The page made by `template` (`slice/page.html`), a child of `web/base.html`.

    To htmx that asks for the element with id `some-part`, only the template's block `some_part` is sent,
    if it has one.
    """
    visitor = visitor_of(request)
    page = environment().get_template(template)
    _form_token.set(visitor.csrf_token)
    flash = request.cookies.get(FLASH_COOKIE, "")
    context = page.new_context({**_shell(request, visitor), "flash": unquote(flash), **values})
    block = page.blocks.get(_asked_block(request))
    text = "".join(block(context)) if block else page.render(context)
    response = HTMLResponse(text, status, headers={"Vary": "HX-Request, HX-Target, Cookie, Accept-Language"})
    if flash and not block:
        response.delete_cookie(FLASH_COOKIE)
    return response


def redirect(path: str, *, flash: str = "") -> RedirectResponse:
    """Go to a page of ours after a form was taken; `flash` is told there, once."""
    response = RedirectResponse(path, 303)
    if flash:
        response.set_cookie(FLASH_COOKIE, quote(flash), max_age=60, httponly=True, samesite="lax")
    return response


@cache
def environment() -> Environment:
    """Jinja with every slice's templates, our words and forms of numbers, and the macros as `ui`."""
    folders = sorted(PACKAGE.glob("*/templates"))
    env = Environment(
        loader=FileSystemLoader(folders),
        cache_size=-1,  # all of them
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.newstyle_gettext = True  # type: ignore[attr-defined]  # set by the i18n extension
    env.policies["ext.i18n.trimmed"] = True
    env.globals |= {"_": _gettext, "gettext": _gettext, "ngettext": _ngettext, "static": static}
    env.globals["form_token"] = _form_token.get
    formats: Mapping[str, Callable[..., str]] = {
        name: getattr(i18n, name)
        for name in ("number", "signed", "percent", "money", "day", "moment", "duration", "ago")
    }
    env.globals |= formats
    env.filters |= formats
    env.globals["ui"] = env.get_template("web/macros.html").module
    return env


def warm() -> None:
    """Compile every template: else the first visitor of each page waits a tenth of a second for it."""
    for name in environment().list_templates():
        environment().get_template(name)


@cache
def static(name: str) -> str:
    """The address of a static file, with its content's hash: browsers may keep it for ever."""
    file = STATIC / name
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "missing"
    return f"/static/{name}?v={mark}"


def _shell(request: Request, visitor: Visitor) -> dict[str, Any]:
    return {
        "request": request,
        "visitor": visitor,
        "user": visitor.user,
        "may": visitor.may,
        "csrf_token": visitor.csrf_token,
        "language": visitor.language,
        "languages": i18n.LANGUAGES,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "nav": navigation.items(role=visitor.role) if visitor.user else [],
        "tabs_of": lambda section: (
            navigation.items(section=section, role=visitor.role) if visitor.user else []
        ),
    }


def _asked_block(request: Request) -> str:
    headers = request.headers
    if "hx-request" not in headers or "hx-history-restore-request" in headers:
        return ""
    return headers.get("hx-target", "").rpartition("#")[2].replace("-", "_")  # `div#some-part`


def _gettext(text: str, /, **values: Any) -> Markup:
    return Markup(i18n.translate(text)) % values  # noqa: S704  our own words; values are escaped


def _ngettext(singular: str, plural: str, num: int, /, **values: Any) -> Markup:
    text = Markup(i18n.translate_plural(singular, plural, num))  # noqa: S704  as above
    return text % ({"num": i18n.number(num)} | {k: v for k, v in values.items() if k != "num"})
