"""E-mail: newsletters of the campaigns, order confirmations, set-up guides, reminders of a cart."""

from __future__ import annotations

from typing import Final

import numpy as np

from polku.demo.calendar import CAMPAIGNS, HOUR, MINUTE, MORNING, SECOND, Calendar, Floats, Ints
from polku.demo.catalogue import PRODUCTS, order_id
from polku.demo.log import Log
from polku.demo.orders import Orders
from polku.demo.people import People
from polku.demo.sources import EMAIL
from polku.demo.visits import CART, Visits

CONFIRMATION: Final = "Tilausvahvistus"
ONBOARDING: Final = "Käyttöönotto-ohje"
CART_REMINDER: Final = "Ostoskorimuistutus"
_CONTEXT: Final = '{"library":{"name":"postittaja","version":"2.1"}}'


class Post:
    """Sends letters: Email Delivered, Email Opened, Email Link Clicked."""

    def __init__(self, log: Log, people: People, calendar: Calendar, rng: np.random.Generator) -> None:
        self._log, self._people, self._calendar, self._rng = log, people, calendar, rng

    def newsletters(self) -> tuple[Ints, Ints]:
        """One newsletter as each campaign begins; returns who clicked, and when."""
        readers = np.flatnonzero(self._people.subscribes)
        clicked: list[tuple[Ints, Ints]] = []
        running = self._calendar.campaign
        for first in np.flatnonzero((running >= 0) & (running != np.roll(running, 1))):
            campaign = CAMPAIGNS[running[first]]
            begin = self._calendar.day_start(int(first))
            sent = self._calendar.later(
                self._rng, np.full(len(readers), begin - HOUR), np.ones(len(readers), np.int64), MORNING
            )
            opens = self._rng.random(len(readers)) < _opening(self._people, readers, -0.9)
            opened = sent + (self._rng.lognormal(1.2, 1.2, len(readers)) * HOUR).astype(np.int64)
            clicks = opens & (self._rng.random(len(readers)) < 0.16)
            at = opened + self._rng.integers(10, 120, len(readers)) * SECOND
            self._send("newsletter", campaign.name, readers, sent)
            self._open("newsletter", campaign.name, readers[opens], opened[opens])
            self._log.meet("newsletter", readers[opens], opened[opens])
            self._click(campaign.name, f"/kampanja/{campaign.slug}", readers[clicks], at[clicks])
            clicked.append((readers[clicks], at[clicks] + 5 * SECOND))
        who, when = (np.concatenate(column) for column in zip(*clicked, strict=True))
        return who, when

    def confirmations(self, orders: Orders, completed: Ints) -> None:
        sent = completed + self._rng.integers(20, 90, len(orders)) * SECOND
        opens = self._rng.random(len(orders)) < 0.72
        opened = sent + self._rng.integers(1, 300, len(orders)) * MINUTE
        numbers = [order_id(int(o)) for o in range(len(orders))]
        self._send("transactional", CONFIRMATION, orders.person, sent, numbers)
        self._open("transactional", CONFIRMATION, orders.person[opens], opened[opens])

    def onboarding(self, orders: Orders) -> None:
        rows = np.flatnonzero(orders.onboarding)
        sent = orders.delivered_at[rows] + self._rng.integers(3 * HOUR, 13 * HOUR, len(rows))
        self._send("onboarding", ONBOARDING, orders.person[rows], sent, [order_id(int(o)) for o in rows])
        rows = np.flatnonzero(orders.onboarding_opened)
        person, opened = orders.person[rows], orders.onboarding_opened_at[rows]
        self._open("onboarding", ONBOARDING, person, opened)
        self._log.meet("onboarding_email", person, opened)
        clicks = self._rng.random(len(rows)) < 0.3
        category = [PRODUCTS[p].category for p in orders.product[rows][clicks]]
        at = opened[clicks] + 40 * SECOND
        self._click(ONBOARDING, [f"/kayttoonotto/{c}" for c in category], person[clicks], at)

    def reminders(self, visits: Visits) -> None:
        """To subscribers who left a full cart."""
        left = (visits.goes == CART) & (visits.person < self._people.customers)
        rows = np.flatnonzero(left)
        rows = rows[self._people.subscribes[visits.person[rows]]]
        sent = visits.at[rows] + self._rng.integers(3 * HOUR, 5 * HOUR, len(rows))
        opens = self._rng.random(len(rows)) < _opening(self._people, visits.person[rows], -0.5)
        self._send("reminder", CART_REMINDER, visits.person[rows], sent)
        self._open("reminder", CART_REMINDER, visits.person[rows][opens], (sent + 40 * MINUTE)[opens])

    def _send(
        self, kind: str, campaign: str, person: Ints, at: Ints, orders: list[str] | None = None
    ) -> None:
        numbers = [""] * len(person) if orders is None else [f',"order_id":"{o}"' for o in orders]
        self._log.add(
            EMAIL,
            "Email Delivered",
            at=at,
            identifiers=self._addresses(person),
            properties=[f'{{"campaign":"{campaign}","kind":"{kind}"{o}}}' for o in numbers],
            context=_CONTEXT,
        )

    def _open(self, kind: str, campaign: str, person: Ints, at: Ints) -> None:
        self._log.add(
            EMAIL,
            "Email Opened",
            at=at,
            identifiers=self._addresses(person),
            properties=[f'{{"campaign":"{campaign}","kind":"{kind}"}}'] * len(person),
            context=_CONTEXT,
        )

    def _click(self, campaign: str, links: str | list[str], person: Ints, at: Ints) -> None:
        paths = [links] * len(person) if isinstance(links, str) else links
        self._log.add(
            EMAIL,
            "Email Link Clicked",
            at=at,
            identifiers=self._addresses(person),
            properties=[f'{{"campaign":"{campaign}","link":"{p}"}}' for p in paths],
            context=_CONTEXT,
        )

    def _addresses(self, person: Ints) -> list[str]:
        return [f'[["email","{self._people.email[p]}"]]' for p in person]


def _opening(people: People, person: Ints, intercept: float) -> Floats:
    """Probability of opening a letter: the engaged open more."""
    return np.asarray(1 / (1 + np.exp(-intercept - 0.6 * people.engagement[person])))
