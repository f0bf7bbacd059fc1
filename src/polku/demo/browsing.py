"""Turns visits into events: pages, screens and calls of the web shop and the app, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from polku.demo.calendar import CAMPAIGNS, SECOND, Flags, Floats, Ints
from polku.demo.catalogue import CATEGORIES, GUIDES, HOST, PRODUCTS, SEARCHES, Product
from polku.demo.log import Log, late_arrivals
from polku.demo.orders import Orders
from polku.demo.people import KINDS, MOBILE, People
from polku.demo.sources import APP, WEB, DemoSource
from polku.demo.visits import (
    AD,
    CART,
    EMAIL,
    ENTRIES,
    NEVER,
    ORDER,
    PAYMENT,
    SOCIAL,
    VIEWS,
    Visits,
    identifies,
    known_since,
)  # fmt: skip
from polku.store.schema import EventType

_REFERRERS: Final = (
    "https://www.hakukone.example/", "", "https://somevirta.example/", "https://ilmoitus.example/", "",
    "https://retkiblogi.example/",
)  # fmt: skip
_KINDS: Final = ("search", "direct", "social", "ad", "email", "referral")
_LANDING_SCREEN: Final = "Etusivu"
_REASONS: Final = ("bank_timeout", "card_declined", "authentication_failed", "mobile_redirect_lost")


class Walk:
    """Walks all visits at once: each step emits its events and moves those visits' clocks."""

    def __init__(
        self, log: Log, people: People, rng: np.random.Generator, *, visits: Visits, orders: Orders
    ) -> None:
        self._log, self._people, self._rng = log, people, rng
        self._visits, self._orders = visits, orders
        self._clock = visits.at.copy()
        self._device = visits.device(people)
        since = known_since(people, visits)[visits.person, visits.slot]
        self._known = since < visits.at
        self._linked = since < NEVER
        self._kind = [KINDS[k] for k in people.device.kind[self._device]]
        self._mobile = (people.device.kind[self._device] == MOBILE) | visits.in_app()
        self._about = self._contexts()

    def run(self) -> Ints:
        """Emit everything; returns when each order was completed, by row of Orders."""
        goes = self._visits.goes
        self._land()
        self._tell(self._visits.login & (goes < PAYMENT))
        self._read_guides()
        self._search()
        self._list()
        self._view_products()
        self._read_reviews()
        self._fill_cart()
        self._tell(goes >= PAYMENT)
        return self._check_out()

    def _chance(self, *by_goes: float) -> Flags:
        """Who takes a step, by how far the visit goes (BOUNCE … ORDER)."""
        return np.asarray(self._rng.random(len(self._visits)) < np.array(by_goes)[self._visits.goes])

    def _land(self) -> None:
        visits, n = self._visits, len(self._visits)
        draw = self._rng.random(n)
        guide = self._rng.integers(0, len(GUIDES), n)
        category = self._rng.integers(0, len(CATEGORIES), n)
        to_campaign = (visits.campaign >= 0) & np.isin(visits.entry, (SOCIAL, AD, EMAIL))
        to_guide = ~to_campaign & (draw < np.where(visits.entry == 0, 0.13, 0.04))
        to_list = ~to_campaign & (draw > 0.6)
        paths = [
            f"/kampanja/{CAMPAIGNS[c].slug}"
            if a
            else f"/oppaat/{GUIDES[g]}"
            if b
            else f"/tuotteet/{CATEGORIES[k]}"
            if d
            else "/"
            for a, b, d, c, g, k in zip(
                to_campaign, to_guide, to_list, visits.campaign, guide, category, strict=True
            )
        ]
        self._see(np.ones(n, dtype=bool), paths, "Etusivu")
        self._meet_guide(to_guide & ~visits.in_app())

    def _read_guides(self) -> None:
        reads = self._chance(0, 0.11, 0.08, 0.02, 0.07) & ~self._visits.in_app()
        pick = self._rng.integers(0, len(GUIDES), len(reads))
        self._see(reads, [f"/oppaat/{GUIDES[g]}" for g in pick], "Opas")
        self._meet_guide(reads)

    def _meet_guide(self, reads: Flags) -> None:
        reads = reads & self._linked
        self._log.meet("guide", self._visits.person[reads], self._clock[reads])

    def _search(self) -> None:
        asks = self._chance(0, 0.14, 0.2, 0.05, 0.15)
        words = self._rng.integers(0, len(SEARCHES), len(asks))
        self._track(asks, "Products Searched", [f'"query":"{SEARCHES[w]}"' for w in words], "/haku")

    def _list(self) -> None:
        looks = self._chance(0, 0.34, 0.4, 0.1, 0.3)
        pick = [CATEGORIES[k] for k in self._rng.integers(0, len(CATEGORIES), len(looks))]
        self._track(
            looks,
            "Product List Viewed",
            [f'"list_id":"{c}","category":"{c}"' for c in pick],
            [f"/tuotteet/{c}" for c in pick],
        )

    def _view_products(self) -> None:
        chances = ((0, 0.3, 0.35, 0.0, 0.3), (0, 0.55, 0.6, 0.1, 0.45), (0.25, 0.85, 1, 1, 1))
        for view in range(VIEWS):
            looks = self._chance(*chances[view])
            products = [PRODUCTS[p] for p in self._visits.products[:, view]]
            self._track(
                looks, "Product Viewed", [_described(p) for p in products], [p.path for p in products]
            )

    def _read_reviews(self) -> None:
        reads = self._chance(0, 0.11, 0.15, 0, 0.25)
        products = [PRODUCTS[p] for p in self._visits.products[:, -1]]
        self._see(reads, [f"/arvostelut/{p.id}" for p in products], "Arvostelut")
        met = reads & self._linked & ~self._visits.in_app()
        self._log.meet("reviews", self._visits.person[met], self._clock[met])

    def _fill_cart(self) -> None:
        products = [PRODUCTS[p] for p in self._visits.products[:, -1]]
        fills = self._visits.goes >= CART
        self._track(
            fills,
            "Product Added",
            [f'{_described(p)},"quantity":1' for p in products],
            [p.path for p in products],
        )
        cart = [f'"cart_id":"c{i}","products":[{{{_described(p)}}}]' for i, p in enumerate(products)]
        self._track(self._chance(0, 0, 0.7, 1, 1), "Cart Viewed", cart, "/ostoskori")

    def _check_out(self) -> Ints:
        visits, n = self._visits, len(self._visits)
        order_ids = [f'"order_id":"{order_id(o) if o >= 0 else f"T{i}"}"' for i, o in enumerate(visits.order)]
        self._track(self._chance(0, 0, 0.25, 1, 1), "Checkout Started", order_ids, "/kassa")
        pays = visits.goes >= PAYMENT
        method = [("card", "bank", "mobile_pay")[k] for k in self._rng.integers(0, 3, n)]
        paying = [f'{o},"payment_method":"{m}"' for o, m in zip(order_ids, method, strict=True)]
        self._track(pays, "Payment Info Entered", paying, "/maksu")
        reason = [_REASONS[k] for k in self._rng.choice(4, n, p=[0.25, 0.25, 0.2, 0.3])]
        failing = [f'{p},"reason":"{r}"' for p, r in zip(paying, reason, strict=True)]
        fails = visits.payment_failed
        self._track(fails, "Payment Failed", failing, "/maksu")
        for key, who in (("mobile_payment_failed", self._mobile), ("desktop_payment_failed", ~self._mobile)):
            met = fails & who
            self._log.meet(key, visits.person[met], self._clock[met])
        again = fails & (visits.goes == ORDER)
        self._track(again, "Payment Info Entered", paying, "/maksu")
        return self._complete()

    def _complete(self) -> Ints:
        visits, orders = self._visits, self._orders
        buys = visits.goes == ORDER
        rows = np.flatnonzero(buys)
        details = [""] * len(visits)
        value = np.full(len(visits), np.nan)
        for i in rows:
            o = int(visits.order[i])
            p, q, revenue = PRODUCTS[orders.product[o]], int(orders.quantity[o]), float(orders.revenue[o])
            value[i] = revenue
            details[i] = (
                f'"order_id":"{order_id(o)}","revenue":{revenue},"total":{revenue},"shipping":0,"currency":"EUR",'
                f'"products":[{{{_described(p)},"quantity":{q}}}]'
            )
        self._track(buys, "Order Completed", details, "/kiitos", value=value)
        completed = np.zeros(len(orders), dtype=np.int64)
        completed[visits.order[rows]] = self._clock[rows]
        return completed

    def _contexts(self) -> list[str]:
        """The part of the context that stays the same through a visit."""
        agents, visits = self._people.device.agent, self._visits
        parts = []
        for device, kind, campaign, entry in zip(
            self._device, self._kind, visits.campaign, visits.entry, strict=True
        ):
            about = f'"userAgent":"{agents[device]}","device":{{"type":"{kind}"}},"locale":"fi-FI","timezone":"Europe/Helsinki"'
            if campaign >= 0:
                medium = ENTRIES[entry]
                source = {"social": "somevirta", "ad": "ilmoitus", "email": "uutiskirje"}.get(medium, medium)
                about += f',"campaign":{{"name":"{CAMPAIGNS[campaign].name}","source":"{source}","medium":"{medium}"}}'
            parts.append(about)
        return parts

    def _see(self, who: Flags, paths: Sequence[str], screen: str) -> None:
        """Pages seen on the web; in the app the same is a screen without a path."""
        app = self._visits.in_app()
        titles = [f'"title":"{screen}"'] * len(who)
        self._emit(who & ~app, screen, titles, paths, kind=EventType.PAGE, source=WEB)
        self._emit(who & app, screen, titles, None, kind=EventType.SCREEN, source=APP)

    def _track(
        self,
        who: Flags,
        name: str,
        details: Sequence[str],
        paths: Sequence[str] | str,
        value: Floats | None = None,
    ) -> None:
        app = self._visits.in_app()
        self._emit(who & ~app, name, details, paths, value=value)
        self._emit(who & app, name, details, None, source=APP, value=value)

    def _emit(
        self,
        who: Flags,
        name: str,
        details: Sequence[str],
        paths: Sequence[str] | str | None,
        *,
        kind: EventType = EventType.TRACK,
        source: DemoSource = WEB,
        value: Floats | None = None,
    ) -> None:
        rows = np.flatnonzero(who)
        visits = self._visits
        at = self._clock[rows] + (self._rng.lognormal(3.4, 0.9, len(rows)) * SECOND).astype(np.int64)
        self._clock[rows] = at
        person, slot = visits.person[rows], visits.slot[rows]
        user = np.where(self._known[rows], self._people.user_of(person, slot), -1)
        path = None if paths is None else [paths if isinstance(paths, str) else paths[i] for i in rows]
        self._log.add(
            source,
            name,
            kind=kind,
            at=at,
            device=self._device[rows],
            user=user,
            path=path,
            value=None if value is None else value[rows],
            properties=[
                f'{{{details[i]},"referrer_kind":"{_KINDS[visits.entry[i]]}","device":"{self._kind[i]}"}}'
                for i in rows
            ],
            context=self._context(rows, path),
            delay=late_arrivals(self._rng, len(rows), 0.03) if source is APP else None,
        )

    def _context(self, rows: Ints, path: Sequence[str] | None) -> list[str]:
        about, entry = self._about, self._visits.entry
        if path is None:
            return [f'{{{about[i]},"app":{{"name":"Polkuvaruste","version":"4.2"}}}}' for i in rows]
        return [
            f'{{{about[i]},"page":{{"path":"{p}","url":"{HOST}{p}","referrer":"{_REFERRERS[entry[i]]}"}}}}'
            for i, p in zip(rows, path, strict=True)
        ]

    def _tell(self, who: Flags) -> None:
        """Say who they are: an identify call with traits."""
        people, visits = self._people, self._visits
        tells = who & identifies(people, visits)
        self._known = self._known | tells
        for source in (WEB, APP):
            rows = np.flatnonzero(tells & (visits.in_app() == (source is APP)))
            person = visits.person[rows]
            at = self._clock[rows] + SECOND
            self._clock[rows] = at
            self._log.add(
                source,
                "",
                kind=EventType.IDENTIFY,
                at=at,
                device=self._device[rows],
                user=people.user_of(person, visits.slot[rows]),
                identifiers=[people.identifiers(p) for p in person],
                properties=[people.traits(p) for p in person],
                context=self._context(rows, None if source is APP else ["/kirjaudu"] * len(rows)),
            )


def order_id(order: int) -> str:
    return f"PV{200_000 + order}"


def _described(product: Product) -> str:
    return (
        f'"product_id":"{product.id}","name":"{product.name}","category":"{product.category}",'
        f'"price":{product.price},"currency":"EUR"'
    )
