import re

import pytest
from starlette.datastructures import QueryParams

from polku.errors import InvalidInput
from polku.i18n import lazy
from polku.web.listing import Column, Listing, TableRequest
from tests.databases import tables_in


@pytest.fixture
def tables(tmp_path):
    """Nothing here depends on the kind of database."""
    database = tables_in(tmp_path)
    yield database
    database.close()


NAME = Column(lazy("Name"), sort="name")
SCORE = Column(lazy("Score"), sort="score", numeric=True)


def read(query: str, **options) -> TableRequest:
    return TableRequest.read(
        QueryParams(query), path="/p", sorts=("name", "score"), **{"default": "name"} | options
    )


def test_reads_what_is_asked():
    wanted = read("sort=-score&page=3&size=25&channel=web")
    assert (wanted.sort, wanted.descending, wanted.offset, wanted.size) == ("score", True, 50, 25)
    assert wanted.link(page=4) == "/p?channel=web&sort=-score&page=4&size=25"
    assert read("", default="-score").descending


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sort=password_hash", "Cannot sort by 'password_hash'. Allowed: name, score"),
        ("sort=--name", "Cannot sort by '--name'"),
        ("page=0", "'page' cannot be '0'"),
        ("page=-1", "'page' cannot be '-1'"),
        ("page=1e3", "'page' cannot be '1e3'"),
        ("page=٣", "'page' cannot be '٣'"),
        ("page=99999999999999999999", "Allowed: whole numbers 1–10000"),
        ("size=201", "'size' cannot be '201'. Allowed: whole numbers 1–200"),
    ],
)
def test_refuses_what_is_not_allowed(query, says):
    with pytest.raises(InvalidInput, match=re.escape(says)):
        read(query)


def test_a_heading_sorts_and_sorts_back():
    wanted = read("sort=name&page=3")
    assert wanted.sort_link(NAME) == "/p?sort=-name&page=1&size=50"
    assert read("sort=-name").sort_link(NAME) == "/p?sort=name&page=1&size=50"
    assert wanted.sort_link(SCORE) == "/p?sort=-score&page=1&size=50"  # the greatest first
    assert [wanted.aria_sort(c.sort) for c in (NAME, SCORE)] == ["ascending", "none"]


@pytest.mark.parametrize(
    ("page", "total", "pages"),
    [
        (1, 0, [1]),
        (1, 50, [1]),
        (1, 51, [1, 2]),
        (1, 500, [1, 2, None, 10]),
        (5, 500, [1, None, 4, 5, 6, None, 10]),
        (3, 200, [1, 2, 3, 4]),
    ],
)
def test_pages_to_choose_from(page, total, pages):
    assert list(Listing((NAME,), [], total, read(f"page={page}")).near_pages()) == pages


def test_the_server_sorts_and_htmx_gets_the_table_alone(admin):
    def scores(query: str, **headers: str) -> list[str]:
        text = admin.get(f"/style?{query}", headers=headers).text
        return re.findall(
            r'class="estimate[^>]*>([+−\d–]+)<', text.split('id="style-table"')[1].split("</table>")[0]
        )

    assert scores("sort=-score") == ["+52", "+41", "+34", "+8", "−4"]
    assert scores("sort=-score&page=2")[0] == "−12"
    part = admin.get("/style?sort=-score", headers={"HX-Request": "true", "HX-Target": "style-table"})
    assert part.text.strip().startswith('<div id="style-table"')
    assert "<html" not in part.text
    assert "HX-Target" in part.headers["vary"]
    unknown = admin.get("/style", headers={"HX-Request": "true", "HX-Target": "elsewhere"})
    assert "<html" in unknown.text
    assert admin.get("/style?sort=secret").status_code == 400
    assert admin.get("/settings/users?sort=password_hash").status_code == 400
