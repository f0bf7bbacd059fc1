"""What visits do, step by step: land, read, search, look, fill the cart, check out."""

from __future__ import annotations

from typing import Final

import numpy as np

from polku.demo.calendar import CAMPAIGNS, Flags, Ints
from polku.demo.catalogue import CATEGORIES, GUIDES, PRODUCTS, SEARCHES, described, order_id
from polku.demo.footsteps import Footsteps
from polku.demo.orders import Orders
from polku.demo.visits import CART, ORDER, PAYMENT, SEARCH, VIEWS

_METHODS: Final = ("card", "bank", "mobile_pay")
_REASONS: Final = ("bank_timeout", "card_declined", "authentication_failed", "redirect_lost")


class Walk:
    """Walks all visits through the shop."""

    def __init__(self, steps: Footsteps, rng: np.random.Generator, orders: Orders) -> None:
        self._steps, self._rng, self._orders = steps, rng, orders
        self._visits = steps.visits

    def run(self) -> Ints:
        """Take all steps; returns when each order was completed, by row of Orders."""
        goes = self._visits.goes
        self._land()
        self._steps.tell(self._visits.login & (goes < PAYMENT))
        self._read_guides()
        self._search()
        self._list()
        self._view_products()
        self._read_reviews()
        self._fill_cart()
        self._steps.tell(goes >= PAYMENT)
        self._check_out()
        return self._complete()

    def _chance(self, *by_goes: float) -> Flags:
        """Who takes a step, by how far the visit goes (BOUNCE … ORDER)."""
        return np.asarray(self._rng.random(len(self._visits)) < np.array(by_goes)[self._visits.goes])

    def _land(self) -> None:
        visits, n = self._visits, len(self._visits)
        draw = self._rng.random(n)
        guides = [f"/oppaat/{GUIDES[g]}" for g in self._rng.integers(0, len(GUIDES), n)]
        lists = [f"/tuotteet/{CATEGORIES[c]}" for c in self._rng.integers(0, len(CATEGORIES), n)]
        campaigns = [f"/kampanja/{CAMPAIGNS[c].slug}" for c in visits.campaign]
        to_campaign = visits.campaign >= 0
        to_guide = ~to_campaign & ~self._steps.app & (draw < np.where(visits.entry == SEARCH, 0.13, 0.04))
        to_list = ~to_campaign & (draw > 0.6)
        self._steps.see(to_campaign, "Kampanja", campaigns, landing=True)
        self._steps.see(to_guide, "Opas", guides, landing=True)
        self._steps.see(to_list, "Tuotteet", lists, landing=True)
        self._steps.see(~(to_campaign | to_guide | to_list), "Etusivu", ["/"] * n, landing=True)
        self._steps.meet("guide", to_guide)

    def _read_guides(self) -> None:
        reads = self._chance(0, 0.11, 0.08, 0.02, 0.07) & ~self._steps.app
        pick = self._rng.integers(0, len(GUIDES), len(reads))
        self._steps.see(reads, "Opas", [f"/oppaat/{GUIDES[g]}" for g in pick])
        self._steps.meet("guide", reads)

    def _search(self) -> None:
        asks = self._chance(0, 0.14, 0.2, 0.05, 0.15)
        words = self._rng.integers(0, len(SEARCHES), len(asks))
        self._steps.track(asks, "Products Searched", [f'"query":"{SEARCHES[w]}"' for w in words], "/haku")

    def _list(self) -> None:
        looks = self._chance(0, 0.34, 0.4, 0.1, 0.3)
        pick = [CATEGORIES[k] for k in self._rng.integers(0, len(CATEGORIES), len(looks))]
        details = [f'"list_id":"{c}","category":"{c}"' for c in pick]
        self._steps.track(looks, "Product List Viewed", details, [f"/tuotteet/{c}" for c in pick])

    def _view_products(self) -> None:
        chances = ((0, 0.3, 0.35, 0.0, 0.3), (0, 0.55, 0.6, 0.1, 0.45), (0.25, 0.85, 1, 1, 1))
        for view in range(VIEWS):
            looks = self._chance(*chances[view])
            products = [PRODUCTS[p] for p in self._visits.products[:, view]]
            details = [described(p) for p in products]
            self._steps.track(looks, "Product Viewed", details, [p.path for p in products])

    def _read_reviews(self) -> None:
        reads = self._chance(0, 0.11, 0.15, 0, 0.25)
        products = [PRODUCTS[p] for p in self._visits.products[:, -1]]
        self._steps.see(reads, "Arvostelut", [f"/arvostelut/{p.id}" for p in products])
        self._steps.meet("reviews", reads & ~self._steps.app)

    def _fill_cart(self) -> None:
        products = [PRODUCTS[p] for p in self._visits.products[:, -1]]
        details = [described(p) for p in products]
        fills = self._visits.goes >= CART
        added = [f'{d},"quantity":1' for d in details]
        self._steps.track(fills, "Product Added", added, [p.path for p in products])
        cart = [f'"cart_id":"c{i}","products":[{{{d}}}]' for i, d in enumerate(details)]
        self._steps.track(self._chance(0, 0, 0.7, 1, 1), "Cart Viewed", cart, "/ostoskori")

    def _check_out(self) -> None:
        visits, n = self._visits, len(self._visits)
        numbers = [
            f'"order_id":"{order_id(int(o))}"' if o >= 0 else f'"checkout_id":"T{i}"'
            for i, o in enumerate(visits.order)
        ]
        self._steps.track(self._chance(0, 0, 0.25, 1, 1), "Checkout Started", numbers, "/kassa")
        methods = self._rng.integers(0, len(_METHODS), n)
        paying = [f'{o},"payment_method":"{_METHODS[m]}"' for o, m in zip(numbers, methods, strict=True)]
        self._steps.track(visits.goes >= PAYMENT, "Payment Info Entered", paying, "/maksu")
        reasons = self._rng.choice(len(_REASONS), n, p=[0.25, 0.25, 0.2, 0.3])
        failing = [f'{p},"reason":"{_REASONS[r]}"' for p, r in zip(paying, reasons, strict=True)]
        fails = visits.payment_failed
        self._steps.track(fails, "Payment Failed", failing, "/maksu")
        self._steps.meet("mobile_payment_failed", fails & self._steps.mobile)
        self._steps.meet("other_payment_failed", fails & ~self._steps.mobile)
        self._steps.track(fails & (visits.goes == ORDER), "Payment Info Entered", paying, "/maksu")

    def _complete(self) -> Ints:
        visits, orders = self._visits, self._orders
        rows = np.flatnonzero(visits.goes == ORDER)
        order = visits.order[rows]
        details = [""] * len(visits)
        value = np.full(len(visits), np.nan)
        value[rows] = orders.revenue[order]
        for i, o in zip(rows.tolist(), order.tolist(), strict=True):
            details[i] = (
                f'"order_id":"{order_id(o)}","revenue":{value[i]},"total":{value[i]},"currency":"EUR",'
                f'"products":[{{{described(PRODUCTS[orders.product[o]])},"quantity":{orders.quantity[o]}}}]'
            )
        self._steps.track(visits.goes == ORDER, "Order Completed", details, "/kiitos", value=value)
        completed = np.zeros(len(orders), dtype=np.int64)
        completed[order] = self._steps.clock[rows]
        return completed
