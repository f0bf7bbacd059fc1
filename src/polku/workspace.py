"""A data folder opened: what every slice works with, and the queries that are asked of it."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar, get_type_hints
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from polku.db import Database
from polku.errors import InvalidInput, Words
from polku.settings import Settings
from polku.store import Engine, EventStore, LocalEngine, Stored
from polku.validation import problem

T = TypeVar("T")

Role = Literal["admin", "analyst", "agent"]
"""Who asks, from the one who may most to the one who may least; what each may is said in `polku.web.roles`."""

FOREVER: Final = 2**32 - 1
"""A time after every other, in seconds since 1970."""
FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2106, 1, 31)
"""Journeys hold seconds in 32 bits: days beyond mean 'from the beginning' and 'to the end'."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """Settings, operational tables, events and the engine that answers questions over journey blocks."""

    settings: Settings
    db: Database
    store: EventStore
    engine: Engine
    own_engine: LocalEngine | None = None
    _parts: dict[type[Any], Any] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def local(self) -> Engine:
        """The engine over the folder's own events, also when journeys are asked of a cluster."""
        return self.own_engine or self.engine

    @property
    def stored(self) -> Stored:
        """The events that the blocks of `engine` are made of, by their numbers there."""
        return self.engine.stored or self.store.snapshot

    def part(self, kind: type[T]) -> T:
        """A slice's own long-lived object, made as `kind(workspace)` when first asked for."""
        found = self._parts.get(kind)
        if found is None:
            with self._lock:
                found = self._parts.get(kind)
                if found is None:
                    found = self._parts[kind] = kind(self)  # type: ignore[call-arg]  # by contract
        assert isinstance(found, kind)
        return found


class Query(BaseModel):
    """What a user asks, in the user's words. `/api/v1/<path>`, `polku <path words>` and the library derive from it.

    The docstring's first line is its summary everywhere; `answer` is annotated with its result, a frozen dataclass.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: ClassVar[str]
    positional: ClassVar[tuple[str, ...]] = ()
    role: ClassVar[Role] = "agent"
    """The least that may ask."""

    def answer(self, workspace: Workspace) -> Any:
        """The result. Raises PolkuError."""
        raise NotImplementedError

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """A query of a user's arguments. Raises InvalidInput that names the argument and what is allowed."""
        try:
            return cls(**given)
        except ValidationError as e:
            first = e.errors()[0]
            where = ".".join(map(str, first["loc"]))
            allowed = ", ".join(cls.model_fields)
            raise InvalidInput(
                "'%(field)s' of %(query)s: %(problem)s (given: %(given)s). It takes: %(allowed)s.",
                field=where,
                query=cls.path,
                problem=problem(dict(first)),
                given=repr(first["input"]),
                allowed=allowed,
            ) from e

    @classmethod
    def result_type(cls) -> Any:
        return get_type_hints(cls.answer)["return"]

    @classmethod
    def summary(cls) -> str:
        return cls.paragraphs()[0]

    @classmethod
    def paragraphs(cls) -> list[str]:
        """The docstring, each paragraph on one line: what is translated for the command line."""
        return [" ".join(p.split()) for p in inspect.cleandoc(cls.__doc__ or "").split("\n\n")]


class PeriodQuery(Query):
    """A query over a period."""

    since: date | None = Field(
        None, description="First day, e.g. 2026-08-01; default: as far back as there is"
    )
    until: date | None = Field(None, description="Last day, included; default: to the end")

    def period(self, workspace: Workspace) -> tuple[int, int]:
        """The period as seconds since 1970: from the first day's midnight to the midnight after the last,
        in the company's time zone.

        Raises InvalidInput if it ends before it starts.
        """
        if self.since and self.until and self.until < self.since:
            raise InvalidInput(
                "The period ends (%(until)s) before it starts (%(since)s). Swap the two days.",
                until=self.until,
                since=self.since,
            )
        zone = ZoneInfo(workspace.settings.timezone)
        low = midnight(self.since, zone) if self.since else 0
        high = midnight(min(self.until, LAST_DAY) + timedelta(days=1), zone) if self.until else FOREVER
        return low, high


class FilteredQuery(PeriodQuery):
    """A query over a period, a source and a channel."""

    source: str | None = Field(None, description="Only events of this source, by its name")
    channel: str | None = Field(None, description="Only touchpoints of this channel, e.g. phone")


def midnight(day: date, zone: ZoneInfo) -> int:
    """Seconds since 1970 of the beginning of a day; within 1970 to 2106, as journeys are."""
    day = min(max(day, FIRST_DAY), LAST_DAY)
    return max(0, int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp()))


def _split(value: object) -> object:
    """A list may be given as one text with commas."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list | tuple):
        return [p.strip() for v in value for p in (v.split(",") if isinstance(v, str) else [v])]
    return value


def _duration(value: object) -> object:
    """30m, 12h, 30d, 2w as well as ISO 8601 (P30D)."""
    if isinstance(value, str) and value[:-1].isdecimal() and value[-1:] in "smhdw":
        unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[value[-1]]
        try:
            return timedelta(**{unit: int(value[:-1])})
        except OverflowError:
            raise ValueError(Words("it is longer than any time there is")) from None
    return value


Names = Annotated[list[str], BeforeValidator(_split)]
"""Several names; from text also separated by commas."""

Duration = Annotated[timedelta, BeforeValidator(_duration)]
"""A length of time; from text as 30m, 12h, 30d, 2w or ISO 8601."""
