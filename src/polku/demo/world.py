"""The demo shop's year, from a seed: people, orders, visits, letters, service, surveys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from polku.demo.browsing import Walk
from polku.demo.calendar import Calendar
from polku.demo.footsteps import Footsteps
from polku.demo.fulfilment import Fulfilment
from polku.demo.letters import Post
from polku.demo.log import Log
from polku.demo.orders import Orders, chance_again, draw_orders
from polku.demo.people import People, draw_people
from polku.demo.responses import Asked, Responses, answer, invite, note
from polku.demo.service import Service
from polku.demo.truths import EFFECTS, planted
from polku.demo.visits import draw_visits
from polku.errors import InvalidInput

FEWEST_CUSTOMERS = 100


@dataclass(frozen=True, slots=True)
class World:
    """Everything that was drawn, the causes included; what Polku gets to see is `log.tables()`."""

    people: People
    orders: Orders
    responses: Responses
    log: Log


def make_world(rng_seed: int, *, now: datetime, customers: int = 20_000) -> World:
    """Draw the year before `now` (with a time zone); the same input gives the same world.

    Raises InvalidInput when `now` has no time zone or `customers` is under 100.
    """
    if now.tzinfo is None:
        raise InvalidInput(
            "now must have a time zone, not '%(now)s'. Example: datetime.now(UTC)", now=now.isoformat()
        )
    if customers < FEWEST_CUSTOMERS:
        raise InvalidInput(
            "customers must be at least %(least)s, not %(given)s", least=FEWEST_CUSTOMERS, given=customers
        )
    streams = iter(np.random.default_rng([rng_seed, customers]).spawn(10))
    calendar = Calendar(now)
    people = draw_people(next(streams), customers=customers, calendar=calendar)
    orders = draw_orders(next(streams), people, calendar)
    log = Log(people, calendar, next(streams))
    post = Post(log, people, calendar, next(streams))
    visits = draw_visits(next(streams), people, calendar, orders, clicks=post.newsletters())
    rng = next(streams)
    completed = Walk(Footsteps(log, people, rng, visits), rng, orders).run()
    post.confirmations(orders, completed)
    post.onboarding(orders)
    post.reminders(visits)
    parcels = Fulfilment(log, people, calendar, next(streams))
    parcels.deliveries(orders)
    parcels.returns(orders)
    parcels.reviews(orders)
    service = Service(log, people, calendar, next(streams), orders)
    calls, chats = service.calls(), service.chats()
    rng = next(streams)
    occasions = {
        "delivery": Asked(orders.person, orders.delivered_at, orders.product, orders.late_days),
        "store": _asked_in_store(rng, parcels),
        "phone": Asked.plainly(calls.person, calls.ended_at),
        "chat": Asked.plainly(chats.person, chats.ended_at),
        "checkout": Asked(orders.person, completed, orders.product, np.zeros_like(orders.late_days)),
    }
    invited = invite(rng, calendar, occasions)
    responses = answer(rng, log, people, invited)
    note(next(streams), log, people, invited, responses)
    return World(people, orders, responses, log)


def _asked_in_store(rng: np.random.Generator, parcels: Fulfilment) -> Asked:
    """A survey after one store purchase in eight."""
    person, at, product = parcels.store_purchases()
    asked = rng.random(len(person)) < 0.12
    return Asked(person[asked], at[asked], product[asked], np.zeros(int(asked.sum()), dtype=np.int64))


def make_demo(rng_seed: int, *, now: datetime, customers: int = 20_000) -> Iterator[pa.Table]:
    """The demo's events, of schema INCOMING, about 50,000 a table, in order of `received_at`."""
    return make_world(rng_seed, now=now, customers=customers).log.tables()


def truths(world: World | None = None) -> dict[str, Any]:
    """What is planted, JSON-ready; with a world, also who met it and the true repurchase shares."""
    told = planted()
    if world is None:
        return told
    for effect in told["effects"]:
        effect["people_met"], effect["times_met"] = world.log.reach(effect["key"])
        column = [e.key for e in EFFECTS].index(effect["key"])
        effect["share_of_responses"] = round(float(world.responses.met[:, column].mean()), 4)
    told["touchpoints"] = _of_touchpoints(told["effects"])
    told["responses"] = len(world.responses.person)
    told["repurchase_share"] = _repurchase_shares(world)
    return told


def _of_touchpoints(effects: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The true score effect of a touchpoint as a whole: of its parts, weighted by how often each was met."""
    times: dict[str, int] = {}
    points: dict[str, float] = {}
    for effect in effects:
        key = effect["touchpoint"]
        if key is not None:
            times[key] = times.get(key, 0) + effect["times_met"]
            points[key] = points.get(key, 0.0) + effect["times_met"] * effect["score"]
    return {
        key: {"score": round(points[key] / n, 2) if n else 0.0, "times_met": n} for key, n in times.items()
    }


def _repurchase_shares(world: World) -> dict[str, float]:
    """Expected share of deliveries that are followed by another order, had all of them been so."""
    engagement = world.people.engagement[world.orders.person]
    no, yes = np.zeros(len(engagement), dtype=bool), np.ones(len(engagement), dtype=bool)
    return {
        "if_none_late_none_onboarded": round(float(chance_again(engagement, no, no).mean()), 4),
        "if_all_late": round(float(chance_again(engagement, yes, no).mean()), 4),
        "if_all_onboarded": round(float(chance_again(engagement, no, yes).mean()), 4),
    }
