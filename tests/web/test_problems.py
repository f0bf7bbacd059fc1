import pytest

from tests.databases import tables_in


@pytest.fixture
def tables(tmp_path):
    """Nothing here depends on the kind of database."""
    database = tables_in(tmp_path)
    yield database
    database.close()


def test_a_missing_page_says_what_to_do_in_the_reader_s_language(admin):
    response = admin.get("/ei-ole")
    assert response.status_code == 404
    assert "Sivua ei löydy" in response.text
    assert "valitse sivu valikosta" in response.text


def test_the_api_answers_in_json(admin):
    assert admin.get("/api/v1/nothing").json() == {
        "code": "not_found",
        "message": "There is nothing at /api/v1/nothing.",
        "details": {},
    }
    response = admin.get("/api/v1/touchpoint")
    assert response.status_code == 404
    assert response.json()["code"] == "unknown_touchpoint"
    assert "Did you mean 'checkout'?" in response.json()["message"]
    assert response.json()["details"] == {"name": "chekout"}


def test_a_wrong_parameter_is_named(admin):
    response = admin.get("/api/v1/whoami?limit=many")
    assert response.status_code == 400
    assert response.json()["code"] == "invalid_input"
    assert response.json()["message"].startswith("Cannot use limit:")
    assert admin.get("/settings/users/abc").status_code == 400


def test_a_fault_of_ours_tells_nothing(admin, caplog):
    page = admin.get("/broken")
    assert page.status_code == 500
    assert "Jokin meni vikaan" in page.text
    assert "RuntimeError" not in page.text
    assert "secret" not in page.text
    assert "page_failed method=GET path=/broken" in caplog.text
    answer = admin.get("/api/v1/broken")
    assert answer.status_code == 500
    assert set(answer.json()) == {"code", "message", "details"}
    assert "secret" not in answer.text


def test_wrong_method(admin):
    assert admin.get("/logout").status_code == 405
