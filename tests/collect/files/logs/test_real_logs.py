"""Real logs, against numbers that another program gives (r4pm 0.6.2, read into its own tables).

The data is not part of the project: POLKU_REAL_DATA says where it is (default: ../shared/data).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from polku import journeys
from polku.collect.files import import_logs
from polku.collect.files.target import LocalTarget
from polku.library import QUERIES, open_workspace
from polku.settings import read_settings
from polku.workspace import Workspace
from tests.folders import empty_folder

DATA = Path(os.environ.get("POLKU_REAL_DATA", Path(__file__).parents[4].parent / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Golden:
    """What r4pm says of a log."""

    name: str
    cases: int
    events: int
    activities: int
    classes: int  # activity and life cycle transition
    follow: int  # pairs of events that follow each other
    pairs: int  # of activities that follow each other
    most: tuple[tuple[str, str, int], ...]


BPI_2012 = Golden(
    "BPI_Challenge_2012.xes.gz", 13_087, 262_200, 24, 36, 249_113, 125,
    (
        ("W_Completeren aanvraag", "W_Completeren aanvraag", 38_004),
        ("W_Nabellen offertes", "W_Nabellen offertes", 36_084),
        ("W_Nabellen incomplete dossiers", "W_Nabellen incomplete dossiers", 18_475),
        ("A_SUBMITTED", "A_PARTLYSUBMITTED", 13_087),
    ),
)  # fmt: skip
HELPDESK = Golden(
    "Helpdesk.xes.gz", 4_580, 21_348, 14, 14, 16_768, 55,
    (
        ("Resolve ticket", "Closed", 4_558),
        ("Assign seriousness", "Take in charge ticket", 4_160),
        ("Take in charge ticket", "Resolve ticket", 3_563),
        ("Take in charge ticket", "Wait", 1_265),
    ),
)  # fmt: skip


@pytest.mark.parametrize("golden", [BPI_2012, HELPDESK], ids=lambda g: g.name)
def test_a_real_log_is_what_another_program_says(golden: Golden, tmp_path: Path):
    file = DATA / "service_logs" / golden.name
    if not file.exists():
        pytest.skip(f"no real data: {file} does not exist (POLKU_REAL_DATA says where it is)")
    with open_workspace(read_settings(empty_folder(tmp_path / "data"))) as workspace:
        target = LocalTarget(workspace.store, workspace.db, journeys.install_plans)
        first = import_logs([file], target)
        assert (first.rejected, first.notes) == (0, [])
        assert first.events[0].accepted == golden.events
        assert first.events[1].accepted == golden.cases, "every trace of these has attributes"
        assert first.touchpoints_added == len(first.touchpoints) == golden.activities
        _compare(golden, workspace)
        if golden is HELPDESK:  # the smaller one is enough
            again = import_logs([file], target)
            assert (again.accepted, again.rejected, again.touchpoints_added) == (0, 0, 0)


def _compare(golden: Golden, workspace: Workspace) -> None:
    counted = workspace.store.snapshot.sql(
        "SELECT count(DISTINCT user_id) AS cases, count(*) FILTER (type = 1) AS events, "
        "count(DISTINCT name) FILTER (type = 1) AS activities, "
        "count(DISTINCT (name, properties ->> 'lifecycle:transition')) FILTER (type = 1) AS classes FROM events"
    ).to_pylist()[0]
    assert counted == {
        "cases": golden.cases, "events": golden.events, "activities": golden.activities, "classes": golden.classes,
    }  # fmt: skip
    assert workspace.engine.refresh().profiles == golden.cases
    graph = next(q for q in QUERIES if q.path == "journeys/graph").of({"top": 10_000}).answer(workspace)
    assert graph.total == golden.follow
    told = [(t.came.name_en, t.went.name_en, t.count) for t in graph.transitions]
    assert tuple(told[: len(golden.most)]) == golden.most
    assert len(told) <= golden.pairs, "rarer than five are not told"
