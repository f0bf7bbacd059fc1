"""The taxonomy as a form: what was typed, and the taxonomy that it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import FormData

from polku.errors import InvalidInput
from polku.i18n import LazyText, _l, gettext, in_words
from polku.text import LANGUAGES, Entry, Taxonomy, taxonomy_from

GROUP_NAMES: Final[dict[str, LazyText]] = {
    "aspects": _l("What is said of"),
    "touchpoints": _l("Where it was met"),
}
_BREAK: Final = re.compile(r"[\n,;]+")
_FOLD: Final = str.maketrans("äåöéü", "aaoeu")


@dataclass(slots=True)
class Row:
    """An entry as it stands in the form; `into` is another that it is to be joined to."""

    name: str
    label: dict[str, str]
    words: dict[str, str]
    hidden: bool = False
    was: tuple[str, ...] = ()
    into: str = ""

    @staticmethod
    def of(entry: Entry) -> Row:
        words = {code: "\n".join(entry.words.get(code, ())) for code in LANGUAGES}
        return Row(entry.name, dict(entry.label), words, entry.hidden, entry.was)

    def plain(self) -> dict[str, Any]:
        told: dict[str, Any] = {"label": {c: t for c, t in self.label.items() if t}, "hidden": self.hidden}
        return (
            told | {"was": list(self.was)} | {code: _phrases(self.words.get(code, "")) for code in LANGUAGES}
        )


@dataclass(slots=True)
class TaxonomyForm:
    """Rows by group, what is to be added, which version it was made of, and what is wrong with it."""

    groups: dict[str, list[Row]]
    new: Row
    new_group: str = "aspects"
    after: int = 0
    text: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def of(taxonomy: Taxonomy, number: int) -> TaxonomyForm:
        groups = {group: [Row.of(e) for e in getattr(taxonomy, group)] for group in GROUP_NAMES}
        return TaxonomyForm(groups, _empty(), after=number)

    @staticmethod
    def posted(data: FormData) -> TaxonomyForm:
        groups: dict[str, list[Row]] = {group: [] for group in GROUP_NAMES}
        for named in data.getlist("entry"):
            group, _, name = str(named).partition(".")
            if group in groups and name:
                groups[group].append(_row(data, f"{group}.{name}", name))
        chosen, after = _text(data, "new.group"), _text(data, "after")
        return TaxonomyForm(
            groups,
            _row(data, "new", ""),
            chosen if chosen in groups else "aspects",
            int(after) if after.isdecimal() and len(after) < 10 else 0,
            _text(data, "text")[:2_000],
        )

    def checked(self) -> Taxonomy | None:
        """The taxonomy as typed; None when it cannot be used, with `errors` that say why."""
        try:
            told = {group: self._joined(group) for group in GROUP_NAMES}
            self._add(told)
            return taxonomy_from(told)
        except InvalidInput as e:
            self.errors[""] = in_words(e)
            return None

    def _joined(self, group: str) -> dict[str, dict[str, Any]]:
        """Entries of a group; those that are to be joined to another have given their words to that."""
        rows = {row.name: row for row in self.groups[group]}
        told = {name: row.plain() for name, row in rows.items()}
        for name, row in rows.items():
            if not row.into:
                continue
            if row.into not in rows or row.into == name or rows[row.into].into:
                raise InvalidInput(
                    "'%(name)s' cannot be joined to '%(other)s'. Choose one that stays.",
                    name=name,
                    other=row.into,
                )
            gone, kept = told.pop(name), told[row.into]
            for code in LANGUAGES:
                kept[code] = list(dict.fromkeys([*kept[code], *gone[code]]))
            kept["was"] = [*kept["was"], name, *gone["was"]]
        return told

    def _add(self, told: dict[str, dict[str, dict[str, Any]]]) -> None:
        if not any([*self.new.label.values(), *self.new.words.values()]):
            return
        name = slug(self.new.label.get("en") or self.new.label.get("fi") or "")
        if not name:
            raise InvalidInput("Give what you add a name.")
        group = told[self.new_group]
        if any(name == known or name in entry["was"] for known, entry in group.items()):
            raise InvalidInput("There is '%(name)s' already. Give what you add another name.", name=name)
        group[name] = self.new.plain()


def slug(label: str) -> str:
    """A name made of a label: a–z, 0–9 and _."""
    words = re.findall(r"[a-z0-9]+", label.lower().translate(_FOLD))
    return "_".join(words)[:40].lstrip("0123456789_")


def _row(data: FormData, prefix: str, name: str) -> Row:
    return Row(
        name,
        {code: _text(data, f"{prefix}.label.{code}") for code in LANGUAGES},
        {code: _text(data, f"{prefix}.{code}") for code in LANGUAGES},
        data.get(f"{prefix}.hidden") is not None,
        tuple(_text(data, f"{prefix}.was").split()),
        _text(data, f"{prefix}.into"),
    )


def _empty() -> Row:
    return Row("", dict.fromkeys(LANGUAGES, ""), dict.fromkeys(LANGUAGES, ""))


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) else ""


def _phrases(text: str) -> list[str]:
    return [" ".join(p.split()) for p in _BREAK.split(text) if p.strip()]


def changed_meanwhile(name: str) -> str:
    return gettext(
        "%(name)s has changed the taxonomy meanwhile. Save again to replace it with yours.", name=name
    )
