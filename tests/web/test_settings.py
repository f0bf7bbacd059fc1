from tests.web.visits import ADMIN, VILLE, log_in, post


def test_a_user_changes_name_and_language(admin):
    response = post(admin, "/settings/account", {"name": "Anna Aho", "language": "en"})
    assert response.status_code == 303
    page = admin.get("/settings/account").text
    assert "Anna Aho" in page
    assert '<html lang="en">' in page
    assert "Saved." in page
    assert "Saved." not in admin.get("/settings/account").text  # told once


def test_a_password_change_logs_out_other_browsers(admin, make_client):
    other = make_client()
    log_in(other)
    path = "/settings/account/password"
    wrong = post(admin, path, {"current": "väärä", "new": "uusi salasana"}, on="/settings/account")
    assert wrong.status_code == 422
    assert "Tämä ei ole nykyinen salasanasi." in wrong.text
    right = {"current": ADMIN["password"], "new": "  uusi salasana  "}
    assert post(admin, path, right, on="/settings/account").status_code == 303
    assert admin.get("/settings/account").status_code == 200
    assert other.get("/settings/account").status_code == 303
    assert log_in(other).status_code == 422
    assert log_in(other, ADMIN | {"password": "uusi salasana"}).status_code == 422
    assert log_in(other, ADMIN | {"password": "  uusi salasana  "}).status_code == 303  # blanks count


def test_the_current_password_cannot_be_guessed_from_an_open_session(admin):
    for _ in range(5):
        post(
            admin,
            "/settings/account/password",
            {"current": "arvaus", "new": "uusi salasana"},
            on="/settings/account",
        )
    right = {"current": ADMIN["password"], "new": "uusi salasana"}
    assert post(admin, "/settings/account/password", right, on="/settings/account").status_code == 429


def test_a_session_elsewhere_can_be_ended(admin, make_client):
    other = make_client()
    log_in(other)
    page = admin.get("/settings/account").text
    ends = [part.split('"')[0] for part in page.split('action="/settings/account/sessions/')[1:]]
    assert len(ends) == 1  # the other one: this browser logs out by its own button
    post(admin, f"/settings/account/sessions/{ends[0]}", on="/settings/account")
    assert other.get("/settings/account").status_code == 303
    assert admin.get("/settings/account").status_code == 200


def test_nobody_ends_another_user_s_session(admin, ville, database):
    from polku.web.tables import UserSession

    with database.session(read_only=True) as session:
        of_ville = session.query(UserSession).filter_by(user_id=2).one().token_hash
    post(admin, f"/settings/account/sessions/{of_ville}/end", on="/settings/account")
    assert ville.get("/settings/account").status_code == 200


def test_an_address_is_of_one_user(admin):
    assert post(admin, "/settings/users/new", VILLE).status_code == 303
    again = post(admin, "/settings/users/new", VILLE | {"email": "VILLE@example.fi"})
    assert again.status_code == 422
    assert "Tällä sähköpostiosoitteella on jo käyttäjä." in again.text


def test_an_administrator_edits_a_user(admin, ville):
    change = {"name": "Ville V.", "role": "agent", "password": "kolmas salasana"}
    assert post(admin, "/settings/users/2", change).status_code == 303
    assert "Ville V." in admin.get("/settings/users").text
    assert ville.get("/settings/account").status_code == 303
    assert log_in(ville, VILLE | {"password": "kolmas salasana"}).status_code == 303
    assert post(admin, "/settings/users/2", {"name": "", "role": "boss"}).status_code == 422
    assert admin.get("/settings/users/99").status_code == 404


def test_the_last_administrator_stays(admin):
    demoted = post(admin, "/settings/users/1", {"name": "Anna", "role": "agent"})
    assert demoted.status_code == 409
    assert "Tämä on ainoa pääkäyttäjä" in demoted.text
    assert post(admin, "/settings/users/1/close", on="/settings/users/1").status_code == 409
    post(admin, "/settings/users/new", VILLE | {"role": "admin"})
    assert post(admin, "/settings/users/1", {"name": "Anna", "role": "agent"}).status_code == 303


def test_what_a_user_typed_is_only_text(admin):
    evil = "<script>alert(1)</script>"
    post(admin, "/settings/users/new", VILLE | {"name": evil})
    assert post(admin, "/settings/users/2/close", on="/settings/users/2").status_code == 303
    page = admin.get("/settings/users").text
    assert evil not in page
    assert page.count("&lt;script&gt;") >= 2  # in the table and in the message


def test_a_user_number_beyond_all_is_no_fault_of_ours(admin):
    assert admin.get(f"/settings/users/{10**30}").status_code == 400
