import re

from starlette.testclient import TestClient

from polku.web.tables import ApiKey
from tests.web.visits import post

PATH = "/settings/api-keys"


def make_key(admin):
    response = post(admin, PATH, {"name": "Myyntiraportti"})
    assert response.status_code == 201
    return re.search(r"polku_[\w-]{43}", response.text)[0]


def program(admin, key):
    """A program, which has no cookies."""
    headers = {"authorization": f"Bearer {key}"}
    return TestClient(admin.app, base_url="http://127.0.0.1:8000", follow_redirects=False, headers=headers)


def test_a_key_is_shown_once_and_kept_as_a_hash(admin, database):
    key = make_key(admin)
    page = admin.get(PATH).text
    assert key not in page
    assert f"{key[:10]}…" in page
    with database.session(read_only=True) as session:
        assert key not in vars(session.query(ApiKey).one()).values()


def test_a_key_works_on_the_api_only(admin):
    caller = program(admin, make_key(admin))
    assert caller.get("/api/v1/whoami").json() == {"email": "anna@example.fi"}
    assert caller.post("/api/v1/change").json() == {"changed_by": "anna@example.fi"}
    assert caller.get("/settings/account").headers["location"].startswith("/login")
    assert caller.post("/settings/account", data={"name": "Evil"}).status_code == 403


def test_a_revoked_or_invented_key_does_not_work(admin):
    key = make_key(admin)
    caller = program(admin, key)
    assert caller.get("/api/v1/whoami").status_code == 200
    assert "juuri äsken" in admin.get(PATH).text
    assert post(admin, f"{PATH}/1/revoke", on=PATH).status_code == 303
    response = caller.get("/api/v1/whoami")
    assert response.status_code == 401
    assert response.json()["code"] == "not_allowed"
    assert "Authorization: Bearer" in response.json()["message"]
    assert program(admin, "polku_nothing").get("/api/v1/whoami").status_code == 401
    assert post(admin, f"{PATH}/1/revoke", on=PATH).status_code == 404


def test_a_key_of_a_closed_user_does_not_work(admin, ville, database):
    key = make_key(admin)
    with database.session() as session:
        session.query(ApiKey).one().user_id = 2
    assert program(admin, key).get("/api/v1/whoami").json() == {"email": "ville@example.fi"}
    post(admin, "/settings/users/2/close", on="/settings/users/2")
    assert program(admin, key).get("/api/v1/whoami").status_code == 401


def test_a_browser_may_read_the_api_but_changes_need_the_token(admin):
    assert admin.get("/api/v1/whoami").json() == {"email": "anna@example.fi"}
    assert admin.post("/api/v1/change").status_code == 403


def test_before_the_first_key_one_reads_how_it_is_sent(admin):
    assert "Authorization: Bearer …" in admin.get(PATH).text
    make_key(admin)
    assert "Authorization: Bearer …" not in admin.get(PATH).text


def test_what_a_key_may_do_is_explained_beside_the_choice(admin):
    page = admin.get(PATH).text
    hint = re.search(r'<select id="f-role" name="role" aria-describedby="([\w-]+)"', page)
    assert hint, "the choice is not tied to its hint"
    said = re.search(f'id="{hint[1]}">([^<]*)<', page)
    assert said
    assert said[1].startswith("Anna avaimelle")
