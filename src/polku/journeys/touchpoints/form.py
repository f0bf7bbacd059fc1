"""The form of a touchpoint: what was typed, with each error beside its field, until it can be kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import FormData, QueryParams

from polku.i18n import gettext
from polku.journeys.touchpoints.rules import USUAL_POSITION, Rule
from polku.journeys.touchpoints.spec import RESERVED, TouchpointSpec, key_of, problems

RULE_FIELDS: Final = ("source", "type", "name", "path", "property", "operator", "value", "position")
_TEXTS: Final = ("name_fi", "name_en", "channel", "stage")
NO_STAGE: Final = "-"
"""Stands in the form for a touchpoint that is not on the map."""


@dataclass(slots=True)
class RuleRow:
    """One rule as typed."""

    raw: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        conditions = ("source", "type", "name", "path", "property", "value")
        return not any(self.raw.get(c) for c in conditions)

    def rule(self) -> Rule:
        """The rule. A position that is no number becomes one that is refused."""
        raw = dict(self.raw)
        position = raw.pop("position", "") or str(USUAL_POSITION)
        if not raw.get("property") and not raw.get("value"):
            raw["operator"] = ""  # the select always sends one
        return Rule(0, **raw, position=int(position) if position.isdecimal() and len(position) < 6 else -1)


@dataclass(slots=True)
class TouchpointForm:
    """Fits the macros of the shell: `raw` by field, `errors` by field."""

    raw: dict[str, str]
    rows: list[RuleRow]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def posted(cls, data: FormData) -> TouchpointForm:
        raw = {name: _text(data, name) for name in _TEXTS}
        columns = [[str(v).strip() for v in data.getlist(f"rule_{f}")] for f in RULE_FIELDS]
        rows = [RuleRow(dict(zip(RULE_FIELDS, r, strict=True))) for r in zip(*columns, strict=False)]
        return cls(raw, rows or [RuleRow({})])

    @classmethod
    def of(cls, spec: TouchpointSpec) -> TouchpointForm:
        raw = {n: getattr(spec, n) or NO_STAGE for n in _TEXTS}
        rows = [RuleRow({f: str(getattr(r, f)) for f in RULE_FIELDS}) for r in spec.rules]
        return cls(raw, rows or [RuleRow({})])

    @classmethod
    def blank(cls, query: QueryParams) -> TouchpointForm:
        """A new one; the query may say its stage and which events it is to be made of (source, type,
        name, path)."""
        given = {f: query.get(f, "")[:200] for f in ("source", "type", "name", "path")}
        name = given["name"] or given["path"].strip("/*")
        raw = {"name_fi": name[:80], "name_en": name[:80], "channel": "web"}
        raw["stage"] = query.get("stage", "awareness")[:80]
        return cls(raw, [RuleRow(given)])

    def spec(self, key: str | None, taken: Iterable[str]) -> TouchpointSpec:
        """What it describes; without a `key` one is made of the name. One name does for both languages."""
        name_fi, name_en = self.raw["name_fi"], self.raw["name_en"]
        stage = None if self.raw["stage"] in ("", NO_STAGE) else self.raw["stage"]
        rules = tuple(r.rule() for r in self.rows if not r.is_empty)
        key = key or _free(key_of(name_en or name_fi), {*taken, *RESERVED})
        return TouchpointSpec(key, name_fi or name_en, name_en or name_fi, self.raw["channel"], stage, rules)

    def checked(self, key: str | None, *, taken: Iterable[str], stages: list[str]) -> TouchpointSpec | None:
        """What it describes if that can be kept; else None, and `errors` say why not."""
        if len(self.rows) > 1:
            self.rows = [r for r in self.rows if not r.is_empty] or self.rows[:1]
        spec = self.spec(key, taken)
        found = problems(spec, stages)
        self._note(found)
        return None if found else spec

    @property
    def is_unconditional(self) -> bool:
        """Whether no rule says anything yet."""
        return all(r.is_empty for r in self.rows)

    @property
    def first_error(self) -> str:
        """The first thing that is wrong with a field, empty when nothing is."""
        of_fields = [text for name, text in self.errors.items() if name]
        return next(iter([*of_fields, *(t for r in self.rows for t in r.errors.values())]), "")

    def _note(self, found: Mapping[str, str]) -> None:
        kept = [r for r in self.rows if not r.is_empty]
        for name, text in found.items():
            if name.startswith("rules."):
                _, i, of_rule = name.split(".")
                kept[int(i)].errors[of_rule] = text
            else:
                self.errors[name] = text
        rows_wrong = sum(bool(r.errors) for r in kept)
        if rows_wrong and not self.errors:
            self.errors[""] = gettext("Some rules need a correction.")


def _free(key: str, taken: set[str]) -> str:
    from_two = (f"{key}-{n}" for n in range(2, len(taken) + 3))
    return next(k for k in (key, *from_two) if k not in taken)


def _text(data: FormData, name: str) -> str:
    value = data.get(name, "")
    return value.strip() if isinstance(value, str) else ""
