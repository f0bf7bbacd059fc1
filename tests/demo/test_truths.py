"""The planted truths are found again by those who know the model."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
from scipy import special

from polku.demo import TOUCHPOINTS, World, truths
from polku.demo.calendar import Calendar
from polku.demo.orders import draw_orders
from polku.demo.people import draw_people
from polku.demo.truths import BASE, EFFECTS, REPURCHASE_DAYS, REPURCHASE_ENGAGEMENT

DAY = 86_400_000_000


def assert_near(found: np.ndarray, truth: np.ndarray, covariance: np.ndarray) -> None:
    """Wald test of all coefficients at once, at 1%; and none further than four errors off."""
    off = found - truth
    wald = off @ np.linalg.solve(covariance, off)
    assert wald < special.chdtri(len(off), 0.01), off
    assert np.all(np.abs(off) < 4 * np.sqrt(np.diag(covariance))), off


def follows(person: np.ndarray, bought_at: np.ndarray, delivered_at: np.ndarray) -> np.ndarray:
    """Whether the same person's next order begins within the repurchase window of this delivery."""
    order = np.lexsort((bought_at, person))
    same = person[order][1:] == person[order][:-1]
    gap = bought_at[order][1:] - delivered_at[order][:-1]
    again = np.zeros(len(person), dtype=bool)
    again[order[:-1]] = same & (gap < REPURCHASE_DAYS * DAY)
    return again


def test_score_effects_are_recovered_within_error(world: World) -> None:
    """Least squares on the generating design, moods given, robust errors (HC0)."""
    responses = world.responses
    mood = world.people.mood[responses.person]
    metrics = np.eye(3)[responses.metric]
    design = np.column_stack([metrics, responses.met])
    wanted = responses.score - mood
    inverse = np.linalg.inv(design.T @ design)
    found = inverse @ design.T @ wanted
    spread = design * (wanted - design @ found)[:, None]
    error = np.sqrt(np.diag(inverse @ (spread.T @ spread) @ inverse))
    truth = np.array([*BASE.values(), *(e.score for e in EFFECTS)])
    assert_near(found, truth, inverse @ (spread.T @ spread) @ inverse)
    assert error[3 : 3 + 6].max() < 6, "the planted effects must be findable in a demo of this size"


def test_repurchase_odds_are_recovered_within_error(now: datetime) -> None:
    """Logistic regression on 80,000 customers' deliveries that were followed for all of the window."""
    calendar, rng = Calendar(now), np.random.default_rng(11)
    people = draw_people(rng, customers=80_000, calendar=calendar)
    orders = draw_orders(rng, people, calendar)
    seen = orders.delivered_at < calendar.now - REPURCHASE_DAYS * DAY
    engagement = people.engagement[orders.person]
    design = np.column_stack(
        [np.ones(len(orders)), engagement, orders.late_days > 0, orders.onboarding_opened]
    )[seen]
    again = follows(orders.person, orders.visit_at, orders.delivered_at)[seen].astype(float)
    found = np.zeros(4)
    for _ in range(12):
        p = 1 / (1 + np.exp(-design @ found))
        information = design.T @ (design * (p * (1 - p))[:, None])
        found = found + np.linalg.solve(information, design.T @ (again - p))
    odds = {e.key: e.repurchase_odds for e in EFFECTS}
    truth = [REPURCHASE_ENGAGEMENT, np.log(odds["late_delivery"]), np.log(odds["onboarding_email"])]
    assert_near(found[1:], np.array(truth), np.linalg.inv(information)[1:, 1:])


def test_hardly_any_expected_score_is_cut(world: World) -> None:
    assert np.mean(np.abs(world.responses.expected) >= 97) < 0.01


def test_late_deliveries_bring_calls(world: World) -> None:
    """The planted confounding: those who called have met late deliveries far more often."""
    keys = [e.key for e in EFFECTS]
    called = world.responses.met[:, keys.index("phone_solved")]
    late = world.responses.met[:, keys.index("late_delivery")]
    assert late[called].mean() > 1.5 * late[~called].mean()


def test_truths_are_json_with_reach_only_of_a_world(world: World) -> None:
    told = json.loads(json.dumps(truths(world)))
    assert told["effects"][0]["key"] == "late_delivery"
    assert told["effects"][0]["people_met"] > 200
    assert told["repurchase_share"]["if_all_late"] < told["repurchase_share"]["if_none_late_none_onboarded"]
    assert told["touchpoints"]["late_delivery"]["score"] == -31
    assert told["touchpoints"]["delivery"]["score"] == 0
    assert {e.touchpoint for e in EFFECTS} - {None} <= {t.key for t in TOUCHPOINTS}
    assert "people_met" not in truths()["effects"][0]
