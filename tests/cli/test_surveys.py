"""`polku surveys`, as it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Ran

Run = Callable[..., Ran]
LSS = Path(__file__).parents[1] / "surveys/limesurvey/files/delivery_v6.lss"


def test_lists_and_prints_ready_ones(run: Run) -> None:
    assert "post-delivery" in run("surveys", "templates").out
    listed = json.loads(run("surveys", "templates", "--json").out)
    assert {"key", "name", "purpose", "tags"} == set(listed[0])
    assert json.loads(run("surveys", "templates", "nps").out)["title"]["fi"] == "Suosittelisitko meitä?"
    failed = run("surveys", "templates", "npss")
    assert failed.code == 1
    assert "'nps'" in failed.err


def test_checks_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "survey.json"
    file.write_text(run("surveys", "templates", "csat").out)
    told = json.loads(run("surveys", "check", file, "--json").out)
    assert told["valid"]
    assert told["questions"][0]["choices"] == [1, 2, 3, 4, 5]
    assert "satisfaction (rating)" in run("surveys", "check", file).out
    monkeypatch.setenv("POLKU_LANGUAGE", "fi")
    assert "Kieli fi: 100" in run("surveys", "check", file).out


def test_tells_the_faults_of_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "survey.json"
    file.write_text('{"elements": [{"type": "ratin", "name": "a"}]}')
    failed = run("surveys", "check", file)
    assert failed.code == 1
    assert "elements[0].type: there is no type 'ratin'. Did you mean 'rating'?" in failed.err
    failed = run("surveys", "check", file, "--json")
    assert failed.code == 1
    assert json.loads(failed.out)["faults"][0]["code"] == "unknown_type"
    assert run("surveys", "check", tmp_path / "none.json").code == 1


def test_converts_both_ways(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "survey.json"
    done = run("surveys", "convert", LSS, "--to", target)
    assert done.code == 0
    assert "odd.relevance" in done.err
    assert json.loads(target.read_text())["title"]["fi"] == "Toimituksen jälkeen"
    assert "<LimeSurveyDocType>Survey" in run("surveys", "convert", target).out
