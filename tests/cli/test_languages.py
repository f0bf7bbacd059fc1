"""The command line in the user's language: nothing that a person reads there lacks Finnish, and JSON never has it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import pytest
from babel.messages.extract import extract_from_dir

from polku import cli, library
from polku.cli.headings import HEADINGS
from polku.cli.language import WORDS_OF_CLICK, chosen_language, teach_click
from polku.cli.main import root
from polku.collect.files import command as importing
from polku.i18n import LazyText, is_translated, use_language
from polku.lake import Built, LakeContents
from polku.store.lake.compacting import Compacted
from polku.store.lake.writing import Written
from polku.surveys.distribution.inviting import Invitations
from tests.commands import Ran

Run = Callable[..., Ran]

NOT_OURS = {
    "_termui_impl.py", "_winconsole.py", "shell_completion.py", "termui.py", "utils.py",
    "{name} {filename!r} does not exist.", "{name} {filename!r} is a file.", "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.", "{name} {filename!r} is not writable.",
    "{name} {filename!r} is not executable.", "file", "directory", "path", "Choice({choices})",
    "{value!r} is not a valid UUID.", "{value!r} is not a valid boolean. Recognized values: {states}",
    "{len_type} values are required, but {len_value} was given.", "Could not open file {filename!r}: {message}",
    "unknown error", "Confirm the action without prompting.", "Do you want to continue?", "deprecated",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}", "Value must be an iterable.",
    "Name '{name}' defined twice", "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Could not determine name for option with declarations {decls!r}",
    "No options defined but a name was passed ({name}). Did you mean to declare an argument instead? "
    "Did you mean to pass '--{name}'?",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
}  # fmt: skip
"""What click says only to programmers, or of what no command of ours has: files of its own and messages."""


@pytest.fixture
def finnish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "fi_FI.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fi_FI.UTF-8"}, "fi"),
        ({"LANG": "fi"}, "fi"),
        ({"LANG": "fil_PH.UTF-8"}, "en"),
        ({"LANG": "fi_FI.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fi_FI"}, "fi"),
        ({"LC_ALL": "", "LC_MESSAGES": "fi_FI.UTF-8"}, "fi"),
        ({"LANG": "fi_FI.UTF-8", "POLKU_LANGUAGE": "en"}, "en"),
        ({"LANG": "C", "POLKU_LANGUAGE": "fi"}, "fi"),
        ({"LANG": "fi_FI.UTF-8", "POLKU_LANGUAGE": "sv"}, "fi"),
    ],
)
def test_the_setting_wins_over_the_locale(
    environment: dict[str, str], language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert chosen_language(["journeys", "map"], environment) == language


@pytest.mark.parametrize(
    "arguments", [["serve", "--data", "D"], ["journeys", "map", "--data=D", "--json"], ["init", "D"]]
)
def test_a_data_folder_has_its_language(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "D").mkdir()
    (tmp_path / "D" / "polku.toml").write_text('language = "fi"\n')
    assert chosen_language(arguments, {"LANG": "en_GB.UTF-8"}) == "fi"
    assert chosen_language(arguments, {"POLKU_LANGUAGE": "en"}) == "en"
    assert chosen_language(["serve"], {"POLKU_DATA": "D"}) == "fi"
    assert chosen_language(["serve"], {}) == "en"
    (tmp_path / "D" / "polku.toml").write_text("language = [")
    assert chosen_language(arguments, {}) == "en"


def commands(
    command: click.Command, context: click.Context, name: str = "polku"
) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            assert inner is not None
            yield from commands(inner, click.Context(inner, parent=context, info_name=each), f"{name} {each}")


def helps() -> dict[str, str]:
    """Everything that help says of commands and options, by where it is said, in the language of this moment."""
    whole = root()
    found = {}
    for name, command in commands(whole, click.Context(whole, info_name="polku")):
        found[name] = command.help or ""
        found[f"{name} in a line"] = command.get_short_help_str(200)
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.help is not None:
                found[f"{name} {parameter.name}"] = parameter.help
    return found


def test_every_help_has_finnish() -> None:
    teach_click()
    with use_language("en"):
        english = helps()
    with use_language("fi"):
        finnish = helps()
    assert len(english) > 100
    assert all(english.values()), [k for k, v in english.items() if not v]
    same = {place for place, text in english.items() if finnish[place] == text}
    assert not same
    left = {
        p: t
        for p, t in finnish.items()
        if re.search(r"\b(the|of|default|only|how many|which)\b", t, re.IGNORECASE)
    }
    assert not left


def test_everything_that_click_says_to_users_has_finnish() -> None:
    known = {w.text if isinstance(w, LazyText) else w[0] for w in WORDS_OF_CLICK}
    said = {
        (name, message if isinstance(message, str) else message[0])
        for name, _, message, _, _ in extract_from_dir(Path(click.__file__).parent, [("**.py", "python")])
    }
    assert len(said) > 40
    new = {m for name, m in said if name not in NOT_OURS and m not in NOT_OURS} - known
    assert not new, "add these to WORDS_OF_CLICK, or to NOT_OURS if no command of ours can say them"
    assert known <= {m for _, m in said}, "click says this no longer"
    with use_language("fi"):
        assert not [w for w in known if not is_translated(w)]


def names_of(kind: Any, seen: set[Any]) -> Iterator[str]:
    """The fields of a result and of all within it."""
    if is_dataclass(kind) and kind not in seen:
        seen.add(kind)
        hints = get_type_hints(kind)
        for field in fields(kind):
            yield field.name
            yield from names_of(hints[field.name], seen)
    for inner in get_args(kind):
        yield from names_of(inner, seen)


def test_every_field_of_an_answer_has_a_heading() -> None:
    seen: set[Any] = set()
    told = [
        *(query.result_type() for query in library.QUERIES),
        Invitations,
        Written,
        Compacted,
        Built,
        LakeContents,
    ]
    named = {name for kind in told for name in names_of(kind, seen)}
    assert len(named) > 80
    assert named == set(HEADINGS)


@pytest.mark.usefixtures("finnish")
def test_an_answer_is_told_in_finnish(run: Run, shop: Path) -> None:
    told = run("journeys", "stages", "--data", shop)
    assert (told.code, told.err) == (0, "")
    assert re.search(r"^Asiakkaat \d+$", told.out, re.MULTILINE)
    for heading in ("Vaiheet", "Avain", "Tavoitettu", "Jatkaa"):
        assert heading in told.out
    assert re.search(r"0,\d+ ±0,\d+ \(n \d+\)", told.out)
    told = run("journeys", "funnel", "--steps", "cart", "--until", "2001-01-01", "--data", shop)
    assert re.search(r"Ostoskori \(cart\)\s+0\s+– \(ei", told.out)
    assert "never_occurs" not in told.out


def timeless(answer: Any) -> Any:
    """An answer without the moment it was made."""
    if isinstance(answer, dict):
        return {k: timeless(v) for k, v in answer.items() if k != "as_of"}
    return [timeless(v) for v in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize(
    "question",
    [["profiles", "timeline", "u-100001"], ["journeys", "stages"], ["rejected", "list"]],
    ids=" ".join,
)
def test_answers_in_json_are_the_same_in_every_language(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch, question: list[str]
) -> None:
    answers = []
    for locale in ("en_GB.UTF-8", "fi_FI.UTF-8"):
        monkeypatch.setenv("LC_ALL", locale)
        done = run(*question, "--data", shop, "--json")
        assert (done.code, done.err) == (0, "")
        answers.append(timeless(json.loads(done.out)))
    assert answers[0] == answers[1]


@pytest.mark.usefixtures("finnish")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["journeys", "map", "--sinze", "2026-01-01"], "Virhe: Valitsinta '--sinze' ei ole."),
        (
            ["journeys", "map", "--since", "yesterday"],
            "Kyselyn journeys/map kenttä ”since”: sen pitää olla päivä",
        ),
        (["journeys", "map", "--since", "2026-03-01", "--until", "2026-02-01"], "ennen kuin se alkaa"),
        (["journeys", "map", "--channel", "fax"], "Kanavaa ”fax” ei ole."),
        (["journeys", "funnel"], "Puuttuva valitsin '--steps'"),
        (
            ["journeys", "funnel", "--steps", "product_pag,cart"],
            "Tarkoititko: ”product_page”? Katso: polku touchpoints list",
        ),
        (["journeys", "funnel", "--steps", "cart", "--within", "soon"], "sen pitää olla ajan pituus"),
        (["profiles", "list", "--limit", "0"], "sen pitää olla vähintään 1 (annettu: '0')"),
        (["profiles", "list", "--sort", "age"], "sen pitää olla jokin näistä: last_seen, first_seen, events"),
        (
            ["profiles", "show", "nobody-has-this"],
            "ei ole tunnistetta ”nobody-has-this”. Etsi asiakasta haulla. Katso: polku profiles search TEXT",
        ),
        (["jurneys"], "Komentoa 'jurneys' ei ole."),
        (["serve", "--port", "0"], "ei ole välillä"),
        (["demo", "--until", "soon"], "'soon' ei ole muodossa '%Y-%m-%d'."),
        (["import"], "Puuttuva argumentti"),
        (["demo", "--customers", "100"], "on jo tapahtumia. Valitse esittelylle uusi kansio."),
    ],
)
def test_what_cannot_be_asked_is_told_in_finnish(
    run: Run, shop: Path, arguments: list[str], message: str
) -> None:
    given = arguments if arguments[0] in ("jurneys", "serve", "import") else [*arguments, "--data", str(shop)]
    done = run(*given)
    assert done.code in (1, 2)
    assert done.out == ""
    assert message in " ".join(done.err.split())
    assert not re.search(r"\b(Error|Try|Usage|Allowed|It takes|Did you mean)\b", done.err)


@pytest.mark.usefixtures("finnish")
def test_help_and_version_in_finnish(run: Run) -> None:
    told = run("--help").out
    assert told.startswith("Käyttö: polku")
    assert "kaikki kosketuspisteet, yksi polku asiakasta kohden" in told
    assert "Näyttää tämän ohjeen." in told
    assert "versio" in run("--version").out
    told = " ".join(run("profiles", "list", "--help").out.split())
    assert "Käyttö: polku profiles list [VALITSIMET]" in told
    assert "Kuinka monta asiakasta [oletus: 50]" in told
    assert "Datakansio [oletus: data]" in told


@pytest.mark.usefixtures("finnish")
def test_making_a_folder_speaks_finnish(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "uusi"
    assert run("init", folder).out.strip() == f"{folder} on valmis. Seuraavaksi: polku serve --data {folder}"
    (tmp_path / "file").write_text("x")
    told = run("init", tmp_path / "file").err
    assert told.startswith("polku: Datakansioon")
    assert "Polun pitää voida kirjoittaa sinne" in told
    assert run("journeys", "map", "--data", tmp_path / "nowhere").err.endswith(
        f"Tee sellainen: polku init {tmp_path / 'nowhere'}\n"
    )


def test_nothing_is_printed_that_did_not_go_through_gettext() -> None:
    files = [*Path(cli.__file__).parent.glob("*.py"), Path(importing.__file__)]
    bare = []
    for file in files:
        for call in (n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            shown = [k.value for k in call.keywords if k.arg in ("help", "label", "title", "short_help")]
            if name in ("echo", "print", "add_column", "add_task"):
                shown += call.args[:1]
            for value in shown:
                said = " ".join(c.value for c in _constants(value))
                if re.search("[a-zA-Z]", said.removeprefix("polku: ")):
                    bare.append(f"{file.name}:{call.lineno} {said}")
    assert len(files) > 8
    assert not bare


def _constants(node: ast.expr) -> Iterator[ast.Constant]:
    """The texts that stand in an argument itself, not in a call within it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    for part in node.values if isinstance(node, ast.JoinedStr) else ():
        yield from _constants(part)
