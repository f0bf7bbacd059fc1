import re

import pytest

from polku.web import store
from tests.web.visits import ADMIN, post


def test_every_page_leads_to_set_up_until_it_is_done(client):
    for path in ("/", "/settings/users", "/login", "/nothing"):
        response = client.get(path)
        assert (response.status_code, response.headers["location"]) == (303, "/setup"), path
    assert client.get("/api/v1/whoami").status_code == 401
    assert client.get("/healthz").text == "ok"


def test_set_up_logs_in_and_works_only_once(client):
    response = post(client, "/setup", ADMIN)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    account = client.get("/settings/account").text
    assert "Anna Aalto" in account
    assert "Polku on valmis käytettäväksi." in account
    assert client.get("/setup").status_code == 404
    again = post(client, "/setup", {**ADMIN, "email": "evil@example.fi"}, on="/settings/account")
    assert again.status_code == 404
    assert "evil@example.fi" not in client.get("/settings/users").text


def test_two_at_once_set_up_only_one(client, database, monkeypatch):
    """The page was open in two browsers; the database decides."""
    post(client, "/setup", ADMIN)
    monkeypatch.setattr("polku.web.entrance._refuse_second_setup", lambda request: None)
    response = post(client, "/setup", {**ADMIN, "email": "evil@example.fi"}, on="/settings/account")
    assert response.status_code == 409
    with database.session(read_only=True) as session:
        assert store.open_user_by_email(session, "evil@example.fi") is None


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("company", "  ", "Täytä tämä."),
        ("email", "anna", "Anna sähköpostiosoite"),
        ("password", "lyhyt", "Käytä vähintään 10 merkkiä."),
        ("language", "xx", "Valitse jokin näistä."),
    ],
)
def test_errors_stand_beside_their_fields(client, field, value, says):
    client.headers["accept-language"] = "fi"
    response = post(client, "/setup", {**ADMIN, field: value})
    assert response.status_code == 422
    error = re.search(rf'id="f-{field}-error">.*?</p>', response.text, re.S)
    assert error
    assert says in error[0]
    tag = re.search(rf'<(?:input|select) id="f-{field}"[^>]*>', response.text)
    assert tag
    assert 'aria-invalid="true"' in tag[0]
    assert f"f-{field}-error" in tag[0]
    assert ADMIN["password"] not in response.text
    if field != "company":
        assert 'value="Metsä Oy"' in response.text


@pytest.mark.parametrize(
    ("at", "settings", "headers"),
    [
        ("http://192.0.2.1", {"host": "0.0.0.0"}, {}),  # others reach us
        ("https://polku.example.fi", {"public_url": "https://polku.example.fi"}, {}),  # a proxy brings them
        ("http://127.0.0.1", {}, {"x-forwarded-for": "203.0.113.9"}),  # a proxy that we were not told of
        ("http://evil.example", {}, {}),  # a page that points its own name at 127.0.0.1
    ],
)
def test_set_up_from_elsewhere_asks_for_the_code(make_client, at, settings, headers):
    client = make_client(at=at, **settings)
    client.headers.update(headers)
    assert "f-code" in client.get("/setup").text
    assert post(client, "/setup", ADMIN).status_code == 422
    assert post(client, "/setup", {**ADMIN, "code": "AAAA-AAAA-AAAA"}).status_code == 422
    code = client.app.state.setup_code
    assert post(client, "/setup", {**ADMIN, "code": code.lower()}).status_code == 303


def test_the_code_cannot_be_guessed_for_long(make_client):
    client = make_client(host="0.0.0.0")
    statuses = [post(client, "/setup", {**ADMIN, "code": f"GUESS-{n}"}).status_code for n in range(51)]
    assert statuses == [422] * 50 + [429]
    assert post(client, "/setup", {**ADMIN, "code": client.app.state.setup_code}).status_code == 429


def test_a_code_of_the_server_s_own_making_works_in_any_case(make_client):
    client = make_client(host="0.0.0.0")
    client.app.state.setup_code = "aB3-xYz_9Q"
    assert post(client, "/setup", {**ADMIN, "code": "ab3-XYZ_9q"}).status_code == 303


def test_on_this_machine_no_code_is_asked(make_client):
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert "f-code" not in make_client(at=f"http://{host}").get("/setup").text
