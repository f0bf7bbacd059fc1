"""Visits to the web shop and the app: who came when, from where, and how far they went."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from polku.demo.calendar import DAY, HOME, HOUR, MINUTE, Calendar, Flags, Ints
from polku.demo.catalogue import PRODUCTS
from polku.demo.orders import Orders, choose_slot
from polku.demo.people import APP_SLOT, People

BOUNCE: Final = 0
BROWSE: Final = 1
CART: Final = 2
PAYMENT: Final = 3  # leaves when the payment fails
ORDER: Final = 4

ENTRIES: Final = ("search", "direct", "social", "ad", "email", "referral")
SEARCH, DIRECT, SOCIAL, AD, EMAIL, REFERRAL = range(6)
VIEWS: Final = 3
NEVER: Final = 2**62
LONGEST: Final = 40 * MINUTE
"""Visits that begin later than this before `now` are left out: none is to be cut off half-way."""


@dataclass(frozen=True, slots=True)
class Visits:
    """One row a visit: `goes` is BOUNCE … ORDER, `entry` an index of ENTRIES, `campaign` of CAMPAIGNS or −1.

    `products` has VIEWS columns, the last of them what goes into the cart. `order` is a row of Orders or −1.
    """

    person: Ints
    slot: Ints
    at: Ints
    goes: Ints
    entry: Ints
    campaign: Ints
    products: Ints
    order: Ints
    payment_failed: Flags
    login: Flags

    def __len__(self) -> int:
        return len(self.person)

    def device(self, people: People) -> Ints:
        return people.devices[self.person, self.slot]

    def in_app(self) -> Flags:
        return np.asarray(self.slot == APP_SLOT)


def draw_visits(
    rng: np.random.Generator, people: People, calendar: Calendar, orders: Orders, *, clicks: tuple[Ints, Ints]
) -> Visits:
    """All of the year's visits; `clicks` (who, when) are the newsletters'."""
    parts = [
        _browsing(rng, people, calendar),
        _before_orders(rng, people, calendar, orders),
        _from_clicks(rng, people, calendar, clicks),
        _ordering(rng, calendar, orders),
        _failing(rng, calendar, orders),
    ]
    at = np.concatenate([p.at for p in parts])
    whole = (at >= calendar.start) & (at < calendar.now - LONGEST)
    return Visits(*(np.concatenate([getattr(p, f.name) for p in parts])[whole] for f in fields(Visits)))


def known_since(people: People, visits: Visits) -> Ints:
    """When people first say who they are on each of their devices (people × slots); NEVER if they do not."""
    since = np.full(people.devices.shape, NEVER, dtype=np.int64)
    told = identifies(people, visits)
    np.minimum.at(since, (visits.person[told], visits.slot[told]), visits.at[told])
    return since


def identifies(people: People, visits: Visits) -> Flags:
    """Visits in which the person logs in or checks out."""
    return (visits.person < people.customers) & (visits.login | (visits.goes >= PAYMENT))


def _visits(
    rng: np.random.Generator,
    calendar: Calendar,
    *,
    person: Ints,
    slot: Ints,
    at: Ints,
    goes: Ints,
    entry: Ints,
) -> Visits:
    n = len(person)
    return Visits(
        person=person,
        slot=slot,
        at=at,
        goes=goes,
        entry=entry,
        campaign=np.where(np.isin(entry, (SOCIAL, AD, EMAIL)), calendar.campaign_at(at), -1),
        products=rng.integers(0, len(PRODUCTS), (n, VIEWS)),
        order=np.full(n, -1),
        payment_failed=np.zeros(n, dtype=bool),
        login=rng.random(n) < np.where(slot == APP_SLOT, 0.35, 0.05),
    )


def _entries(rng: np.random.Generator, calendar: Calendar, at: Ints) -> Ints:
    """Where visits come from; while a campaign runs, more often from its advertisements."""
    plain = rng.choice(6, len(at), p=[0.44, 0.27, 0.09, 0.11, 0.02, 0.07])
    drawn = (calendar.campaign_at(at) >= 0) & (rng.random(len(at)) < 0.2)
    return np.where(drawn, np.where(rng.random(len(at)) < 0.5, SOCIAL, AD), plain)


def _browsing(rng: np.random.Generator, people: People, calendar: Calendar) -> Visits:
    known = np.arange(people.all) < people.customers
    mean = np.where(known, 6.6 * np.exp(0.6 * people.engagement - 0.18), 1.8)
    person = np.repeat(np.arange(people.all), rng.poisson(mean * people.browses))
    n = len(person)
    at = calendar.moments(rng, n, HOME)
    draw = rng.random(n)
    goes = np.where(draw < 0.5, BOUNCE, np.where(draw < 0.955, BROWSE, CART))
    slot = choose_slot(rng, people, person)
    return _visits(
        rng, calendar, person=person, slot=slot, at=at, goes=goes, entry=_entries(rng, calendar, at)
    )


def _before_orders(rng: np.random.Generator, people: People, calendar: Calendar, orders: Orders) -> Visits:
    """Those who buy have mostly been around in the two weeks before."""
    row = np.repeat(np.arange(len(orders)), rng.poisson(1.4, len(orders)))
    earlier = 1 + (rng.random(len(row)) ** 1.7 * 13).astype(np.int64)
    at = calendar.later(rng, orders.visit_at[row] - 14 * DAY, 14 - earlier, HOME)
    goes = np.where(rng.random(len(row)) < 0.12, CART, BROWSE)
    person = orders.person[row]
    slot = choose_slot(rng, people, person)
    return _visits(
        rng, calendar, person=person, slot=slot, at=at, goes=goes, entry=_entries(rng, calendar, at)
    )


def _from_clicks(
    rng: np.random.Generator, people: People, calendar: Calendar, clicks: tuple[Ints, Ints]
) -> Visits:
    person, at = clicks
    slot = np.where((rng.random(len(person)) < 0.35) & (people.devices[person, 1] >= 0), 1, 0)
    goes = np.where(rng.random(len(person)) < 0.45, BOUNCE, BROWSE)
    entry = np.full(len(person), EMAIL)
    return _visits(rng, calendar, person=person, slot=slot, at=at, goes=goes, entry=entry)


def _ordering(rng: np.random.Generator, calendar: Calendar, orders: Orders) -> Visits:
    n = len(orders)
    entry = _entries(rng, calendar, orders.visit_at)
    visits = _visits(
        rng,
        calendar,
        person=orders.person,
        slot=orders.slot,
        at=orders.visit_at,
        goes=np.full(n, ORDER),
        entry=entry,
    )
    visits.products[:, -1] = orders.product
    visits.order[:] = np.arange(n)
    visits.payment_failed[:] = orders.payment_failed
    return visits


def _failing(rng: np.random.Generator, calendar: Calendar, orders: Orders) -> Visits:
    """A third of those whose payment fails had left once before and came back to try again."""
    row = np.flatnonzero(orders.payment_failed & (rng.random(len(orders)) < 0.33))
    at = orders.visit_at[row] - rng.integers(20 * MINUTE, 20 * HOUR, len(row))
    visits = _visits(
        rng,
        calendar,
        person=orders.person[row],
        slot=orders.slot[row],
        at=at,
        goes=np.full(len(row), PAYMENT),
        entry=_entries(rng, calendar, at),
    )
    visits.products[:, -1] = orders.product[row]
    visits.payment_failed[:] = True
    return visits
