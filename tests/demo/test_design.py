"""What the truths say was met can be read from the events alone, by joining identifiers."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from polku.demo import World
from polku.demo.truths import EFFECTS, WINDOW_DAYS

WINDOW = WINDOW_DAYS * 86_400_000_000

Row = dict[str, Any]


def _property(name: str, **wanted: object) -> Callable[[Row], bool]:
    def matches(row: Row) -> bool:
        if row["name"] != name:
            return False
        said = json.loads(row["properties"])
        return all(said[k] == v for k, v in wanted.items())

    return matches


MET: dict[str, Callable[[Row], bool]] = {
    "late_delivery": lambda row: (
        row["name"] == "Delivery Completed" and json.loads(row["properties"])["late_days"] >= 1
    ),
    "mobile_payment_failed": _property("Payment Failed", device="mobile"),
    "evening_chat_wait": _property("Chat Ended", queue="evening"),
    "onboarding_email": _property("Email Opened", campaign="Käyttöönotto-ohje"),
    "guide": lambda row: (row["path"] or "").startswith("/oppaat/"),
    "phone_solved": _property("Call Ended", solved=True),
    "reviews": lambda row: row["name"] == "Arvostelut" and row["path"] is not None,
    "store_purchase": _property("In-Store Purchase"),
    "order_returned": _property("Order Returned"),
}


class Joined:
    """Whose each event is, by address; devices and phones that belong to two people are left out."""

    def __init__(self, rows: list[Row]) -> None:
        self._of_user: dict[str, str] = {}
        self._of_phone: dict[str, set[str]] = defaultdict(set)
        self._of_device: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            pairs = dict(json.loads(row["identifiers"])) if row["identifiers"] else {}
            if row["user_id"] and "email" in pairs:
                self._of_user[row["user_id"]] = pairs["email"]
            if "phone" in pairs and "email" in pairs:
                self._of_phone[pairs["phone"]].add(pairs["email"])
        for row in rows:
            if row["user_id"] in self._of_user and row["anonymous_id"]:
                self._of_device[row["anonymous_id"]].add(self._of_user[row["user_id"]])
        self.shared = {who for group in self._of_device.values() if len(group) > 1 for who in group}

    def owner(self, row: Row) -> str | None:
        pairs = dict(json.loads(row["identifiers"])) if row["identifiers"] else {}
        if "email" in pairs:
            return str(pairs["email"])
        if row["user_id"]:
            return self._of_user.get(row["user_id"])
        group = (
            self._of_phone.get(pairs.get("phone", ""), set()) or self._of_device[row["anonymous_id"] or ""]
        )
        return next(iter(group)) if len(group) == 1 else None


@pytest.fixture(scope="module")
def rows(events: pa.Table) -> list[Row]:
    kept = ["name", "user_id", "anonymous_id", "identifiers", "path", "properties"]
    table = events.select(kept).append_column("at", events["occurred_at"].cast(pa.int64()))
    return table.to_pylist()


def test_what_was_met_is_in_the_events(world: World, rows: list[Row]) -> None:
    joined = Joined(rows)
    met: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        for key, matches in MET.items():
            if matches(row) and (who := joined.owner(row)):
                met[key, who].append(row["at"])
    for times in met.values():
        times.sort()
    keys = [e.key for e in EFFECTS]
    wrong: Counter[str] = Counter()
    responses = world.responses
    for person, at, design in zip(responses.person, responses.at.tolist(), responses.met, strict=True):
        who = world.people.email[person]
        if who in joined.shared:
            continue
        for key in MET:
            times = met.get((key, who), [])
            seen = bisect_left(times, at) > bisect_left(times, at - WINDOW)
            wrong[key] += bool(seen) != bool(design[keys.index(key)])
    assert wrong.total() == 0, wrong
