from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.i18n import is_translated, use_language
from polku.surveys.inviting import (
    REASONS,
    Asked,
    Candidate,
    History,
    Rules,
    SendingHours,
    decide,
    decide_all,
    next_sending_time,
)
from polku.surveys.inviting.sampling import is_drawn, lot

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday, 12.00 in Helsinki
DAY = timedelta(days=1)
RULES = Rules(HELSINKI)
ANNA = Candidate(
    7, "nps", "trigger:t:1", NOW, "email", "anna@example.fi", touchpoint="delivery", happened_at=NOW - 3 * DAY
)


def asked(*days_ago: float, answered: bool = True, touchpoint: str = "") -> History:
    return History(tuple(Asked(NOW - d * DAY, touchpoint, answered) for d in days_ago))


@pytest.mark.parametrize(
    ("change", "history", "reason"),
    [
        ({}, History(), ""),
        ({}, History(opted_out=True), "opted_out"),
        ({"consent": False}, History(), "no_consent"),
        ({"address": None}, History(), "no_address"),
        ({"address_kind": None}, History(), "no_address"),
        ({"happened_at": NOW - 14 * DAY}, History(), ""),
        ({"happened_at": NOW - 15 * DAY}, History(), "too_late"),
        ({}, asked(89), "asked_recently"),
        ({}, asked(90), ""),
        ({}, asked(-2), "asked_recently"),  # a letter that waits
        ({}, asked(179, touchpoint="delivery"), "asked_about_this"),
        ({}, asked(179, touchpoint="phone"), ""),
        ({}, asked(180, touchpoint="delivery"), ""),
        ({}, asked(100, 200, 300), "asked_enough"),
        ({}, asked(100, 200, 365), ""),
        ({}, asked(179, answered=False), "no_answer_before"),
        ({}, asked(180, answered=False), ""),
        ({}, History((Asked(NOW - 150 * DAY, "", False), Asked(NOW - 95 * DAY, "", True))), ""),
    ],
)
def test_reasons(change, history, reason):
    decision = decide(replace(ANNA, **change), history, RULES, NOW)
    assert (decision.reason, decision.send_at) == (reason, None if reason else NOW)


def test_consent_is_needed_only_where_the_rules_say_so():
    rules = replace(RULES, consent_needed=True)
    assert decide(ANNA, History(), rules, NOW).reason == "consent_unknown"
    assert decide(replace(ANNA, consent=True), History(), rules, NOW).reason == ""


def test_one_person_is_asked_once_although_much_happened_at_once():
    several = [replace(ANNA, occasion=f"trigger:t:{i}", wanted_at=NOW + i * DAY) for i in range(5)]
    other = replace(ANNA, profile=8, occasion="trigger:t:9")
    decisions = decide_all([*several, other], {}, RULES, NOW)
    assert [d.reason for d in decisions] == ["", *["asked_recently"] * 4, ""]


def test_every_reason_has_both_languages():
    with use_language("fi"):
        assert [code for code, text in REASONS.items() if not is_translated(text.text)] == []


@pytest.mark.parametrize("bad", [{"gap": -DAY}, {"share": 1.1}, {"share": -0.1}, {"most_a_year": -1}])
def test_rules_that_cannot_be_are_refused(bad):
    with pytest.raises(InvalidInput):
        replace(RULES, **bad)


@given(
    st.lists(st.tuples(st.integers(-30, 500), st.booleans(), st.sampled_from(["delivery", "phone"])), max_size=6),
    st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 5),
)  # fmt: skip
def test_asked_only_if_no_rule_is_broken(past, gap, touchpoint_gap, silence, most):
    """Against the rules said one by one, in whole days."""
    rules = Rules(HELSINKI, gap * DAY, touchpoint_gap * DAY, silence * DAY, most)
    history = History(tuple(Asked(NOW - d * DAY, t, a) for d, a, t in past))
    allowed = (
        sum(-365 < d < 365 for d, _, _ in past) < most
        and all(abs(d) >= gap for d, _, _ in past)
        and all(abs(d) >= touchpoint_gap for d, _, t in past if t == "delivery")
    )
    before = sorted((d for d, _, _ in past if d >= 0))
    if before:
        last = [a for d, a, _ in past if d == before[0]]
        allowed = allowed and (last[0] or before[0] >= silence)
    assert (decide(ANNA, history, rules, NOW).send_at is not None) == allowed


