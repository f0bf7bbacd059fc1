"""Visiting pages as a person with a browser does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
