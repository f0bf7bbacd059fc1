"""What follows an order: shipping, delivery, returns, reviews; and purchases in the stores."""

from __future__ import annotations

from typing import Final

import numpy as np

from polku.demo.calendar import COURIER, HOME, SHOP_HOURS, Calendar, Ints
from polku.demo.catalogue import CARRIERS, PRODUCTS, STORES, order_id
from polku.demo.log import Log
from polku.demo.orders import Orders
from polku.demo.people import People
from polku.demo.sources import DELIVERY, TILL, WEB

_REASONS: Final = ("wrong_size", "not_as_expected", "damaged", "changed_mind")


class Fulfilment:
    """Notes the events of parcels and tills."""

    def __init__(self, log: Log, people: People, calendar: Calendar, rng: np.random.Generator) -> None:
        self._log, self._people, self._calendar, self._rng = log, people, calendar, rng

    def deliveries(self, orders: Orders) -> None:
        about = [
            f'"order_id":"{order_id(int(o))}","carrier":"{CARRIERS[c]}"' for o, c in enumerate(orders.carrier)
        ]
        who = self._buyers(orders, np.arange(len(orders)))
        shipped = [f"{{{a}}}" for a in about]
        self._log.add(DELIVERY, "Order Shipped", at=orders.shipped_at, identifiers=who, properties=shipped)
        arrived = [
            f'{{{a},"late_days":{d},"on_time":{"false" if d else "true"}}}'
            for a, d in zip(about, orders.late_days, strict=True)
        ]
        self._log.add(
            DELIVERY, "Delivery Completed", at=orders.delivered_at, identifiers=who, properties=arrived
        )
        late = orders.late_days > 0
        self._log.meet("late_delivery", orders.person[late], orders.delivered_at[late])
        self._log.meet("on_time_delivery", orders.person[~late], orders.delivered_at[~late])

    def returns(self, orders: Orders) -> None:
        rows = np.flatnonzero(self._rng.random(len(orders)) < 0.08)
        n = len(rows)
        at = self._calendar.later(self._rng, orders.delivered_at[rows], self._rng.integers(2, 15, n), COURIER)
        refunded = self._calendar.later(self._rng, at, self._rng.integers(1, 6, n), COURIER)
        reason = [_REASONS[k] for k in self._rng.choice(4, n, p=[0.45, 0.3, 0.1, 0.15])]
        who = self._buyers(orders, rows)
        details = [
            f'{{"order_id":"{order_id(int(o))}","reason":"{r}"}}' for o, r in zip(rows, reason, strict=True)
        ]
        self._log.add(DELIVERY, "Order Returned", at=at, identifiers=who, properties=details)
        self._log.meet("order_returned", orders.person[rows], at)
        self._log.add(
            DELIVERY,
            "Order Refunded",
            at=refunded,
            identifiers=who,
            value=-orders.revenue[rows],
            properties=[
                f'{{"order_id":"{order_id(int(o))}","total":{m},"currency":"EUR"}}'
                for o, m in zip(rows, orders.revenue[rows].tolist(), strict=True)
            ],
        )

    def reviews(self, orders: Orders) -> None:
        rows = np.flatnonzero(self._rng.random(len(orders)) < 0.06)
        at = self._calendar.later(
            self._rng, orders.delivered_at[rows], self._rng.integers(6, 30, len(rows)), HOME
        )
        person, slot = orders.person[rows], orders.slot[rows]
        stars = self._rng.choice([1, 2, 3, 4, 5], len(rows), p=[0.04, 0.06, 0.14, 0.34, 0.42])
        products = [PRODUCTS[p] for p in orders.product[rows]]
        self._log.add(
            WEB,
            "Product Reviewed",
            at=at,
            device=self._people.devices[person, slot],
            user=self._people.user_of(person, slot),
            path=[f"/arvostelut/{p.id}" for p in products],
            properties=[
                f'{{"product_id":"{p.id}","name":"{p.name}","rating":{s}}}'
                for p, s in zip(products, stars, strict=True)
            ],
        )

    def store_purchases(self) -> tuple[Ints, Ints, Ints]:
        """Purchases with a loyalty card; returns who, when and which product."""
        people, rng = self._people, self._rng
        members = np.flatnonzero(people.loyal)
        person = np.repeat(members, rng.poisson(1.15 * np.exp(0.3 * people.engagement[members])))
        n = len(person)
        at = self._calendar.moments(rng, n, SHOP_HOURS)
        product = rng.integers(0, len(PRODUCTS), n)
        revenue = np.array([p.price for p in PRODUCTS])[product]
        store = rng.choice(len(STORES), n, p=[0.38, 0.24, 0.16, 0.14, 0.08])
        self._log.add(
            TILL,
            "In-Store Purchase",
            at=at,
            identifiers=[f'[["email","{people.email[p]}"]]' for p in person],
            value=revenue,
            properties=[
                f'{{"loyalty_id":"PK{400_000 + who}","store":"{STORES[s]}","receipt_id":"K{i}","revenue":{m},'
                f'"currency":"EUR","product_id":"{PRODUCTS[p].id}","name":"{PRODUCTS[p].name}"}}'
                for i, (who, s, m, p) in enumerate(zip(person, store, revenue.tolist(), product, strict=True))
            ],
        )
        self._log.meet("store_purchase", person, at)
        return person, at, product

    def _buyers(self, orders: Orders, rows: Ints) -> list[str]:
        return [f'[["email","{self._people.email[p]}"]]' for p in orders.person[rows]]
