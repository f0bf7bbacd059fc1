"""Reading and changing designed journeys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.errors import Conflict, InvalidInput, NotFound, did_you_mean
from polku.journeys.conformance.design import Design, Step, check
from polku.journeys.conformance.tables import JourneyDesignRow, JourneyDesignStepRow
from polku.journeys.touchpoints.spec import key_of

LONGEST_NAME: Final = 120
RESERVED: Final = ("new",)
"""Words that stand in addresses where a key would."""


@dataclass(frozen=True, slots=True)
class SavedDesign:
    """A design as it is saved."""

    design: Design
    changed_by: str
    changed_at: datetime


def saved_designs(session: Session) -> list[SavedDesign]:
    """All, by name."""
    rows = session.scalars(select(JourneyDesignRow).order_by(JourneyDesignRow.name, JourneyDesignRow.id))
    return [_saved(r) for r in rows]


def find(session: Session, name: str) -> Design:
    """A design by its key or name, in any capitals. Raises NotFound with the nearest name."""
    return _design(_row(session, name))


def add(session: Session, name: str, steps: Sequence[Step], *, by: str, now: datetime) -> str:
    """Save a design; returns its key, made of its name. Raises InvalidInput, and Conflict for a name that is taken."""
    check(steps)
    name = _name(session, name)
    taken = set(session.scalars(select(JourneyDesignRow.key))) | set(RESERVED)
    made = key_of(name)
    key = next(k for n in range(len(taken) + 1) if (k := f"{made}-{n + 1}" if n else made) not in taken)
    row = JourneyDesignRow(key=key, name=name, changed_by=by, changed_at=now, steps=_rows(steps))
    session.add(row)
    session.flush()
    return key


def change(session: Session, key: str, name: str, steps: Sequence[Step], *, by: str, now: datetime) -> None:
    """Make a design as described; its key stays. Raises NotFound, InvalidInput and Conflict."""
    check(steps)
    row = _row(session, key)
    row.name = _name(session, name, row)
    row.changed_by, row.changed_at = by, now
    row.steps = _rows(steps)
    session.flush()


def delete(session: Session, key: str) -> None:
    """Raises NotFound."""
    session.delete(_row(session, key))


def _row(session: Session, name: str) -> JourneyDesignRow:
    rows = session.scalars(select(JourneyDesignRow)).all()
    asked = name.strip().casefold()
    found = next((r for r in rows if r.key == asked), None)
    found = found or next((r for r in rows if r.name.casefold() == asked), None)
    if found is None:
        known = [n for r in rows for n in (r.key, r.name)]
        raise NotFound(
            "There is no designed journey '%(name)s'.%(near)s See: polku journeys designs",
            name=name[:LONGEST_NAME],
            near=did_you_mean(name, known),
        )
    return found


def _name(session: Session, name: str, own: JourneyDesignRow | None = None) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInput("Give a name of 1 to 120 characters.", field="name")
    for row in session.scalars(select(JourneyDesignRow)):
        if row is not own and row.name.casefold() == name.casefold():
            raise Conflict(
                "There is a designed journey '%(name)s' already. Choose another name.",
                name=name,
                field="name",
            )
    return name


def _rows(steps: Sequence[Step]) -> list[JourneyDesignStepRow]:
    return [
        JourneyDesignStepRow(
            position=position,
            touchpoints="|".join(s.touchpoints),
            required=s.required,
            repeats=s.repeats,
            direct=s.direct,
            within_s=s.within_s,
        )
        for position, s in enumerate(steps, start=1)
    ]


def _design(row: JourneyDesignRow) -> Design:
    steps = tuple(
        Step(tuple(s.touchpoints.split("|")), s.required, s.repeats, s.direct, s.within_s) for s in row.steps
    )
    return Design(row.key, row.name, steps)


def _saved(row: JourneyDesignRow) -> SavedDesign:
    return SavedDesign(_design(row), row.changed_by, row.changed_at)
