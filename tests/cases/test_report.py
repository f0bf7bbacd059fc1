"""How cases are dealt with: counted by hand, with those that go on, and what was no case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from polku.cases.report import Handled, figures, reported

HELSINKI = ZoneInfo("Europe/Helsinki")
START = datetime(2026, 3, 2, 10, tzinfo=UTC)
H = timedelta(hours=1)
NOW = START + 100 * H


def case(closed_h: float | None, contact_h: float | None = None, **more: object) -> Handled:
    """Opened at the start, due after 48 hours, closed and contacted so many hours after."""
    given = {
        "rule": "R", "owner": "Aino", "touchpoint": "delivery", "opened_at": START, "due_at": START + 48 * H,
        "first_contact_at": None if contact_h is None else START + contact_h * H,
        "closed_at": None if closed_h is None else START + closed_h * H,
        "outcome": "" if closed_h is None else "solved", "satisfied": None,
    }  # fmt: skip
    return Handled(**(given | more))  # type: ignore[arg-type]


def test_by_hand() -> None:
    seen = [case(10, 2), case(20, 4), case(30, 6), case(40, 8), case(60, 50), case(None, 1), case(None)]
    found = figures("all", seen, NOW)
    assert (found.opened, found.closed, found.active, found.overdue) == (7, 5, 2, 2)
    assert (found.in_time.estimate, found.in_time.n) == (4 / 7, 7)
    assert found.close_median.estimate == 40 * 3600, "the fourth of seven"
    assert (found.close_median.n, found.close_median.ended) == (7, 5)
    assert found.close_90.reason == "not_reached"
    assert found.contact_median.estimate == 6 * 3600


def test_the_open_ones_do_not_let_the_quick_ones_flatter() -> None:
    quick = [case(h) for h in (1, 2, 3, 4, 5)]
    assert figures("", quick, NOW).close_median.estimate == 3 * 3600
    slow = [case(None)] * 6
    told = figures("", [*quick, *slow], NOW).close_median
    assert (told.estimate, told.reason, told.ended, told.n) == (None, "not_reached", 5, 11)


def test_a_case_that_is_not_due_counts_neither_for_nor_against() -> None:
    early = case(1, due_at=NOW + H)
    late = case(None, due_at=NOW + H)
    found = figures("", [early, late, case(60)], NOW)
    assert (found.in_time.estimate, found.in_time.n) == (0, 1)


def test_a_case_that_was_closed_without_a_contact_was_followed_until_then() -> None:
    seen = [case(50), case(None, 1), case(None, 2), case(None, 3), case(10)]
    found = figures("", seen, NOW)
    assert (found.contact_median.estimate, found.contact_median.ended) == (3 * 3600, 3)


def test_what_was_no_case_is_in_no_time_and_no_share_of_time() -> None:
    seen = [case(h) for h in (10, 20, 30, 40, 50)]
    none = case(1, outcome="no_case")
    with_it, without = figures("", [*seen, none, none], NOW), figures("", seen, NOW)
    assert (with_it.close_median, with_it.in_time) == (without.close_median, without.in_time)
    assert (with_it.opened, with_it.closed) == (7, 7)


def test_outcomes_satisfaction_groups_and_weeks() -> None:
    later = {"opened_at": START + timedelta(days=14), "due_at": START + timedelta(days=16)}
    seen = [
        case(10, satisfied=True),
        case(10, outcome="compensated", satisfied=False, owner="Ville", touchpoint=""),
        case(10, outcome="solved", satisfied=True, owner=""),
        replace(case(None), **later),
    ]
    told = reported(seen, START + timedelta(days=20), HELSINKI)
    assert [(o.outcome, o.count, o.share.estimate) for o in told.outcomes] == [
        ("solved", 2, pytest.approx(2 / 3)), ("compensated", 1, pytest.approx(1 / 3)),
    ]  # fmt: skip
    assert (told.satisfied.estimate, told.satisfied.n) == (pytest.approx(2 / 3), 3)
    assert [(g.name, g.opened) for g in told.owners] == [("Aino", 2), ("", 1), ("Ville", 1)]
    assert [(g.name, g.opened) for g in told.touchpoints] == [("delivery", 3), ("", 1)]
    assert [(w.start, w.opened, w.closed) for w in told.weeks] == [
        (date(2026, 3, 2), 3, 3), (date(2026, 3, 9), 0, 0), (date(2026, 3, 16), 1, 0),
    ]  # fmt: skip
    assert told.total.opened == 4


def test_a_week_begins_on_monday_in_the_company_s_zone() -> None:
    late = case(None, opened_at=datetime(2026, 3, 8, 22, 30, tzinfo=UTC))  # Monday 0.30 in Finland
    assert reported([late], NOW + timedelta(days=9), HELSINKI).weeks[0].start == date(2026, 3, 9)


def test_nothing_at_all() -> None:
    told = reported([], NOW, HELSINKI)
    assert (told.total.opened, told.weeks, told.outcomes) == (0, (), ())
    assert told.total.close_median.reason == "no_observations"
    assert told.satisfied.reason == "no_observations"
