"""`polku.open`: the same answers from a folder and from the server that has it open; clear errors."""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import polku
from polku.errors import (
    FolderInUse,
    FolderTooNew,
    InvalidInput,
    NotFound,
    NotReady,
    PolkuError,
    UnknownTouchpoint,
)
from polku.stats import Estimate
from polku.store import FolderLock, announce
from tests.commands import Ran
from tests.folders import empty_folder
from tests.ports import free_port
from tests.server import serving

Run = Callable[..., Ran]

STEPS = ["product_page", "cart"]
QUESTIONS: dict[str, Callable[[polku.Polku], Any]] = {
    "map": lambda p: p.journeys.map(),
    "stages": lambda p: p.journeys.stages(),
    "graph": lambda p: p.journeys.graph(top=10),
    "funnel": lambda p: p.journeys.funnel(steps=STEPS, within=timedelta(days=30)),
    "volumes": lambda p: p.journeys.volumes(since="2026-03-01", until="2026-04-30"),
    "scores": lambda p: p.journeys.scores(by="month", touchpoints=["product_page"]),
    "sessions": lambda p: p.journeys.sessions(),
    "list": lambda p: p.profiles.list(),
    "search": lambda p: p.profiles.search("a"),
}
EXPORTS = ("parquet", "xes", "xes.gz")


def timeless(answer: Any) -> Any:
    """An answer without the moment it was made."""
    if is_dataclass(answer) and not isinstance(answer, type):
        return type(answer), {
            f.name: timeless(getattr(answer, f.name)) for f in fields(answer) if f.name != "as_of"
        }
    if isinstance(answer, tuple | list):
        return [timeless(a) for a in answer]
    return answer


def test_the_same_answers_from_the_folder_and_from_its_server(
    shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with polku.open(shop) as local:
        here = {name: ask(local) for name, ask in QUESTIONS.items()}
        exported = {form: local.export(tmp_path / f"here.{form}", since="2026-01-01") for form in EXPORTS}
        person = here["list"].rows[0].id if hasattr(here["list"], "rows") else None
    with serving(shop) as server, polku.open(shop) as remote:
        there = {name: _patiently(lambda ask=ask: ask(remote)) for name, ask in QUESTIONS.items()}
        for name in QUESTIONS:
            assert timeless(there[name]) == timeless(here[name]), name
            assert dataclasses.is_dataclass(there[name]) or isinstance(there[name], list | tuple)
        for form in EXPORTS:
            made = remote.export(tmp_path / f"there.{form}", since="2026-01-01")
            assert (made.events, made.customers) == (exported[form].events, exported[form].customers)
            assert made.file.read_bytes() == exported[form].file.read_bytes()
        _errors_are_the_same(remote)
        told = run("journeys", "stages", "--data", shop, "--json")
        assert (told.code, told.err) == (0, "")
        assert json.loads(told.out)["profiles"] == here["stages"].profiles
        monkeypatch.setenv("LC_ALL", "fi_FI.UTF-8")
        told = run("journeys", "funnel", "--steps", "nothing", "--data", shop)
        assert told.err == "polku: Kosketuspistettä ”nothing” ei ole. Katso: polku touchpoints list\n"
        second = run("serve", "--data", shop, "--port", free_port())
        assert second.code == 1
        assert "Traceback" not in second.err
        assert server.process.poll() is None
    assert person is None or person
    with polku.open(shop) as local:
        assert timeless(local.journeys.stages()) == timeless(here["stages"])


def _patiently(ask: Callable[[], Any]) -> Any:
    """Until kernels are ready; they compile in the background of a server that has just started."""
    until = time.monotonic() + 100
    while True:
        try:
            return ask()
        except PolkuError as e:
            if e.code != "not_ready" or time.monotonic() > until:
                raise
            time.sleep(0.2)


def _errors_are_the_same(remote: polku.Polku) -> None:
    with pytest.raises(PolkuError, match="Did you mean 'product_page'") as told:
        remote.journeys.funnel(steps=["product_pag", "cart"])
    assert (told.value.code, told.value.status) == ("unknown_touchpoint", 404)
    with pytest.raises(PolkuError, match="Unknown source 'Nobody'"):
        remote.export("nobody.xes", source="Nobody")
    with pytest.raises(InvalidInput, match="'within' of journeys/funnel"):
        remote.journeys.funnel(steps=STEPS, within="soon")


def test_what_is_there_can_be_found_by_hand(shop: Path) -> None:
    with polku.open(shop) as p:
        assert {"journeys", "profiles", "ask", "export", "close"} <= set(dir(p))
        assert {"map", "funnel", "graph"} <= set(dir(p.journeys))
        assert "steps" in str(p.journeys.funnel.__signature__)  # type: ignore[attr-defined]
        assert "in order" in (p.journeys.funnel.__doc__ or "")
        with pytest.raises(AttributeError, match=r"There are: .*journeys"):
            _ = p.jurneys
        with pytest.raises(AttributeError, match=r"There are: .*funnel"):
            _ = p.journeys.funel


def test_estimates_are_estimates(shop: Path) -> None:
    with polku.open(shop) as p:
        goes_on = p.journeys.stages().stages[0].goes_on
    assert isinstance(goes_on, Estimate)
    assert goes_on.low is not None
    assert goes_on.low <= goes_on.estimate <= goes_on.high


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"step": ["a"]}, r"'step.*' of journeys/funnel.*It takes: .*steps"),
        ({"steps": STEPS, "within": "1y"}, "'within' of journeys/funnel"),
        ({"steps": STEPS, "since": "2026-13-01"}, "'since' of journeys/funnel"),
    ],
)
def test_wrong_arguments_are_named(shop: Path, given: dict[str, Any], message: str) -> None:
    with polku.open(shop) as p, pytest.raises(InvalidInput, match=message):
        p.journeys.funnel(**given)


