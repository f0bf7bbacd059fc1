from conftest import ADMIN, post


def test_every_page_leads_to_set_up_until_it_is_done(client):
    for path in ("/", "/settings/users", "/login", "/nothing"):
        response = client.get(path)
        assert (response.status_code, response.headers["location"]) == (303, "/setup"), path


def test_set_up_logs_in_and_works_only_once(client):
    response = post(client, "/setup", ADMIN)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert "Anna Aalto" in client.get("/settings/account").text
    assert client.get("/setup").status_code == 404
    response = client.post("/setup", data={**ADMIN, "email": "evil@example.fi"})
    assert response.status_code == 403
