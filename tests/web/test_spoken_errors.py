"""Whatever goes wrong on a Finnish page is told in Finnish; programs get English and a stable code."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import polku
from polku.errors import Conflict, InvalidInput, NotReady, PolkuError
from polku.i18n import is_translated, use_language
from polku.i18n.messages import raised
from polku.web.problems import ADVICE
from tests.databases import tables_in

OF_EXTRAS = ("polku.store.cluster", "polku.store.spark")
"""What can only be imported where an extra is installed; they make no kinds of errors."""
FOR_PROGRAMS = ("collect/segment.py", "collect/arrow_api.py")
"""Where errors are made that only programs get: what SDKs and imports send."""
TOLD_BY_A_SERVER = "PolkuError(told['message'])"
"""It is in words already."""


def kinds() -> Iterator[type[PolkuError]]:
    for module in pkgutil.walk_packages(polku.__path__, "polku."):
        if module.name in OF_EXTRAS:
            continue
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting = [PolkuError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("polku."):
            yield kind


def test_every_kind_of_error_has_a_title_and_a_next_step_in_finnish():
    codes = {k.code for k in kinds()} - {PolkuError.code}  # a fault of ours
    assert len(codes) > 15
    assert codes <= set(ADVICE), "add these to ADVICE in polku/web/problems.py"
    with use_language("fi"):
        untold = [str(t) for texts in ADVICE.values() for t in texts if not is_translated(t.text)]
    assert not untold


def test_every_message_that_a_page_or_the_command_line_may_show_is_written_out_so_that_it_is_translated():
    built = []
    for call, place in raised():
        name = ast.unparse(call.func)
        if place.startswith(FOR_PROGRAMS) or name == "UnknownTouchpoint":
            continue
        if ast.unparse(call) == TOLD_BY_A_SERVER:
            continue
        if name == "super().__init__" and ast.unparse(call.args[0]) == "self.message":
            continue  # PolkuError itself
        if name in (
            "InvalidDefinition",
            "LinkSpent",
            "AlreadyAnswered",
            "NoComments",
        ) or "OUTCOMES" in ast.unparse(call):
            continue  # made of faults, outcomes or columns, whose words are looked at where they are written
        if not isinstance(call.args[0], ast.Constant):
            built.append(f"{place} {ast.unparse(call)[:100]}")
    assert not built, "give the text with %(name)s, and values by name; see PolkuError:\n" + "\n".join(built)


def test_values_are_never_taken_for_placeholders():
    assert InvalidInput("A %(what)s.", what="50 % %(x)s").message == "A 50 % %(x)s."
    assert InvalidInput("100 %").message == "100 %"


@pytest.fixture
def tables(tmp_path):
    """Nothing here depends on the kind of database."""
    database = tables_in(tmp_path)
    yield database
    database.close()


@pytest.fixture
def failing(admin):
    """Pages and API that raise what is asked for; the administrator reads Finnish."""
    raising: list[PolkuError] = []

    def fail() -> None:
        raise raising[-1]

    admin.app.add_api_route("/fails", fail)
    admin.app.add_api_route("/api/v1/fails", fail)

    def visit(error: PolkuError, path: str = "/fails"):
        raising.append(error)
        return admin.get(path)

    return visit


def test_a_message_is_put_into_the_reader_s_language_with_its_values(failing):
    error = Conflict("A source called '%(name)s' exists already. Choose another name.", name="<b>50 %")
    page = failing(error)
    assert page.status_code == 409
    assert "Lähde nimeltä ”&lt;b&gt;50 %” on jo olemassa. Valitse toinen nimi." in page.text
    answer = failing(error, "/api/v1/fails").json()
    assert answer == {
        "code": "conflict",
        "message": "A source called '<b>50 %' exists already. Choose another name.",
        "details": {"name": "<b>50 %"},
    }


@pytest.mark.parametrize("kind", [InvalidInput, PolkuError, NotReady])
def test_a_message_without_finnish_is_not_shown_under_a_finnish_title(failing, kind):
    page = failing(kind("Nobody has put this into words."))
    assert page.status_code == kind.status
    assert "Nobody has" not in page.text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/settings/users?sort=age", 400, "Taulukkoa ei voi järjestää sarakkeen ”age” mukaan."),
        ("/settings/users?page=0", 400, "Kenttään ”page” ei käy ”0”."),
        ("/settings/users/99", 404, "Käyttäjää 99 ei ole."),
        ("/settings/users/abc", 400, "Kenttää user_id ei voi käyttää."),
    ],
)
def test_what_is_told_on_pages(admin, path, status, told):
    page = admin.get(path)
    assert page.status_code == status
    assert told in page.text
