"""Operational tables of journeys: stages, touchpoints and their rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from polku.errors import Conflict, InvalidInput, UnknownTouchpoint
from polku.journeys.touchpoints import spec as specs
from polku.journeys.touchpoints.catalogue import Catalogue, Stage, Touchpoint
from polku.journeys.touchpoints.rules import Rule, Rules
from polku.journeys.touchpoints.spec import TouchpointSpec
from polku.journeys.touchpoints.tables import (
    RemovedTouchpoint,
    StageRow,
    TouchpointRow,
    TouchpointRuleRow,
    TouchpointsVersion,
)

MOST_CODE = 65_535
"""Journey blocks hold a touchpoint's code in 16 bits."""


def version(session: Session) -> int:
    """A number that every change of stages, touchpoints or rules raises."""
    row = session.get(TouchpointsVersion, 1)
    return row.number if row else 0


def load_catalogue(session: Session) -> Catalogue:
    """All touchpoints in order of stage and position; those without a stage last."""
    stages = tuple(_stage(r) for r in stage_rows(session))
    place = {s.key: i for i, s in enumerate(stages)}
    rows = sorted(
        session.scalars(select(TouchpointRow)),
        key=lambda r: (place.get(r.stage_key or "", len(place)), r.position, r.code),
    )
    return Catalogue(stages, tuple(_touchpoint(r) for r in rows), str(version(session)))


def rules_by_touchpoint(session: Session) -> dict[int, list[Rule]]:
    """The rules of each touchpoint, by its code, as they were written."""
    found: dict[int, list[Rule]] = {}
    for row in session.scalars(select(TouchpointRuleRow).order_by(TouchpointRuleRow.id)):
        found.setdefault(row.touchpoint_code, []).append(_rule(row))
    return found


def load_rules(session: Session, sources: Mapping[str, int]) -> Rules:
    """The rules of all touchpoints; `sources` are numbers by name."""
    rows = session.scalars(select(TouchpointRuleRow).order_by(TouchpointRuleRow.id))
    return Rules([_rule(r) for r in rows], sources)


def stage_rows(session: Session) -> Sequence[StageRow]:
    return session.scalars(select(StageRow).order_by(StageRow.position, StageRow.key)).all()


def touchpoint_row(session: Session, key: str) -> TouchpointRow:
    """Raises UnknownTouchpoint."""
    row = session.scalar(select(TouchpointRow).where(TouchpointRow.key == key))
    if row is None:
        raise UnknownTouchpoint(key, session.scalars(select(TouchpointRow.key)))
    return row


def load_spec(session: Session, key: str) -> TouchpointSpec:
    """A touchpoint with its rules. Raises UnknownTouchpoint."""
    row = touchpoint_row(session, key)
    rules = tuple(_rule(r) for r in row.rules)
    return TouchpointSpec(row.key, row.name_fi, row.name_en, row.channel, row.stage_key, rules, row.position)


def add_touchpoint(session: Session, spec: TouchpointSpec) -> int:
    """A new touchpoint; returns its code. Raises InvalidInput, and Conflict if the key is taken."""
    return _add(session, [spec])[0].code


def change_touchpoint(session: Session, key: str, spec: TouchpointSpec) -> None:
    """Make a touchpoint as described; its key and code stay. Raises UnknownTouchpoint and InvalidInput."""
    row = touchpoint_row(session, key)
    spec = replace(spec, key=key)
    specs.check(spec, [r.key for r in stage_rows(session)])
    _fill(row, spec, _last_positions(session))
    _changed(session)


def delete_touchpoint(session: Session, key: str) -> None:
    """Forget a touchpoint and its rules; events stay. Raises UnknownTouchpoint."""
    session.delete(touchpoint_row(session, key))
    session.merge(RemovedTouchpoint(key=key))
    _changed(session)


def install_touchpoints(session: Session, wanted: Sequence[TouchpointSpec]) -> int:
    """Add those whose key is not there yet; returns how many.

    What a user has changed stays as it is, and what a user has deleted stays away. Raises InvalidInput.
    """
    there = set(session.scalars(select(TouchpointRow.key))) | set(
        session.scalars(select(RemovedTouchpoint.key))
    )
    new = [s for s in wanted if s.key not in there]
    if new:
        _add(session, new)
    return len(new)


def install_stages(session: Session, wanted: Sequence[Stage]) -> None:
    """The stages to begin with; nothing if there are any."""
    if stage_rows(session):
        return
    session.add_all(
        StageRow(key=s.key, position=s.position, name_fi=s.name_fi, name_en=s.name_en) for s in wanted
    )
    session.flush()
    _changed(session)


def add_stage(session: Session, *, name_fi: str, name_en: str) -> str:
    """A stage after the others; returns its key. Raises InvalidInput."""
    rows = stage_rows(session)
    _check_stage(name_fi, name_en)
    key, taken = specs.key_of(name_en)[:36], {r.key for r in rows}
    key = next(k for n in range(len(rows) + 1) if (k := f"{key}-{n + 1}" if n else key) not in taken)
    last = max((r.position for r in rows), default=0)
    session.add(StageRow(key=key, position=last + 1, name_fi=name_fi, name_en=name_en))
    session.flush()
    _changed(session)
    return key


def rename_stage(session: Session, key: str, *, name_fi: str, name_en: str) -> None:
    """Raises InvalidInput."""
    _check_stage(name_fi, name_en)
    row = _stage_row(session, key)
    row.name_fi, row.name_en = name_fi, name_en
    _changed(session)


