import pytest

from polku.i18n import current_language, gettext, lazy, ngettext, use_language


def test_speaks_the_language_of_the_moment():
    title = lazy("Settings")
    with use_language("fi"):
        assert (str(title), gettext("Saved.")) == ("Asetukset", "Tallennettu.")
    with use_language("en"):
        assert str(title) == "Settings"


def test_falls_back_to_english():
    with use_language("fi"):
        assert gettext("Nobody translated %(this)s", this="this") == "Nobody translated this"
    with use_language("sv"):
        assert current_language() == "en"


@pytest.mark.parametrize(
    ("num", "finnish"), [(0, "0 kenttää"), (1, "Yksi kenttä"), (2000, "2\u202f000 kenttää")]
)
def test_plurals(num, finnish):
    with use_language("fi"):
        text = ngettext("One field needs a correction.", "%(num)s fields need a correction.", num)
    assert text == f"{finnish} kaipaa korjausta."


def test_language_ends_with_its_block():
    before = current_language()
    with use_language("fi"), use_language("en"):
        assert current_language() == "en"
    assert current_language() == before
