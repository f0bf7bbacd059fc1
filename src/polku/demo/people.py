"""The people of the demo: customers with names and devices, and visitors who never say who they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from polku.demo import names
from polku.demo.calendar import DAY, Calendar, Flags, Floats, Ints
from polku.demo.catalogue import CITIES, CITY_WEIGHTS
from polku.demo.truths import MOOD_ENGAGEMENT_CORRELATION, MOOD_LIMIT, MOOD_SD

DESKTOP: Final = 0
MOBILE: Final = 1
TABLET: Final = 2
APP: Final = 3
KINDS: Final = ("desktop", "mobile", "tablet", "app")
APP_SLOT: Final = 3
VISITORS_PER_CUSTOMER: Final = 0.5

_DOMAINS = ("asiakas.example", "posti.example", "example.com", "example.org")
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0"
_AGENTS: Final = (
    (
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME} Safari/537.36",
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    ),
    (
        f"Mozilla/5.0 (Linux; Android 15; K) {_CHROME} Mobile Safari/537.36",
        f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_WEBKIT} Mobile/15E148 Safari/604.1",
    ),
    (f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {_WEBKIT} Safari/604.1",),
    ("PolkuvarusteApp/4.2 (Android 15)", "PolkuvarusteApp/4.2 (iOS 18.5)"),
)


@dataclass(frozen=True, slots=True)
class Devices:
    """Browsers and app installations: kind (index of KINDS), user agent, anonymous id."""

    kind: Ints
    agent: list[str]
    anonymous_id: list[str]


@dataclass(frozen=True, slots=True)
class People:
    """One row a person; the first `customers` are customers, the rest visitors who stay unknown.

    `devices` has four columns of device numbers: browsers 0–2 and the app (3); −1 is none.
    `user_ids` holds each customer's user id, then each one's second (on browser 1, if `second_account`).
    """

    customers: int
    engagement: Floats
    mood: Floats
    name: list[str]
    email: list[str]
    phone: list[str]
    city: list[str]
    swedish: Flags
    english: Flags
    created_at: Ints
    browses: Flags
    subscribes: Flags
    loyal: Flags
    second_account: Flags
    devices: Ints
    user_ids: list[str]
    device: Devices

    @property
    def all(self) -> int:
        return len(self.engagement)

    def user_of(self, person: Ints, slot: Ints) -> Ints:
        """Index of the user id a person has on the device in `slot`."""
        return person + np.where(self.second_account[person] & (slot == 1), self.customers, 0)

    def identifiers(self, person: int) -> str:
        """What an identify call tells beyond the user id, as JSON pairs."""
        pairs = [["email", self.email[person]], ["phone", self.phone[person]], ["name", self.name[person]]]
        return json.dumps(pairs, ensure_ascii=False)

    def traits(self, person: int) -> str:
        """Traits of an identify call, as a JSON object."""
        born = datetime.fromtimestamp(int(self.created_at[person]) / 1e6, tz=UTC)
        language = "sv" if self.swedish[person] else "en" if self.english[person] else "fi"
        return json.dumps(
            {
                "name": self.name[person],
                "email": self.email[person],
                "phone": self.phone[person],
                "city": self.city[person],
                "language": language,
                "created_at": born.isoformat(timespec="seconds"),
            },
            ensure_ascii=False,
        )


def draw_people(rng: np.random.Generator, *, customers: int, calendar: Calendar) -> People:
    """Customers and visitors, with everything about them that does not change in the year."""
    n = customers + int(customers * VISITORS_PER_CUSTOMER)
    engagement = rng.standard_normal(n)
    other = np.sqrt(1 - MOOD_ENGAGEMENT_CORRELATION**2) * rng.standard_normal(n)
    mood = np.clip(MOOD_SD * (MOOD_ENGAGEMENT_CORRELATION * engagement + other), -MOOD_LIMIT, MOOD_LIMIT)
    known = np.arange(n) < customers
    swedish = rng.random(n) < 0.06
    name = _names(rng, swedish[:customers])
    devices, device = _draw_devices(rng, known, engagement)
    share = np.array(CITY_WEIGHTS, dtype=float)
    return People(
        customers=customers,
        engagement=engagement,
        mood=mood,
        name=name,
        email=_emails(rng, name),
        phone=[f"+35840{k:07d}" for k in rng.choice(100_000, customers, replace=customers > 100_000)],
        city=[CITIES[k] for k in rng.choice(len(CITIES), customers, p=share / share.sum())],
        swedish=swedish,
        english=rng.random(n) < np.where(swedish, 0.3, 0.18),
        created_at=calendar.start - rng.integers(1, 5 * 365, n) * DAY // 2,
        browses=~known | (rng.random(n) < 0.72),
        subscribes=known & (rng.random(n) < 0.42),
        loyal=known & (rng.random(n) < 0.6),
        second_account=known & (devices[:, 1] >= 0) & (rng.random(n) < 0.04),
        devices=devices,
        user_ids=[f"u-{100_000 + k}" for k in range(customers)]
        + [f"u-{700_000 + k}" for k in range(customers)],
        device=device,
    )


def _draw_devices(rng: np.random.Generator, known: Flags, engagement: Floats) -> tuple[Ints, Devices]:
    n = len(known)
    has = np.zeros((n, 4), dtype=bool)
    has[:, 0] = True
    has[:, 1] = known & (rng.random(n) < 0.55)
    has[:, 2] = has[:, 1] & (rng.random(n) < 0.3)
    has[:, APP_SLOT] = known & (rng.random(n) < 0.16 + 0.12 * (engagement > 0.5))
    number = np.where(has, np.cumsum(has.ravel()).reshape(n, 4) - 1, -1)
    first = rng.choice(3, n, p=[0.42, 0.53, 0.05])
    kinds = np.stack(
        [first, np.where(first == MOBILE, DESKTOP, MOBILE), rng.integers(0, 3, n), np.full(n, APP)], axis=1
    )
    kind = kinds[has]
    pick = rng.random(len(kind))
    agents = [_AGENTS[k][int(p * len(_AGENTS[k]))] for k, p in zip(kind, pick, strict=True)]
    text = rng.bytes(16 * len(kind)).hex()
    ids = [_uuid(text, i) for i in range(len(kind))]
    shared = np.flatnonzero(has[:, 1] & (rng.random(n) < 0.01))
    number[shared, 1] = number[rng.permutation(shared), 0]
    return number, Devices(kind, agents, ids)


def _uuid(text: str, i: int) -> str:
    t = text[32 * i : 32 * i + 32]
    return f"{t[:8]}-{t[8:12]}-4{t[13:16]}-a{t[17:20]}-{t[20:]}"


def _names(rng: np.random.Generator, swedish: Flags) -> list[str]:
    first, last = _skewed(rng, len(names.FIRST), len(swedish)), _skewed(rng, len(names.LAST), len(swedish))
    sv_first = _skewed(rng, len(names.SWEDISH_FIRST), len(swedish))
    sv_last = _skewed(rng, len(names.SWEDISH_LAST), len(swedish))
    return [
        f"{names.SWEDISH_FIRST[c]} {names.SWEDISH_LAST[d]}" if sv else f"{names.FIRST[a]} {names.LAST[b]}"
        for a, b, c, d, sv in zip(first, last, sv_first, sv_last, swedish, strict=True)
    ]


def _skewed(rng: np.random.Generator, choices: int, n: int) -> Ints:
    """Indices of which the first come most often, as names do."""
    weight = 1 / (np.arange(choices) + 12)
    return np.asarray(rng.choice(choices, n, p=weight / weight.sum()), dtype=np.int64)


def _emails(rng: np.random.Generator, full_names: list[str]) -> list[str]:
    """One unique address a person; a namesake gets a number."""
    seen: dict[str, int] = {}
    emails = []
    for full, d in zip(full_names, rng.choice(4, len(full_names), p=[0.4, 0.3, 0.2, 0.1]), strict=True):
        local = full.lower().replace(" ", ".").translate(str.maketrans("äöå", "aoa"))
        address = f"{local}@{_DOMAINS[d]}"
        seen[address] = seen.get(address, 0) + 1
        emails.append(address if seen[address] == 1 else f"{local}{seen[address]}@{_DOMAINS[d]}")
    return emails