def test_more_arguments_than_are_taken(shop: Path) -> None:
    with polku.open(shop) as p, pytest.raises(InvalidInput, match=r"takes its arguments by name: .*steps"):
        p.journeys.funnel("a", "b", "c")


def test_unknown_touchpoint(shop: Path) -> None:
    with polku.open(shop) as p, pytest.raises(UnknownTouchpoint, match="Did you mean 'product_page'"):
        p.journeys.funnel(steps=["product_pag"])


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Make one: polku init"):
        polku.open(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_held_by_a_process_that_serves_nothing(tmp_path: Path) -> None:
    empty_folder(tmp_path)
    with FolderLock(tmp_path), pytest.raises(FolderInUse, match="Another process has"):
        polku.open(tmp_path)
    polku.open(tmp_path).close()


def test_what_a_killed_server_left_is_not_believed(tmp_path: Path) -> None:
    empty_folder(tmp_path)
    announce(tmp_path, "http://127.0.0.1:9", "token")
    with polku.open(tmp_path) as p:
        assert p.journeys.stages().profiles == 0


def test_a_copy_of_a_served_folder_is_not_the_served_one(shop: Path, tmp_path: Path) -> None:
    empty_folder(tmp_path / "served")
    with FolderLock(tmp_path / "served"):
        announce(tmp_path / "served", "http://127.0.0.1:9", "token")
        shutil.copytree(tmp_path / "served", tmp_path / "copy")
        with polku.open(tmp_path / "copy") as p:
            assert p.journeys.stages().profiles == 0
        with pytest.raises(NotReady, match=r"127\.0\.0\.1:9 does not answer"):
            polku.open(tmp_path / "served").journeys.stages()


def test_a_folder_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    empty_folder(tmp_path)
    manifest = tmp_path / "events" / "manifest.json"
    manifest.write_text('{"format": 99, "unheard": "of"}')
    for _ in range(2):
        with pytest.raises(FolderTooNew, match="Upgrade Polku"):
            polku.open(tmp_path)
    assert manifest.read_text() == '{"format": 99, "unheard": "of"}'
    manifest.unlink()
    polku.open(tmp_path).close()
