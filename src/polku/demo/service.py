"""Customer service: calls and chats, far more of them after a late delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from polku.demo.calendar import CHAT_HOURS, DAY, MINUTE, PHONE_HOURS, SECOND, Calendar, Flags, Ints, Rhythm
from polku.demo.catalogue import CALL_TOPICS
from polku.demo.log import Log
from polku.demo.orders import Orders
from polku.demo.people import People
from polku.demo.sources import CHAT, PHONE

LATE: Final = 0  # CALL_TOPICS[0]: the caller asks where the parcel is
EVENING: Final = 17
_QUEUES: Final = ("none", "day", "evening")


@dataclass(frozen=True, slots=True)
class Contacts:
    """Ended calls or chats: `good` is solved (call) or an evening queue (chat)."""

    person: Ints
    ended_at: Ints
    topic: Ints
    good: Flags


class Service:
    """Draws the year's calls and chats and notes their events."""

    def __init__(
        self, log: Log, people: People, calendar: Calendar, rng: np.random.Generator, orders: Orders
    ) -> None:
        self._log, self._people, self._calendar, self._rng = log, people, calendar, rng
        self._orders = orders

    def calls(self) -> Contacts:
        person, at, topic = self._drawn(0.06, 0.30, 0.05, PHONE_HOURS)
        n = len(person)
        waiting = (self._rng.gamma(1.2, 90, n)).astype(np.int64)
        ended = at + waiting * SECOND + self._rng.integers(90, 900, n) * SECOND
        solved = self._rng.random(n) < 0.72
        who = [self._caller(p, d) for p, d in zip(person, self._rng.random(n), strict=True)]
        about = [f'"call_id":"P{i}","topic":"{CALL_TOPICS[t]}"' for i, t in enumerate(topic)]
        self._log.add(PHONE, "Call Started", at=at, identifiers=who, properties=[f"{{{a}}}" for a in about])
        details = [
            f'{{{a},"waiting_s":{w},"duration_s":{d},"solved":{"true" if s else "false"}}}'
            for a, w, d, s in zip(about, waiting, (ended - at) // SECOND, solved, strict=True)
        ]
        self._log.add(PHONE, "Call Ended", at=ended, identifiers=who, properties=details)
        self._log.meet("phone_solved", person[solved], ended[solved])
        self._log.meet("phone_unsolved", person[~solved], ended[~solved])
        return Contacts(person, ended, topic, solved)

    def chats(self) -> Contacts:
        person, at, topic = self._drawn(0.08, 0.16, 0.06, CHAT_HOURS)
        n = len(person)
        evening = self._calendar.hour(at) >= EVENING
        queued = self._rng.random(n) < np.where(evening, 0.62, 0.15)
        waiting = np.where(queued, 240 + self._rng.gamma(2, 150, n), self._rng.gamma(1.5, 20, n)).astype(
            np.int64
        )
        queue = np.where(queued, np.where(evening, 2, 1), 0)
        ended = at + waiting * SECOND + self._rng.integers(2 * MINUTE, 15 * MINUTE, n)
        user = np.where(self._rng.random(n) < 0.8, person, -1)
        who = [f'[["email","{self._people.email[p]}"]]' for p in person]
        about = [f'"chat_id":"C{i}","topic":"{CALL_TOPICS[t]}"' for i, t in enumerate(topic)]
        started = [f"{{{a}}}" for a in about]
        self._log.add(CHAT, "Chat Started", at=at, user=user, identifiers=who, properties=started)
        details = [
            f'{{{a},"waiting_s":{w},"queue":"{_QUEUES[q]}"}}'
            for a, w, q in zip(about, waiting, queue, strict=True)
        ]
        self._log.add(CHAT, "Chat Ended", at=ended, user=user, identifiers=who, properties=details)
        self._log.meet("evening_chat_wait", person[queue == 2], ended[queue == 2])
        self._log.meet("chat", person[queue < 2], ended[queue < 2])
        return Contacts(person, ended, topic, queue == 2)

    def _drawn(
        self, rate: float, if_late: float, if_on_time: float, rhythm: Rhythm
    ) -> tuple[Ints, Ints, Ints]:
        """Person, time and topic: on their own accord (the engaged more), and about an order on its way."""
        rng, orders, people = self._rng, self._orders, self._people
        known = np.arange(people.customers)
        own = np.repeat(known, rng.poisson(rate * np.exp(0.5 * people.engagement[known])))
        late = orders.late_days > 0
        asks = np.flatnonzero(rng.random(len(orders)) < np.where(late, if_late, if_on_time))
        late = late[asks]
        due = orders.delivered_at[asks] - orders.late_days[asks] * DAY
        about_at = self._calendar.later(rng, due, np.ones(len(asks), np.int64), rhythm)
        person = np.concatenate([own, orders.person[asks]])
        at = np.concatenate([self._calendar.moments(rng, len(own), rhythm), about_at])
        topic = np.concatenate(
            [rng.choice(5, len(own), p=[0.1, 0.25, 0.35, 0.15, 0.15]), np.where(late, 0, 2)]
        )
        return person, at, topic

    def _caller(self, person: int, draw: float) -> str:
        """What the phone service knows of a caller: a number, or an e-mail address that was asked for."""
        kind, value = (
            ("phone", self._people.phone[person]) if draw < 0.75 else ("email", self._people.email[person])
        )
        return f'[["{kind}","{value}"]]'
