"""The form of the rules of identity: what was typed, with each error beside its field, until it can be kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.datastructures import FormData

from polku.i18n import gettext
from polku.profiles.rules import USER, IdentityRules, problems
from polku.profiles.rules_queries import in_order


@dataclass(slots=True)
class TypeRow:
    """A type of identifier, its limit as typed (empty: that of the other types), and how many there are."""

    type: str
    limit: str
    identifiers: int
    error: str = ""

    @property
    def is_fixed(self) -> bool:
        return self.type == USER


@dataclass(slots=True)
class RulesForm:
    """Fits the macros of the shell: `raw` by field, `errors` by field. `rows` stand in order of priority, the
    first `ranked` of them by the company's wish."""

    raw: dict[str, str]
    rows: list[TypeRow]
    ranked: int
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: IdentityRules, number: int, known: dict[str, int]) -> RulesForm:
        """The rules as a form; `number` is the version that a change would follow."""
        limits = {t: str(n) for t, n in rules.limits.items()}
        rows = [TypeRow(t, limits.get(t, ""), known.get(t, 0)) for t in in_order(rules, known)]
        raw = {"limit": str(rules.limit), "blocked": "\n".join(rules.blocked), "after": str(number)}
        return cls(raw, rows, len(rules.priority))

    @classmethod
    def posted(cls, data: FormData, known: dict[str, int]) -> RulesForm:
        types, limits = ([str(v).strip() for v in data.getlist(n)] for n in ("type", "type_limit"))
        rows = [TypeRow(t, n, known.get(t, 0)) for t, n in zip(types, limits, strict=False)]
        new = (t for t in known if t not in types and t != USER)
        rows = [TypeRow(USER, "", known.get(USER, 0)), *rows, *(TypeRow(t, "", known[t]) for t in new)]
        raw = {n: str(data.get(n, "")).strip() for n in ("limit", "blocked", "after")}
        return cls(raw, rows, _number(str(data.get("ranked", ""))) or 1)

    def move(self, type_: str, steps: int) -> None:
        """Move a type among the others; the user id stays first."""
        at = next((i for i, r in enumerate(self.rows) if r.type == type_), 0)
        to = at + steps
        if at > 0 and 0 < to < len(self.rows):
            self.rows.insert(to, self.rows.pop(at))
            self.ranked = max(self.ranked, at + 1, to + 1)

    def block(self, value: str) -> None:
        """Write one more value that means nobody."""
        self.raw["blocked"] = "\n".join([*_lines(self.raw["blocked"]), value])

    def checked(self) -> IdentityRules | None:
        """The rules if they can be kept; else None, and `errors` say why not."""
        rules = IdentityRules(
            _number(self.raw["limit"]),
            {r.type: _number(r.limit) for r in self.rows if r.limit and not r.is_fixed},
            tuple(r.type for r in self.rows[: self.ranked]),
            tuple(_lines(self.raw["blocked"])),
        )
        found = problems(rules)
        for row in self.rows:
            row.error = found.pop(f"limits.{row.type}", "")
        self.errors = found
        wrong = sum(bool(r.error) for r in self.rows)
        if wrong and not found:
            self.errors[""] = gettext("Some limits need a correction.")
        elif "priority" in found:
            self.errors[""] = found["priority"]
        return None if found or wrong else rules

    @property
    def first_error(self) -> str:
        """The first thing that is wrong with a field, empty when nothing is."""
        texts = [*(t for n, t in self.errors.items() if n), *(r.error for r in self.rows)]
        return next((t for t in texts if t), "")


def _number(text: str) -> int:
    """The number typed; 0, which no rule allows, for what is none."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _lines(text: str) -> list[str]:
    """The values typed, a line each: no empty ones, none twice whatever the capital letters."""
    by_plain = {line.strip().lower(): line.strip() for line in reversed(text.splitlines())}
    return [v for v in reversed(by_plain.values()) if v]
