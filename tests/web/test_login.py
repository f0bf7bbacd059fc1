from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from polku.web.tables import UserSession
from tests.web.visits import ADMIN, VILLE, log_in, post


@pytest.fixture
def visitor(admin):
    """The administrator's browser after logging out."""
    assert post(admin, "/logout", on="/settings/account").status_code == 303
    return admin


def test_the_right_password_leads_to_where_one_was_going(visitor):
    sent_away = visitor.get("/settings/users?sort=-name&page=1")
    assert sent_away.headers["location"] == "/login?next=%2Fsettings%2Fusers%3Fsort%3D-name%26page%3D1"
    assert 'value="/settings/users?sort=-name&amp;page=1"' in visitor.get(sent_away.headers["location"]).text
    response = log_in(visitor, next="/settings/users?sort=-name&page=1")
    assert (response.status_code, response.headers["location"]) == (303, "/settings/users?sort=-name&page=1")
    assert visitor.get("/settings/users").status_code == 200


@pytest.mark.parametrize("wrong", [{"password": "väärä salasana"}, {"email": "nobody@example.fi"}])
def test_a_wrong_password_and_a_wrong_address_look_the_same(visitor, wrong):
    response = log_in(visitor, ADMIN | wrong)
    assert response.status_code == 422
    assert "Sähköpostiosoite tai salasana on väärä." in response.text
    assert visitor.get("/settings/users").status_code == 303


def test_the_address_may_be_typed_in_any_case(visitor):
    assert log_in(visitor, ADMIN | {"email": " Anna@Example.FI "}).status_code == 303


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_log_in_leads_to_no_other_site(visitor, evil):
    assert log_in(visitor, next=evil).headers["location"] == "/"
    assert visitor.get("/login", params={"next": evil}).headers["location"] == "/"
    response = post(visitor, "/preferences", {"theme": "dark", "next": evil}, on="/settings/account")
    assert response.headers["location"] == "/"


def test_guessing_is_stopped_for_that_address_only(visitor, make_client):
    for _ in range(5):
        assert log_in(visitor, ADMIN | {"password": "väärä salasana"}).status_code == 422
    stopped = log_in(visitor)
    assert stopped.status_code == 429
    assert 0 < int(stopped.headers["retry-after"]) <= 15 * 60 + 1
    proxied = make_client(trusted_proxies="127.0.0.1")
    proxied.headers["x-forwarded-for"] = "203.0.113.9"
    assert log_in(proxied).status_code == 303


def test_log_out_ends_the_session_at_the_server(admin):
    cookie = admin.cookies["polku_session"]
    post(admin, "/logout", on="/settings/account")
    admin.cookies.clear()
    admin.cookies.set("polku_session", cookie)
    assert admin.get("/settings/account").headers["location"].startswith("/login")


def test_a_session_ends_after_30_days_without_use(admin, database):
    def last_used(ago: timedelta) -> None:
        with database.session() as session:
            session.execute(update(UserSession).values(seen_at=datetime.now(UTC) - ago))

    last_used(timedelta(days=29))
    response = admin.get("/settings/account")
    assert response.status_code == 200
    assert "polku_session=" in response.headers["set-cookie"]  # prolonged
    assert "polku_session" not in admin.get("/settings/account").headers.get("set-cookie", "")
    last_used(timedelta(days=30, seconds=1))
    assert admin.get("/settings/account").status_code == 303


def test_only_hashes_are_kept(admin, database):
    with database.session(read_only=True) as session:
        kept = session.query(UserSession).one()
    assert admin.cookies["polku_session"] not in vars(kept).values()
    assert len(kept.token_hash) == 64


def test_a_closed_account_is_logged_out_at_once(admin, ville):
    assert ville.get("/settings/account").status_code == 200
    post(admin, "/settings/users/2/close", on="/settings/users/2")
    assert ville.get("/settings/account").status_code == 303
    assert log_in(ville, VILLE).status_code == 422
    post(admin, "/settings/users/2/reopen", on="/settings/users/2")
    assert log_in(ville, VILLE).status_code == 303
