import pytest

from polku.web.languages import choose_language
from tests.databases import tables_in
from tests.web.visits import post


@pytest.fixture
def tables(tmp_path):
    """Nothing here depends on the kind of database."""
    database = tables_in(tmp_path)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("chosen", "accept", "default", "language"),
    [
        ("en", "fi", "fi", "en"),
        ("", "fi-FI,fi;q=0.9,en;q=0.8", "en", "fi"),
        ("", "sv-SE, en-GB;q=0.3, fi;q=0.7", "en", "fi"),
        ("", "en;q=0, fi;q=0.1", "en", "fi"),
        ("", "de", "fi", "fi"),
        ("xx", "", "en", "en"),
        ("", "fi;q=nonsense, en", "fi", "en"),
        ("", ",;q=,", "xx", "en"),
    ],
)
def test_choice_then_browser_then_setting(chosen, accept, default, language):
    assert choose_language(chosen, accept, default) == language


def test_a_visitor_changes_language_and_theme(client):
    assert '<html lang="fi">' in client.get("/setup", headers={"accept-language": "de"}).text
    post(client, "/preferences", {"language": "en", "theme": "dark"}, on="/setup")
    page = client.get("/setup", headers={"accept-language": "fi"}).text
    assert '<html lang="en" data-theme="dark">' in page


def test_a_user_s_language_follows_to_every_browser(admin, make_client):
    from tests.web.visits import log_in

    post(admin, "/preferences", {"language": "en"}, on="/settings/account")
    other = make_client()
    log_in(other)
    assert '<html lang="en">' in other.get("/settings/account", headers={"accept-language": "fi"}).text
