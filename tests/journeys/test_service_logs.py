"""Two real logs of services: what an independent process-mining tool (PM4Py 2.7) counts in them, counted here.

The data is not part of the project: POLKU_REAL_DATA says where it is (default: ../shared/data). The figures are that
tool's own; its gaps are of times cut to whole seconds, as ours are.
"""

from __future__ import annotations

import gzip
import os
import re
from datetime import datetime
from pathlib import Path

import pytest

from polku.journeys.asking.quantiles import quantiles, wanted
from polku.journeys.asking.scope import Scope
from polku.journeys.loops.loops import LoopsQuestion
from polku.journeys.paths.graph import FollowsQuestion, NarrowQuestion
from polku.journeys.variants.variants import PathsQuestion, VariantsQuestion, Whole
from polku.store import Block
from tests.journeys.journeys_of import NONE, Event, ask, block_of

FOLDER = Path(os.environ.get("POLKU_REAL_DATA", Path(__file__).parents[3] / "shared/data")) / "service_logs"
Log = tuple[list[Block], dict[str, int]]


def read(name: str) -> Log:
    """A log as blocks of a thousand cases, and the number of each activity."""
    file = FOLDER / name
    if not file.exists():
        pytest.skip(f"{file} is not there")
    activities: dict[str, int] = {}
    with gzip.open(file, "rt", encoding="utf-8") as log:
        cases = [
            [_event(e, activities) for e in trace.split("<event>")[1:]]
            for trace in log.read().split("<trace>")[1:]
        ]
    return [block_of(cases[i : i + 1000]) for i in range(0, len(cases), 1000)], activities


def _event(text: str, activities: dict[str, int]) -> Event:
    """Read with a pattern: a parser of XML takes half a minute."""
    told = dict(re.findall(r'key="(concept:name|time:timestamp)" value="([^"]*)"', text))
    number = activities.setdefault(told["concept:name"], len(activities))
    return int(datetime.fromisoformat(told["time:timestamp"]).timestamp()), number + 1, 1, NONE


@pytest.fixture(scope="module")
def helpdesk() -> Log:
    return read("Helpdesk.xes.gz")


@pytest.fixture(scope="module")
def loans() -> Log:
    """BPI Challenge 2012: applications for loans."""
    return read("BPI_Challenge_2012.xes.gz")


def pairs(log: Log) -> dict[tuple[str, str], int]:
    blocks, activities = log
    names = list(activities)
    found = ask(FollowsQuestion(scope_of(log)), *blocks)
    return {
        (names[a], names[b]): int(n) for a, b, n in zip(found.came, found.went, found.counts, strict=True)
    }


def scope_of(log: Log) -> Scope:
    return Scope(tuple(range(1, len(log[1]) + 1)))


def test_which_follows_which_at_a_helpdesk(helpdesk: Log) -> None:
    found = pairs(helpdesk)
    assert (len(found), sum(found.values())) == (55, 16_768)
    assert dict(sorted(found.items(), key=lambda p: -p[1])[:8]) == {
        ("Resolve ticket", "Closed"): 4558,
        ("Assign seriousness", "Take in charge ticket"): 4160,
        ("Take in charge ticket", "Resolve ticket"): 3563,
        ("Take in charge ticket", "Wait"): 1265,
        ("Wait", "Resolve ticket"): 773,
        ("Wait", "Take in charge ticket"): 558,
        ("Assign seriousness", "Assign seriousness"): 439,
        ("Assign seriousness", "Resolve ticket"): 258,
    }


def test_which_follows_which_in_applications(loans: Log) -> None:
    found = pairs(loans)
    assert (len(found), sum(found.values())) == (125, 249_113)
    assert dict(sorted(found.items(), key=lambda p: -p[1])[:6]) == {
        ("W_Completeren aanvraag", "W_Completeren aanvraag"): 38_004,
        ("W_Nabellen offertes", "W_Nabellen offertes"): 36_084,
        ("W_Nabellen incomplete dossiers", "W_Nabellen incomplete dossiers"): 18_475,
        ("A_SUBMITTED", "A_PARTLYSUBMITTED"): 13_087,
        ("A_PREACCEPTED", "W_Completeren aanvraag"): 7_367,
        ("O_CREATED", "O_SENT"): 7_030,
    }


@pytest.mark.parametrize(
    ("log", "came", "went", "times"),
    [
        ("helpdesk", "Resolve ticket", "Closed", [1_296_014, 1_296_020, 2_592_055, 3_283_550, 3_952_488]),
        ("helpdesk", "Assign seriousness", "Take in charge ticket", [14, 49, 21_844, 357_946, 1_209_262]),
        ("helpdesk", "Take in charge ticket", "Resolve ticket", [13, 146, 9_758, 278_244, 1_064_337]),
        ("loans", "W_Completeren aanvraag", "W_Completeren aanvraag", [16, 79, 510, 17_899, 82_731]),
        ("loans", "W_Nabellen offertes", "W_Nabellen offertes", [13, 76, 303, 168_171, 574_824]),
    ],
)
def test_how_long_it_takes(
    request: pytest.FixtureRequest, log: str, came: str, went: str, times: list[int]
) -> None:
    of: Log = request.getfixturevalue(log)
    blocks, activities = of
    scope, pair = scope_of(of), activities[came] * len(activities) + activities[went]
    found = ask(FollowsQuestion(scope), *blocks)
    at = [int(a) * scope.size + int(b) for a, b in zip(found.came, found.went, strict=True)].index(pair)
    bins = tuple(wanted(found.gaps[at]))
    rows = ask(NarrowQuestion(scope, (pair,), (bins,)), *blocks)
    told = quantiles(found.gaps[at], dict(zip(bins, rows, strict=True)))
    values = [q.estimate for q in (told.at_10, told.at_25, told.at_50, told.at_75, told.at_90)]
    assert values == pytest.approx(times, rel=0.002)


@pytest.mark.parametrize(
    ("log", "collapse", "different", "single", "most"),
    [
        ("helpdesk", False, 226, 135, 2366),
        ("helpdesk", True, 106, None, 2770),
        ("loans", False, 4366, 3754, 3429),
        ("loans", True, 1309, None, 3429),
    ],
)
def test_whole_paths(
    request: pytest.FixtureRequest, log: str, collapse: bool, different: int, single: int | None, most: int
) -> None:
    of: Log = request.getfixturevalue(log)
    blocks, activities = of
    whole = Whole(scope_of(of), longest=1_000, collapse=collapse)
    found = ask(VariantsQuestion(whole), *blocks)
    assert (found.different, found.profiles[0], found.cut) == (different, most, 0)
    assert single is None or found.single == single
    names = list(activities)
    path = ask(PathsQuestion(whole, found.hashes[:1]), *blocks)[0][0]
    assert [names[k] for k in path] == {
        "helpdesk": ["Assign seriousness", "Take in charge ticket", "Resolve ticket", "Closed"],
        "loans": ["A_SUBMITTED", "A_PARTLYSUBMITTED", "A_DECLINED"],
    }[log]


def test_what_is_done_again(helpdesk: Log, loans: Log) -> None:
    for log, expected in (
        (
            helpdesk,
            {"Take in charge ticket": 623, "Assign seriousness": 394, "Resolve ticket": 386, "Wait": 194},
        ),
        (loans, {"W_Completeren aanvraag": 7367, "W_Nabellen offertes": 5011, "W_Afhandelen leads": 4755}),
    ):
        found = ask(LoopsQuestion(scope_of(log)), *log[0])
        assert {name: int(found.again[log[1][name]]) for name in expected} == expected
