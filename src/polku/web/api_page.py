"""/api: what programs may ask, and how; made of the same description as /api/v1/openapi.json."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from polku.web.client import Origin
from polku.web.rendering import render
from polku.web.visitor import CurrentUser

PATH: Final = "/api"
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of an operation; `type` in the words of JSON Schema."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method, with a command that tries it."""

    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    takes_body: bool
    example: str

    @property
    def anchor(self) -> str:
        return f"{self.method}{self.path}".lower().replace("/", "-").replace("{", "").replace("}", "")


@router.get(PATH)
def show_api(request: Request, user: CurrentUser) -> Response:
    origin: Origin = request.app.state.origin
    settings = request.app.state.workspace.settings
    scheme = "https" if origin.is_https(request) else "http"
    base = settings.public_url.rstrip("/") or f"{scheme}://{request.headers.get('host', '')}"
    groups: dict[str, list[Operation]] = {}
    for operation in operations(request.app.openapi(), base):
        groups.setdefault(operation.path.split("/")[3], []).append(operation)
    return render(request, "web/api.html", groups=groups, base=base)


def operations(description: dict[str, Any], base: str) -> Iterator[Operation]:
    """What an OpenAPI description says can be done."""
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            parameters = tuple(_parameter(p) for p in told.get("parameters", ()) if p["in"] != "header")
            body = "requestBody" in told
            first_line = told.get("description", "").strip().partition("\n")[0]
            summary = first_line or told.get("summary", "")
            example = _example(method.upper(), base + path, parameters, body)
            yield Operation(method.upper(), path, summary, parameters, body, example)


def _parameter(raw: dict[str, Any]) -> Parameter:
    return Parameter(
        raw["name"], _type(raw["schema"]), raw.get("required", False), raw.get("description", "")
    )


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(t for t in map(_type, schema["anyOf"]) if t != "null")
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}))}, …"
    return str(schema.get("format") or schema.get("type", "any"))


def _example(method: str, url: str, parameters: tuple[Parameter, ...], body: bool) -> str:
    query = [
        f"{quote(p.name)}={p.name.upper()}" for p in parameters if p.required and f"{{{p.name}}}" not in url
    ]
    for p in parameters:
        url = url.replace(f"{{{p.name}}}", p.name.upper())
    asked = f"{url}?{'&'.join(query)}" if query else url
    how = "" if method == "GET" else f" -X {method}"
    sent = " -H 'Content-Type: application/json' -d @body.json" if body else ""
    return f"curl{how} -H \"Authorization: Bearer $POLKU_KEY\"{sent} '{asked}'"