def move_stage(session: Session, key: str, by: int) -> None:
    """Move a stage `by` places later (earlier when negative). Raises InvalidInput."""
    row = _stage_row(session, key)
    others = [r for r in stage_rows(session) if r.key != key]
    at = sum(r.position < row.position for r in others)
    others.insert(min(max(at + by, 0), len(others)), row)
    for position, one in enumerate(others, start=1):
        one.position = position
    _changed(session)


def delete_stage(session: Session, key: str) -> None:
    """Delete an empty stage. Raises InvalidInput, and Conflict while it has touchpoints."""
    row = _stage_row(session, key)
    used = session.scalar(select(func.count()).where(TouchpointRow.stage_key == key)) or 0
    if used:
        raise Conflict(
            "Stage '%(stage)s' has %(count)s touchpoints. Move them to another stage first.",
            stage=" / ".join(dict.fromkeys((row.name_fi, row.name_en))),
            count=used,
        )
    session.delete(row)
    _changed(session)


def move_touchpoint(session: Session, key: str, by: int) -> None:
    """Move a touchpoint `by` places later within its stage. Raises UnknownTouchpoint."""
    row = touchpoint_row(session, key)
    same = select(TouchpointRow).where(TouchpointRow.stage_key.is_not_distinct_from(row.stage_key))
    rows = list(session.scalars(same.order_by(TouchpointRow.position, TouchpointRow.code)))
    at = rows.index(row)
    rows.insert(min(max(at + by, 0), len(rows) - 1), rows.pop(at))
    for position, one in enumerate(rows, start=1):
        one.position = position
    _changed(session)


def _add(session: Session, wanted: Sequence[TouchpointSpec]) -> list[TouchpointRow]:
    """Add touchpoints in one go: a new folder gets dozens, and a question for each of them takes its time."""
    stages, keys = [r.key for r in stage_rows(session)], [s.key for s in wanted]
    taken = set(session.scalars(select(TouchpointRow.key).where(TouchpointRow.key.in_(keys))))
    for spec in wanted:
        specs.check(spec, stages)
        if spec.key in taken:
            raise Conflict(
                "There is a touchpoint '%(key)s' already. Choose another key.", key=spec.key, field="key"
            )
        taken.add(spec.key)
    session.execute(delete(RemovedTouchpoint).where(RemovedTouchpoint.key.in_(keys)))
    rows, last = [TouchpointRow(key=key) for key in keys], _last_positions(session)
    for row, spec in zip(rows, wanted, strict=True):
        _fill(row, spec, last)
        last[spec.stage] = max(last.get(spec.stage, 0), row.position)
    session.add_all(rows)
    session.flush()
    if max(row.code for row in rows) > MOST_CODE:
        raise Conflict("There have been %(most)s touchpoints, the most that there can be.", most=MOST_CODE)
    _changed(session)
    return rows


def _last_positions(session: Session) -> dict[str | None, int]:
    """The last position within each stage that has touchpoints."""
    last = select(TouchpointRow.stage_key, func.max(TouchpointRow.position)).group_by(TouchpointRow.stage_key)
    return {row[0]: row[1] for row in session.execute(last)}


def _fill(row: TouchpointRow, spec: TouchpointSpec, last: Mapping[str | None, int]) -> None:
    row.name_fi, row.name_en, row.channel = spec.name_fi.strip(), spec.name_en.strip(), spec.channel
    if spec.position is not None:
        row.position = spec.position
    elif row.position is None or row.stage_key != spec.stage:
        row.position = last.get(spec.stage, 0) + 1
    row.stage_key = spec.stage
    wanted = [_columns(r) for r in spec.rules]
    if wanted != [_columns(_rule(r)) for r in row.rules]:
        row.rules = [TouchpointRuleRow(**c) for c in wanted]


def _columns(rule: Rule) -> dict[str, str | int]:
    texts = ("source", "type", "name", "path", "property", "operator", "value")
    return {t: getattr(rule, t) for t in texts} | {"position": rule.position}


def _changed(session: Session) -> None:
    row = session.get(TouchpointsVersion, 1)
    if row is None:
        session.add(TouchpointsVersion(id=1, number=1))
    else:
        row.number += 1
    session.flush()


def _stage_row(session: Session, key: str) -> StageRow:
    row = session.get(StageRow, key)
    if row is None:
        known = ", ".join(r.key for r in stage_rows(session))
        raise InvalidInput("Unknown stage '%(stage)s'. Allowed: %(allowed)s", stage=key, allowed=known)
    return row


def _check_stage(name_fi: str, name_en: str) -> None:
    for field, name in (("name_fi", name_fi), ("name_en", name_en)):
        if not 1 <= len(name.strip()) <= 80:
            raise InvalidInput(
                "A stage needs a name of 1 to 80 characters, not '%(name)s'.", name=name, field=field
            )


def _stage(row: StageRow) -> Stage:
    return Stage(row.key, row.position, row.name_fi, row.name_en)


def _touchpoint(row: TouchpointRow) -> Touchpoint:
    return Touchpoint(row.code, row.key, row.name_fi, row.name_en, row.channel, row.stage_key, row.position)


def _rule(row: TouchpointRuleRow) -> Rule:
    return Rule(
        touchpoint=row.touchpoint_code,
        source=row.source,
        type=row.type,
        name=row.name,
        path=row.path,
        property=row.property,
        operator=row.operator,
        value=row.value,
        position=row.position,
    )
