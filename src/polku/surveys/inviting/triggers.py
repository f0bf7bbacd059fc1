"""Who might be asked: after a touchpoint, or because they are on a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from polku.surveys.inviting.deciding import AddressKind, Candidate

T = TypeVar("T")

EVENTS: Final = pa.schema(
    [
        ("event", pa.int64()),  # its number, the same for ever
        ("profile", pa.uint64()),
        ("touchpoint", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
    ]
)
"""What a trigger looks at: new events, in any order, also ones that it has seen."""


@dataclass(frozen=True, slots=True)
class Contact:
    """How a profile can be reached: the foremost address and whether they agreed to be asked (None: not known)."""

    address_kind: AddressKind | None = None
    address: str | None = None
    consent: bool | None = None
    language: str = ""


NOWHERE: Final = Contact()


@dataclass(frozen=True, slots=True)
class Trigger:
    """Ask `survey` some time after a touchpoint: e.g. three days after the delivery.

    Events from before `since` are never asked about: a new trigger does not write to the customers of past years.
    """

    key: str
    survey: str
    touchpoint: str
    after: timedelta
    since: datetime


def triggered(trigger: Trigger, events: pa.Table, contacts: Mapping[int, Contact]) -> list[Candidate]:
    """A candidate for each event (schema `EVENTS`) of the trigger's touchpoint, in the order of their times.

    An event makes the same candidate (its `occasion`) however often it is seen; in one table, once.
    """
    ours = events.filter(
        pc.and_(
            pc.equal(events["touchpoint"], trigger.touchpoint), pc.greater_equal(events["at"], trigger.since)
        )
    ).sort_by([("at", "ascending"), ("event", "ascending")])
    found: dict[int, Candidate] = {}
    columns = (ours[name].to_pylist() for name in ("event", "profile", "at"))
    for event, profile, at in zip(*columns, strict=True):
        if event not in found:
            happened = at.astimezone(UTC)
            found[event] = _candidate(
                profile,
                trigger.survey,
                f"trigger:{trigger.key}:{event}",
                happened + trigger.after,
                contacts,
                touchpoint=trigger.touchpoint,
                about_event=event,
                happened_at=happened,
            )
    return list(found.values())


def listed(
    campaign: str, survey: str, profiles: Iterable[int], contacts: Mapping[int, Contact], *, at: datetime
) -> Iterator[Candidate]:
    """A candidate for each profile of a list or segment, once, to be asked `at`; as they come, for batches."""
    seen: set[int] = set()
    for profile in profiles:
        if profile not in seen:
            seen.add(profile)
            yield _candidate(profile, survey, f"campaign:{campaign}:{profile:016x}", at, contacts)


def batches(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """Lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def _candidate(
    profile: int,
    survey: str,
    occasion: str,
    wanted_at: datetime,
    contacts: Mapping[int, Contact],
    *,
    touchpoint: str = "",
    about_event: int | None = None,
    happened_at: datetime | None = None,
) -> Candidate:
    contact = contacts.get(profile, NOWHERE)
    return Candidate(
        profile=profile,
        survey=survey,
        occasion=occasion,
        wanted_at=wanted_at,
        address_kind=contact.address_kind,
        address=contact.address,
        consent=contact.consent,
        touchpoint=touchpoint,
        about_event=about_event,
        happened_at=happened_at,
        language=contact.language,
    )
