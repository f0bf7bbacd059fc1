from typing import Annotated

import pytest
from pydantic import AfterValidator, Field
from starlette.datastructures import FormData

from polku.i18n import lazy, use_language
from polku.web.forms import Email, FieldError, Form, Name, Password, read_form


def _even(number: int) -> int:
    if number % 2:
        raise FieldError(lazy("Give a number."))
    return number


class Order(Form):
    name: Name
    email: Email = ""
    count: Annotated[int, Field(ge=1, le=10), AfterValidator(_even)] = 2
    share: float | None = None
    gift: bool = False
    tags: tuple[str, ...] = ()
    secret: Password = ""


def test_reads_values_and_defaults():
    posted = FormData(
        [
            ("name", "  Anna "),
            ("email", ""),
            ("count", "4"),
            ("gift", "on"),
            ("tags", "a"),
            ("tags", "b"),
            ("secret", " x "),
        ]
    )
    filled = read_form(Order, posted)
    assert filled.errors == {}
    assert filled.form == Order(name="Anna", count=4, gift=True, tags=("a", "b"), secret=" x ")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Täytä tämä."),
        ("name", "x" * 201, "Käytä enintään 200 merkkiä."),
        ("email", "a@b", "Anna sähköpostiosoite, esim. anna@example.fi."),
        ("email", "a b@example.fi", "Anna sähköpostiosoite, esim. anna@example.fi."),
        ("count", "0", "Anna vähintään 1."),
        ("count", "12", "Anna enintään 10."),
        ("count", "3", "Anna luku."),
        ("count", "two", "Anna kokonaisluku."),
        ("share", "a half", "Anna luku."),
        ("gift", "perhaps", "Tätä ei voi käyttää sellaisenaan."),
    ],
)
def test_errors_in_the_reader_s_words(field, value, says):
    with use_language("fi"):
        filled = read_form(Order, FormData({"name": "Anna"} | {field: value}))
    assert filled.form is None
    assert filled.errors == {field: says}


def test_a_form_can_be_refused_afterwards():
    filled = read_form(Order, FormData({"name": "Anna"}))
    filled.refuse("name", "Taken.")
    assert (filled.form, filled.errors) == (None, {"name": "Taken."})