def test_the_lot_is_even_stable_and_independent_between_surveys():
    lots = [lot(p, "nps") for p in range(20_000)]
    assert lots == [lot(p, "nps") for p in range(20_000)]
    tenths = [sum(i / 10 <= x < (i + 1) / 10 for x in lots) for i in range(10)]
    assert max(abs(t - 2_000) for t in tenths) < 5 * (20_000 * 0.1 * 0.9) ** 0.5
    both = sum(is_drawn(p, "nps", 0.5) and is_drawn(p, "csat", 0.5) for p in range(20_000))
    assert abs(both - 5_000) < 5 * (20_000 * 0.25 * 0.75) ** 0.5
    tenth = {p for p in range(20_000) if is_drawn(p, "nps", 0.1)}
    assert tenth < {p for p in range(20_000) if is_drawn(p, "nps", 0.2)}


def test_who_is_not_drawn_is_told_so():
    people = [replace(ANNA, profile=p, occasion=str(p)) for p in range(1000)]
    reasons = [d.reason for d in decide_all(people, {}, replace(RULES, share=0.3), NOW)]
    assert set(reasons) == {"", "not_drawn"}
    assert 240 < reasons.count("") < 360


WEEKDAYS = SendingHours(time(9), time(20), frozenset(range(5)))


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("2026-03-02 12:00", "2026-03-02 12:00"),
        ("2026-03-02 08:59", "2026-03-02 09:00"),
        ("2026-03-02 20:00", "2026-03-03 09:00"),
        ("2026-03-02 19:59", "2026-03-02 19:59"),
        ("2026-03-06 21:00", "2026-03-09 09:00"),  # Friday evening
        ("2026-03-28 10:00", "2026-03-30 09:00"),  # over the night of daylight saving
        ("2026-10-24 10:00", "2026-10-26 09:00"),
    ],
)
def test_letters_go_by_the_company_s_clock(at, sent):
    moment = datetime.fromisoformat(at).replace(tzinfo=HELSINKI)
    found = next_sending_time(moment, WEEKDAYS, HELSINKI)
    assert found is not None
    assert f"{found.astimezone(HELSINKI):%Y-%m-%d %H:%M}" == sent
    assert found.utcoffset() == timedelta(0)


def test_an_hour_that_does_not_exist_begins_when_clocks_have_been_moved():
    hours = SendingHours(time(3, 30), time(20))
    night = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 0.30 on the 29th; 3.00 becomes 4.00 at 1.00 UTC
    assert next_sending_time(night, hours, HELSINKI) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_not_gone_back_to():
    hours = SendingHours(time(3, 30), time(20))
    second = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 3.10 for the second time
    assert next_sending_time(second, hours, HELSINKI) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    before = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)  # 2.00
    assert next_sending_time(before, hours, HELSINKI) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_holidays_and_hours_that_never_come():
    christmas = replace(WEEKDAYS, holidays=frozenset({date(2026, 12, 24), date(2026, 12, 25)}))
    eve = datetime(2026, 12, 24, 12, tzinfo=HELSINKI)
    assert next_sending_time(eve, christmas, HELSINKI) == datetime(2026, 12, 28, 9, tzinfo=HELSINKI)
    never = replace(WEEKDAYS, holidays=frozenset(date(2026, 3, 2) + i * DAY for i in range(400)))
    assert next_sending_time(NOW, never, HELSINKI) is None
    assert decide(ANNA, History(), replace(RULES, hours=never), NOW).reason == "no_quiet_end"
    for bad in ({"opens": time(20)}, {"weekdays": frozenset()}, {"weekdays": frozenset({7})}):
        with pytest.raises(InvalidInput):
            replace(WEEKDAYS, **bad)


@given(
    st.integers(0, 3 * 365 * 24 * 60),
    st.integers(0, 22), st.integers(1, 6), st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from(["Europe/Helsinki", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)  # fmt: skip
def test_never_before_never_in_quiet_hours_and_as_soon_as_may_be(minute, opens, length, weekdays, name):
    zone, at = ZoneInfo(name), datetime(2025, 1, 1, tzinfo=UTC) + minute * timedelta(minutes=1)
    hours = SendingHours(time(opens), time(min(opens + length, 23), 59), frozenset(weekdays))

    def may(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        return local.weekday() in weekdays and hours.opens <= local.time() < hours.closes

    found = next_sending_time(at, hours, zone)
    assert found is not None
    assert found >= at
    assert may(found)
    between = (at + i * timedelta(minutes=13) for i in range(7 * 24 * 5))
    assert not any(may(m) for m in between if m < found)
