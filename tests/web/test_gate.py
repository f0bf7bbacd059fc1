"""What keeps strangers out: a closed gate, tokens in forms, headers, cookies."""

import re

import pytest
from starlette.testclient import TestClient

from polku.errors import InvalidInput
from tests.databases import tables_in
from tests.web.visits import ADMIN, VILLE, log_in, paths, post, token_on


@pytest.fixture
def tables(tmp_path):
    """Nothing here depends on the kind of database."""
    database = tables_in(tmp_path)
    yield database
    database.close()


def test_strangers_see_nothing_but_the_door(admin):
    stranger = TestClient(admin.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    closed = [
        path
        for path in paths(admin.app)
        if not path.startswith(("/static", "/healthz", "/v1/", "/api/"))
        and path not in ("/login", "/preferences", "/setup")
    ]
    assert "/settings/users/1/close" in closed
    for path in closed:
        response = stranger.get(path)
        assert response.status_code == 303, path
        assert response.headers["location"].startswith("/login"), path
        assert "Anna" not in response.text
        assert stranger.post(path).status_code == 403, path
    assert stranger.get("/api/v1/openapi.json").status_code == 401
    assert "Anna" not in stranger.get("/login").text


def test_public_paths_look_after_themselves(client):
    response = client.post("/v1/track", content=b"{}")
    assert (response.status_code, response.text) == (200, "taken")


@pytest.mark.parametrize("token", [None, "", "0" * 64, "ä"])
def test_a_form_without_this_browser_s_token_is_refused(admin, token):
    data = {"name": "Evil", "language": "fi"} | ({} if token is None else {"csrf_token": token})
    assert admin.post("/settings/account", data=data).status_code == 403
    assert "Evil" not in admin.get("/settings/account").text


def test_a_token_is_of_one_session(admin, ville):
    data = {"name": "Evil", "language": "fi", "csrf_token": token_on(ville, "/settings/account")}
    assert admin.post("/settings/account", data=data).status_code == 403


def test_a_log_in_form_needs_its_token_too(admin):
    post(admin, "/logout", on="/settings/account")
    data = {"email": ADMIN["email"], "password": ADMIN["password"]}
    assert admin.post("/login", data=data).status_code == 403


def test_htmx_sends_the_token_as_a_header(admin):
    token = token_on(admin, "/settings/account")
    data = {"name": "Anna Aho", "language": "fi"}
    assert admin.post("/settings/account", data=data, headers={"X-CSRF-Token": token}).status_code == 303
    assert admin.post("/settings/account", data=data, headers={"X-CSRF-Token": "no"}).status_code == 403


def test_security_headers(admin):
    for path in ("/settings/account", "/nothing", "/broken", "/api/v1/whoami"):
        headers = admin.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
    assert admin.get("/static/tokens.css").headers["x-content-type-options"] == "nosniff"


def test_pages_have_no_inline_script(admin):
    for path in ("/settings/account", "/settings/users", "/style"):
        page = admin.get(path).text
        assert re.findall(r"<script(?![^>]* src=)", page) == []
        assert re.findall(r"\son\w+=", page) == []
        assert "<style" not in page


@pytest.mark.parametrize(
    ("settings", "headers", "secure"),
    [
        ({}, {}, False),
        ({"public_url": "https://polku.example.fi"}, {}, True),
        ({"trusted_proxies": "127.0.0.0/8"}, {"x-forwarded-proto": "https"}, True),
        ({"trusted_proxies": "10.0.0.1"}, {"x-forwarded-proto": "https"}, False),
    ],
)
def test_cookies_are_kept_to_us(make_client, settings, headers, secure):
    client = make_client(**settings)
    client.headers.update(headers)
    for cookie in client.get("/setup").headers.get_list("set-cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is secure
    assert ("strict-transport-security" in client.get("/setup").headers) is secure


def test_a_made_up_cookie_is_not_sent_back(client):
    response = client.get("/setup", headers={"cookie": 'polku_visitor="x\\015\\012Evil: 1"'})
    assert "Evil" not in str(response.headers)
    assert response.status_code == 200


def test_unusable_settings_are_told_at_the_start(make_client):
    with pytest.raises(InvalidInput, match="'trusted_proxies' cannot be read: 'my-proxy'"):
        make_client(trusted_proxies="my-proxy")
    with pytest.raises(InvalidInput, match="'public_url' cannot be 'polku"):
        make_client(public_url="polku.example.fi")


def test_only_an_administrator_sees_users(ville):
    for path in ("/settings/users", "/settings/users/1", "/style"):
        response = ville.get(path)
        assert response.status_code == 403, path
        assert "Anna" not in response.text
    assert "/settings/users" not in ville.get("/settings/account").text


@pytest.mark.parametrize("type_", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_larger_than_any_of_ours_is_not_read(admin, type_):
    """A stranger could fill memory or disk with it."""
    sent = 0

    def endless():
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
        while sent < 50 << 20:
            sent += 1 << 16
            yield b"a" * (1 << 16)

    stranger = TestClient(admin.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    answer = stranger.post("/login", content=endless(), headers={"Content-Type": type_})
    assert answer.status_code == 413


@pytest.mark.parametrize(("role", "size", "status"), [
    ("analyst", 2 << 20, 303), ("analyst", 3 << 20, 303), ("analyst", 6 << 20, 413), ("agent", 2 << 20, 413),
])  # fmt: skip
def test_files_come_where_they_may_as_large_as_they_may_by_who_may_bring_them(
    make_client, role, size, status
):
    house = make_client(uploads={"/account": 3 << 20})
    assert post(house, "/setup", ADMIN).status_code == 303
    person = VILLE | {"role": role}
    assert post(house, "/settings/users/new", person).status_code == 303
    client = TestClient(house.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert log_in(client, person).status_code == 303
    form = {"csrf_token": token_on(client, "/settings/account"), "name": "Ville", "language": "en"}
    answer = client.post("/settings/account", data=form, files={"file": ("a.csv", b"a" * size)})
    assert answer.status_code == status
    if status == 413:
        assert ("larger than 3 MB" if role == "analyst" else "at most 1024 KB") in answer.text


def test_nothing_is_told_of_requests_whatever_the_environment_says(make_client, monkeypatch):
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    app = make_client().app
    assert not app._native_telemetry.enabled()
    assert not app._telemetry["auto_configure"]
