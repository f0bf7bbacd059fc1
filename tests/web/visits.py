"""Visiting pages as a person with a browser does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient

ADMIN = {
    "company": "Metsä Oy",
    "name": "Anna Aalto",
    "email": "anna@example.fi",
    "password": "polku vie perille",
    "language": "fi",
}
VILLE = {
    "name": "Ville Virtanen",
    "email": "ville@example.fi",
    "role": "analyst",
    "language": "en",
    "password": "toinen salasana",
}


def token_on(client: TestClient, path: str) -> str:
    return client.get(path).text.split('name="csrf_token" value="')[1].split('"')[0]


def post(client: TestClient, path: str, data: dict[str, str] | None = None, *, on: str = "") -> Any:
    """Send a form that stands on the page `on` (that at `path`, unless said otherwise)."""
    return client.post(path, data={"csrf_token": token_on(client, on or path), **(data or {})})


def log_in(client: TestClient, user: dict[str, str] = ADMIN, **more: str) -> Any:
    return post(client, "/login", {"email": user["email"], "password": user["password"], **more})


def paths(app: FastAPI) -> list[str]:
    """Every address of an application, with 1 where a value goes; those of its routers too."""
    found = []
    for route in app.routes:
        included = getattr(route, "original_router", None)
        prefix = route.include_context.prefix if included else ""
        found += [prefix + getattr(r, "path", "") for r in (included.routes if included else [route])]
    return [re.sub(r"\{.*?\}", "1", path) for path in found]
