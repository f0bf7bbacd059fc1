"""The rows of an .lss file as questions need them: in order, and with their texts by language.

Up to version 3 a row is repeated for each language; from version 4 on texts stand in tables of their own (…_l10ns).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from polku.errors import InvalidInput
from polku.surveys.definition.localised import is_language
from polku.surveys.limesurvey.xml import Row, Tables

Said = Callable[[str], dict[str, str]]
"""The texts of a field by language."""
_NEEDED: Final = ("gid", "qid", "title", "type")


class Rows:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        for row in tables["questions"]:
            if any(not row.get(name) for name in _NEEDED):
                raise InvalidInput(
                    "This survey of LimeSurvey is incomplete: a question has no code, type or group."
                )
        self._indices: dict[tuple[str, str], dict[str, list[Row]]] = {}
        self.groups = self._ordered("groups", "gid", "group_order")

    @cached_property
    def language(self) -> str:
        """The one that the survey was written in."""
        found = (
            [r.get("language", "") for r in self.tables["surveys"]] or list(self.tables.languages) or ["en"]
        )
        return found[0] if is_language(found[0]) else "en"

    def _of(self, table: str, key: str, value: str) -> list[Row]:
        """The rows of a table with this value, by an index: a file may have a hundred thousand."""
        if (table, key) not in self._indices:
            index = self._indices[table, key] = {}
            for row in self.tables[table]:
                index.setdefault(row.get(key, ""), []).append(row)
        return self._indices[table, key].get(value, [])

    def _ordered(self, table: str, key: str, order: str) -> list[Row]:
        """One row each, whatever number of languages it is repeated in."""
        seen: dict[str, Row] = {}
        for row in self.tables[table]:
            identity = row.get(key)
            if identity and (identity not in seen or row.get("language") == self.language):
                seen[identity] = row
        return sorted(seen.values(), key=lambda row: (_int(row.get(order, "")), _int(row[key])))

    @cached_property
    def _questions(self) -> list[Row]:
        return [
            r
            for r in self._ordered("questions", "qid", "question_order")
            if r.get("parent_qid", "0") in ("", "0")
        ]

    @cached_property
    def _subquestions(self) -> dict[str, list[Row]]:
        inner = self._ordered("subquestions", "qid", "question_order")
        every = self._ordered("questions", "qid", "question_order")
        inner += [r for r in every if r.get("parent_qid", "0") not in ("", "0")]
        by_parent: dict[str, list[Row]] = {}
        for row in inner:
            by_parent.setdefault(row.get("parent_qid", ""), []).append(row)
        return by_parent

    def questions(self, gid: str) -> list[Row]:
        return [r for r in self._questions if r["gid"] == gid]

    def subquestions(self, qid: str) -> list[Row]:
        """Those of the first scale: rows of a matrix, choices of several, fields."""
        return [
            r for r in self._subquestions.get(qid, ())
            if r.get("scale_id", "0") in ("", "0") and r.get("title")
        ]  # fmt: skip

    def answers(self, qid: str) -> list[tuple[str, dict[str, str]]]:
        """Codes and texts of the answers offered, in order."""
        found: dict[str, tuple[int, dict[str, str]]] = {}
        for row in self._of("answers", "qid", qid):
            if row.get("scale_id", "0") not in ("", "0") or not row.get("code"):
                continue
            _, texts = found.setdefault(row["code"], (_int(row.get("sortorder", "")), {}))
            if "answer" in row:
                texts[row.get("language", self.language)] = row["answer"]
            for l10n in self._of("answer_l10ns", "aid", row.get("aid", "")):
                texts[l10n.get("language", self.language)] = l10n.get("answer", "")
        return [(code, texts) for code, (_, texts) in sorted(found.items(), key=lambda item: item[1][0])]

    def attributes(self, qid: str) -> dict[str, dict[str, str]]:
        """Values by attribute and language (empty: of none)."""
        found: dict[str, dict[str, str]] = {}
        for row in self._of("question_attributes", "qid", qid):
            if row.get("attribute") and row.get("value"):
                found.setdefault(row["attribute"], {})[row.get("language", "")] = row["value"]
        return found

    def texts(self, table: str, language: str, *, key: str = "", value: str = "", l10ns: str = "") -> Said:
        """The texts of one thing: a function from a field to its texts by language."""
        rows = [r for t in (table, l10ns) for r in (self._of(t, key, value) if key else self.tables[t])]
        return lambda field: {r.get(language) or self.language: r[field] for r in rows if r.get(field)}

    def localised(self, texts: dict[str, str]) -> Any:
        """As SurveyJS writes them: one text, or texts by language with the survey's own as the default."""
        said = {language: text for language, text in texts.items() if is_language(language) and text}
        if set(said) <= {self.language}:
            return said.get(self.language, "")
        own = said.pop(self.language, "")
        return {**({"default": own} if own else {}), **said}


def _int(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 12 else 0
