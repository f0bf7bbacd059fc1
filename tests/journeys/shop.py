from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from sqlalchemy.orm import Session

from polku import app
from polku.collect.store import create_source
from polku.journeys.touchpoints import defaults, store
from polku.journeys.touchpoints.known import Touchpoints
from polku.journeys.touchpoints.rules import Rule
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.settings import Settings
from polku.store import INCOMING, EventStore, EventType, LocalEngine, Refresher, Snapshot
from polku.workspace import Workspace
from tests.databases import tables_in

API = app.QUERIES  # made once a process: its routes take a second
SOURCE, OTHER = 1, 2
"""Numbers of the web shop and of the till."""
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
TOUCHPOINTS = [
    ("ad", "Mainos", "Advertisement", "ad", "awareness"),
    ("product", "Tuotesivu", "Product page", "web", "consideration"),
    ("cart", "Ostoskori", "Cart", "web", "acquisition"),
    ("order", "Tilaus", "Order", "web", "acquisition"),
    ("delivery", "Toimitus", "Delivery", "delivery", "customership"),
    ("answer", "Vastaus", "Answer", "survey", None),
]


@dataclass
class Everyone:
    """A resolution in which everyone is who they say."""

    touchpoint_rules: Any
    identity_version: int = 1
    identity: object = None

    @property
    def rules_version(self) -> str:
        return str(self.touchpoint_rules.version)

    @property
    def columns(self) -> Sequence[str]:
        columns: Sequence[str] = self.touchpoint_rules.columns
        return columns

    def profiles(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        return keys

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        codes: npt.NDArray[np.uint16] = self.touchpoint_rules.touchpoints(events)
        return codes


class Shop:
    """A data folder to fill: `visits` adds what customers did, `opened` is asked."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(folder)
        self.source, self.other = SOURCE, OTHER
        database = tables_in(folder, _furnish)
        events = EventStore(folder)
        self._refresher = Refresher(events, folder, self._resolve)
        self.workspace = Workspace(self.settings, database, events, LocalEngine(self._refresher))

    def visits(
        self, customer: str, *events: tuple[float, str] | tuple[float, str, float], source: int = 0
    ) -> None:
        """Events of a customer: days after START, the touchpoint's key, the score of an answer."""
        rows = [
            {
                "source": source or self.source,
                "event_id": f"{customer}-{n}-{source}",
                "type": 1,
                "name": e[1],
                "received_at": START,
                "occurred_at": START + timedelta(days=e[0]),
                "user_id": customer,
                "score": e[2] if len(e) == 3 else None,
                "properties": '{"comment": "Hyvin meni"}' if len(e) == 3 else None,
            }
            for n, e in enumerate(events)
        ]
        self.workspace.store.append(pa.Table.from_pylist(rows, INCOMING))

    def does(
        self, customer: str, day: float, touchpoint: str, money: float | None = None, **properties: object
    ) -> None:
        """One event with money or properties."""
        row = {
            "source": self.source,
            "event_id": f"{customer}-{day}-{touchpoint}",
            "type": 1,
            "name": touchpoint,
            "received_at": START,
            "occurred_at": START + timedelta(days=day),
            "user_id": customer,
            "value": money,
            "properties": json.dumps(properties) if properties else None,
        }
        self.workspace.store.append(pa.Table.from_pylist([row], INCOMING))

    def tells(self, customer: str, day: float = 0, **traits: object) -> None:
        """What is said of a customer, so many days after START."""
        self.tell({customer: traits}, day)

    def tell(self, of_each: Mapping[str, Mapping[str, object]], day: float = 0) -> None:
        """The same of many."""
        rows = [
            {
                "source": self.source,
                "event_id": f"{customer}-said-{day}-{sorted(traits)}",
                "type": int(EventType.IDENTIFY),
                "name": "",
                "received_at": START,
                "occurred_at": START + timedelta(days=day),
                "user_id": customer,
                "properties": json.dumps(traits),
            }
            for customer, traits in of_each.items()
        ]
        self.workspace.store.append(pa.Table.from_pylist(rows, INCOMING))

    def refreshed(self) -> Workspace:
        self._refresher.refresh()
        return self.workspace

    def close(self) -> None:
        self.workspace.engine.close()
        self.workspace.store.close()
        self.workspace.db.close()

    def _resolve(self, snapshot: Snapshot) -> Everyone:
        return Everyone(self.workspace.part(Touchpoints).rules())


def _furnish(session: Session) -> None:
    assert create_source(session, name="Verkkokauppa", kind="web").id == SOURCE
    assert create_source(session, name="Kassa", kind="server").id == OTHER
    store.install_stages(session, defaults.STAGES)
    named = [TouchpointSpec(*t, rules=(Rule(type="track", name=t[0]),)) for t in TOUCHPOINTS]
    store.install_touchpoints(session, named)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def busy_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """As `busy`, for tests that only ask."""
    opened = busy(Shop(tmp_path_factory.mktemp("shop")))
    yield opened
    opened.close()


@pytest.fixture
def own_busy_shop(shop: Shop) -> Shop:
    """As `busy`, for a test that changes something."""
    return busy(shop)


def busy(shop: Shop) -> Shop:
    """Ten customers: all see ad and product, six the cart; five order, get it and answer, one badly."""
    for i in range(10):
        way: list[Any] = [(0, "ad"), (1 + i / 10, "product")]
        way += [(2, "cart")] if i < 6 else []
        way += [(3, "order")] if i < 5 else []
        way += [(5, "delivery"), (6, "answer", -50.0 if i == 0 else 50.0 + i)] if i < 5 else []
        shop.visits(f"c{i}", *way)
    shop.refreshed()
    return shop
