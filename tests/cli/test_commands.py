"""The command line as its users meet it: what is listed, what is asked, what goes wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from polku import library
from polku.cli.main import COMMANDS, root
from tests.commands import Ran
from tests.server import POLKU

Run = Callable[..., Ran]
HEAVY = (
    "numpy",
    "pyarrow",
    "duckdb",
    "sqlalchemy",
    "pydantic",
    "fastapi",
    "scipy",
    "numba",
    "httpx",
    "polku.store",
)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"]])
def test_version_and_help_load_nothing_heavy(arguments: list[str]) -> None:
    told = f"import sys; sys.argv = ['polku', *{arguments!r}]\nfrom polku.cli import main\ntry: main()\nfinally: "
    told += f"print(*[m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=30
    )
    assert "polku" in done.stdout.lower()
    assert done.stderr.strip() == ""


def test_importing_polku_is_light() -> None:
    told = f"import sys, polku; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.strip() == ""


def test_help_says_of_each_command_what_the_command_says(run: Run) -> None:
    listed = run("--help").out
    whole = root()
    with click.Context(whole) as context:
        for name, (_, summary) in COMMANDS.items():
            command = whole.get_command(context, name)
            assert command is not None
            assert command.name == name
            assert (command.help or "").splitlines()[0] == str(summary)
            assert name in listed


def test_every_query_has_its_command() -> None:
    whole = root()
    with click.Context(whole) as context:
        for query in library.QUERIES:
            first, *rest = query.path.split("/")
            group = whole.get_command(context, first)
            assert isinstance(group, click.Group), f"'{first}' is missing in polku.cli.main.COMMANDS"
            command = group.commands["-".join(rest) or "list"]
            assert {p.name for p in command.params} == {*query.model_fields, "folder", "as_json"}


def test_init_makes_a_folder_and_says_what_comes_next(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    done = run("init", folder)
    assert (done.code, done.err) == (0, "")
    assert f"Next: polku serve --data {folder}" in done.out
    assert run("init", folder).code == 0, "once more does no harm"
    assert json.loads(run("journeys", "map", "--data", folder, "--json").out)["profiles"] == 0


def estimates(value: Any) -> list[dict[str, Any]]:
    """Every estimate within a JSON value."""
    if isinstance(value, list):
        return [e for v in value for e in estimates(v)]
    if not isinstance(value, dict):
        return []
    if "low" in value:
        return [value]
    return [e for v in value.values() for e in estimates(v)]


ASKED = [
    ("journeys", "map"),
    ("journeys", "stages"),
    ("journeys", "graph"),
    ("journeys", "funnel", "--steps", "product_page,cart", "--within", "30d"),
]


@pytest.mark.parametrize("question", ASKED, ids=" ".join)
def test_json_has_one_form_of_estimates(run: Run, shop: Path, question: tuple[str, ...]) -> None:
    done = run(*question, "--data", shop, "--json")
    assert (done.code, done.err) == (0, "")
    found = estimates(json.loads(done.out))
    assert found
    for e in found:
        assert set(e) == {"estimate", "low", "high", "n", "reason"}
        if e["estimate"] is None:
            assert (e["low"], e["high"]) == (None, None)
            assert e["reason"]
        else:
            assert e["low"] <= e["estimate"] <= e["high"]
            assert e["reason"] is None
    assert any(e["estimate"] is not None for e in found)


def test_every_query_without_required_arguments_is_answered_in_both_forms(run: Run, shop: Path) -> None:
    asked = [q for q in library.QUERIES if not any(f.is_required() for f in q.model_fields.values())]
    assert len(asked) > 5
    for query in asked:
        first, *rest = query.path.split("/")
        plain = run(first, "-".join(rest) or "list", "--data", shop)
        assert (plain.code, plain.err) == (0, ""), query.path
        json.loads(run(first, "-".join(rest) or "list", "--data", shop, "--json").out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["journeys", "map", "--sinze", "2026-01-01"], "No such option"),
        (["journeys", "map", "--since", "yesterday"], "'since' of journeys/map"),
        (["journeys", "map", "--since", "2026-02-30"], "'since' of journeys/map"),
        (["journeys", "map", "--since", "2026-03-01", "--until", "2026-02-01"], "Swap the two days"),
        (["journeys", "map", "--source", "Shopp"], "Unknown source 'Shopp'"),
        (["journeys", "map", "--channel", "fax"], "Unknown channel 'fax'. Allowed:"),
        (["journeys", "funnel"], "Missing option '--steps'"),
        (["journeys", "funnel", "--steps", "product_pag,cart"], "Did you mean 'product_page'?"),
        (["journeys", "funnel", "--steps", "cart", "--within", "soon"], "'within' of journeys/funnel"),
        (["profiles", "show", "nobody-has-this"], "nobody-has-this"),
        (["jurneys"], "No such command 'jurneys'"),
        (["serve", "--port", "0"], "0 is not in the range"),
    ],
)
def test_what_cannot_be_asked_is_told(run: Run, shop: Path, arguments: list[str], message: str) -> None:
    given = arguments if arguments[0] in ("jurneys", "serve") else [*arguments, "--data", str(shop)]
    done = run(*given)
    assert done.code in (1, 2)
    assert done.out == ""
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_folder_that_is_none(run: Run, tmp_path: Path) -> None:
    done = run("journeys", "map", "--data", tmp_path / "nowhere")
    assert done.code == 1
    assert f"Make one: polku init {tmp_path / 'nowhere'}" in done.err
    assert not (tmp_path / "nowhere").exists()


def test_events_are_exported_by_the_name_of_the_file(run: Run, shop: Path, tmp_path: Path) -> None:
    done = run("export", tmp_path / "log.xes.gz", "--data", shop, "--since", "2026-01-01")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(r".*log\.xes\.gz: [\d,]+ events of \d+ customers\.\n", done.out)
    assert (tmp_path / "log.xes.gz").read_bytes()[:2] == b"\x1f\x8b"
    again = run("export", tmp_path / "log.xes.gz", "--data", shop)
    assert (again.code, again.out) == (1, "")
    assert "already. Choose another name" in again.err
    assert "events.parquet, log.xes or log.xes.gz" in run("export", "events.csv", "--data", shop).err


def test_demo_does_not_mix_with_what_is_there(run: Run, shop: Path) -> None:
    done = run("demo", "--data", shop, "--customers", "100")
    assert done.code == 1
    assert "has events already. Choose a new folder" in done.err


def test_the_real_program(shop: Path) -> None:
    done = subprocess.run(
        [*POLKU, "journeys", "stages", "--data", str(shop), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["profiles"] > 0
