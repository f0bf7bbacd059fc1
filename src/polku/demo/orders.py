"""Orders of the web shop: what was bought, how it arrived, and whether the customer returns."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from polku.demo.calendar import COURIER, DAY, HOME, HOUR, Calendar, Flags, Floats, Ints
from polku.demo.catalogue import CARRIERS, PRODUCTS
from polku.demo.people import APP_SLOT, MOBILE, People
from polku.demo.truths import EFFECTS, REPURCHASE_DAYS, REPURCHASE_ENGAGEMENT, REPURCHASE_INTERCEPT

MOST_ORDERS = 12
_PICK_UP = CARRIERS.index("Nouto myymälästä")


@dataclass(frozen=True, slots=True)
class Orders:
    """One row an order, times in microseconds UTC; `visit_at` begins the visit that ends in the order."""

    person: Ints
    visit_at: Ints
    slot: Ints
    mobile: Flags
    payment_failed: Flags
    product: Ints
    quantity: Ints
    revenue: Floats
    carrier: Ints
    shipped_at: Ints
    delivered_at: Ints
    late_days: Ints
    onboarding: Flags
    onboarding_opened_at: Ints
    again: Flags

    @property
    def onboarding_opened(self) -> Flags:
        return self.onboarding_opened_at > 0

    def __len__(self) -> int:
        return len(self.person)

    def where(self, flags: Flags) -> Orders:
        return Orders(*(getattr(self, f.name)[flags] for f in fields(self)))


def draw_orders(rng: np.random.Generator, people: People, calendar: Calendar) -> Orders:
    """Everybody's orders of the year; numbered by row."""
    chance = 1 / (1 + np.exp(1.85 - 0.75 * people.engagement[: people.customers]))
    person = np.flatnonzero(people.browses[: people.customers] & (rng.random(people.customers) < chance))
    visit_at = calendar.moments(rng, len(person), HOME)
    rounds = []
    for _ in range(MOST_ORDERS):
        orders = _draw_round(rng, people, calendar, person=person, visit_at=visit_at)
        rounds.append(orders)
        following = _next_visit(rng, calendar, orders)
        stays = (following > 0) & (following < calendar.now)
        person, visit_at = person[stays], following[stays]
    return Orders(*(np.concatenate([getattr(r, f.name) for r in rounds]) for f in fields(Orders)))


def _draw_round(
    rng: np.random.Generator, people: People, calendar: Calendar, *, person: Ints, visit_at: Ints
) -> Orders:
    n = len(person)
    slot = choose_slot(rng, people, person)
    kind = people.device.kind[people.devices[person, slot]]
    mobile = kind == MOBILE
    product = np.asarray(rng.choice(len(PRODUCTS), n), dtype=np.int64)
    price = np.array([p.price for p in PRODUCTS])[product]
    quantity = np.where((price < 60) & (rng.random(n) < 0.4), rng.integers(2, 4, n), 1)
    campaign = calendar.campaign_at(visit_at) >= 0
    revenue = np.round(price * quantity * np.where(campaign, 0.85, 1.0), 2)
    carrier = np.asarray(rng.choice(len(CARRIERS), n, p=[0.36, 0.34, 0.15, 0.15]), dtype=np.int64)
    shipped_at = calendar.later(rng, visit_at, rng.integers(1, 3, n), COURIER)
    late = (carrier != _PICK_UP) & (rng.random(n) < 0.14 + 0.10 * (calendar.weight_at(visit_at) > 1.5))
    late_days = np.where(late, 1 + rng.poisson(2.5, n), 0)
    delivered_at = calendar.later(rng, shipped_at, rng.integers(1, 4, n) + late_days, COURIER)
    onboarding = np.array([p.gear for p in PRODUCTS])[product] & (rng.random(n) < 0.7)
    opens = onboarding & (rng.random(n) < 1 / (1 + np.exp(-0.4 - 0.6 * people.engagement[person])))
    opened_at = np.where(opens, delivered_at + rng.integers(14 * HOUR, 40 * HOUR, n), 0)
    return Orders(
        person=person,
        visit_at=visit_at,
        slot=slot,
        mobile=mobile,
        payment_failed=rng.random(n) < np.where(mobile, 0.11, 0.03),
        product=product,
        quantity=quantity,
        revenue=revenue,
        carrier=carrier,
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        late_days=late_days,
        onboarding=onboarding,
        onboarding_opened_at=opened_at,
        again=rng.random(n) < chance_again(people.engagement[person], late, opens),
    )


def choose_slot(rng: np.random.Generator, people: People, person: Ints) -> Ints:
    """Which of a person's devices is at hand: half the time the app if there is one, mostly the first."""
    devices = people.devices[person]
    draw = rng.random(len(person))
    slot = np.where((draw < 0.3) & (devices[:, 1] >= 0), 1, 0)
    slot = np.where((draw < 0.08) & (devices[:, 2] >= 0), 2, slot)
    return np.where((draw > 0.5) & (devices[:, APP_SLOT] >= 0), APP_SLOT, slot)


def chance_again(engagement: Floats, late: Flags, onboarded: Flags) -> Floats:
    """Probability of another order within REPURCHASE_DAYS of a delivery: the planted model."""
    odds = {effect.key: effect.repurchase_odds for effect in EFFECTS}
    logit = REPURCHASE_INTERCEPT + REPURCHASE_ENGAGEMENT * engagement
    logit = logit + np.log(odds["late_delivery"]) * late + np.log(odds["onboarding_email"]) * onboarded
    return np.asarray(1 / (1 + np.exp(-logit)))


def _next_visit(rng: np.random.Generator, calendar: Calendar, orders: Orders) -> Ints:
    """When the next order's visit begins, a busy day likelier than a quiet one; 0: never again."""
    n = len(orders)
    days = 4 + (REPURCHASE_DAYS - 6) * rng.random((n, 3)) ** 1.4
    at = orders.delivered_at[:, None] + (days * DAY).astype(np.int64)
    busy = calendar.weight_at(at.ravel()).reshape(n, 3)
    pick = (rng.random(n)[:, None] * busy.sum(axis=1)[:, None] > np.cumsum(busy, axis=1)).sum(axis=1)
    soon = (days[np.arange(n), np.minimum(pick, 2)]).astype(np.int64)
    late = np.where(rng.random(n) < 0.2, rng.integers(REPURCHASE_DAYS + 2, REPURCHASE_DAYS + 90, n), 0)
    gap = np.where(orders.again, soon, late)
    return np.where(gap > 0, calendar.later(rng, orders.delivered_at, np.maximum(gap, 1), HOME), 0)
