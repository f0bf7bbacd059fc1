"""From an .lss file to a definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from polku.errors import InvalidInput, Words
from polku.surveys.definition import Definition
from polku.surveys.limesurvey.asked import AskedReader
from polku.surveys.limesurvey.relevance import Codes, Unspeakable, from_lime
from polku.surveys.limesurvey.rows import Rows
from polku.surveys.limesurvey.texts import formatted
from polku.surveys.limesurvey.types import SPLIT, TYPES, UNKNOWN
from polku.surveys.limesurvey.untaken import Untaken
from polku.surveys.limesurvey.xml import Row, read_tables

_BROUGHT: Final = frozenset({
    "answers", "answer_l10ns", "groups", "group_l10ns", "questions", "question_l10ns", "subquestions",
    "question_attributes", "surveys", "surveys_languagesettings",
})  # fmt: skip
_SAID_ELSEWHERE: Final = frozenset({"conditions"})
"""Older ways to write what `relevance` says too."""
_USED: Final = frozenset({"survey_id", "language", "title", "description", "welcometext", "endtext"})
"""Texts of a survey that have a place here; each name begins with surveyls_."""
_SETTINGS: Final = ("anonymized", "expires", "startdate", "datestamp", "ipaddr", "usecaptcha", "listpublic")


@dataclass(frozen=True, slots=True)
class Brought:
    """The survey as far as it can be said here, and what could not be brought, in the file's order."""

    definition: Definition
    untaken: tuple[Untaken, ...]


def read_lss(content: bytes) -> Brought:
    """Read LimeSurvey's survey structure (.lss), of versions 2 to 6.

    Raises InvalidInput if it is none, is damaged, or holds nothing that can be asked here; TooLarge over 20 MB.
    """
    return _Reader(Rows(read_tables(content))).brought()


class _Reader:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._untaken: list[Untaken] = []
        self._codes = self._all_codes()
        self._asked = AskedReader(rows, self._codes, self._tell)

    def _tell(self, place: str, said: Words) -> None:
        self._untaken.append(Untaken(place, said))

    def brought(self) -> Brought:
        pages = [self._page(group) for group in self._rows.groups]
        raw = self._survey([p for p in pages if p["elements"]])
        self._tables()
        if not raw["pages"]:
            raise InvalidInput("This survey of LimeSurvey has no questions that can be brought.")
        return Brought(Definition.of(raw), tuple(self._untaken))

    def _survey(self, pages: list[dict[str, Any]]) -> dict[str, Any]:
        said = self._rows.texts("surveys_languagesettings", "surveyls_language")
        raw: dict[str, Any] = {}
        if self._rows.language != "en":
            raw["locale"] = self._rows.language
        for ours, theirs in (("title", "surveyls_title"), ("description", "surveyls_description")):
            raw |= self._asked.text(ours, said(theirs), f"surveys_languagesettings.{theirs}")
        ends = {
            language: formatted(text) for language, text in said("surveyls_endtext").items() if text.strip()
        }
        if ends:
            raw["completedHtml"] = self._rows.localised({k: html for k, (html, _) in ends.items()})
            if any(changed for _, changed in ends.values()):
                self._tell("surveys_languagesettings.surveyls_endtext", Words("only its words were brought"))
        welcome = {
            language: formatted(text)[0]
            for language, text in said("surveyls_welcometext").items()
            if text.strip()
        }
        if welcome and pages:
            html = self._rows.localised(welcome)
            pages[0]["elements"].insert(0, {"type": "html", "name": "welcome", "html": html})
        self._settings()
        return {**raw, "pages": pages}

    def _settings(self) -> None:
        """Tell what belongs to sending a survey, not to what it asks."""
        for row in self._rows.tables["surveys_languagesettings"]:
            for field, value in row.items():
                if (
                    value.strip()
                    and field.removeprefix("surveyls_") not in _USED
                    and not field.endswith("format")
                ):
                    place = f"surveys_languagesettings.{field} ({row.get('surveyls_language', '')})"
                    self._tell(place, Words("this is written where a survey is sent"))
        for row in self._rows.tables["surveys"]:
            for field in _SETTINGS:
                if row.get(field, "").strip() not in ("", "N", "0"):
                    told = Words("%(value)s: this is set where a survey is sent", value=row[field][:50])
                    self._tell(f"surveys.{field}", told)

    def _tables(self) -> None:
        """Tell what else the file holds."""
        for table, rows in self._rows.tables.items():
            if rows and table not in _BROUGHT | _SAID_ELSEWHERE:
                self._tell(table, Words("%(n)s rows of this table have no like here", n=len(rows)))

    def _page(self, group: Row) -> dict[str, Any]:
        gid = group["gid"]
        said = self._rows.texts("groups", "language", key="gid", value=gid, l10ns="group_l10ns")
        page: dict[str, Any] = {"name": f"group{gid}"}
        page |= self._asked.text("title", said("group_name"), f"groups[{gid}].group_name")
        page |= self._asked.text("description", said("description"), f"groups[{gid}].description")
        page |= self._condition(group.get("grelevance", ""), f"groups[{gid}].grelevance")
        page["elements"] = []
        for question in self._rows.questions(gid):
            page["elements"] += self._elements(question)
        return page

    def _elements(self, row: Row) -> list[dict[str, Any]]:
        code, letter = row["title"], row["type"]
        if letter not in TYPES:
            kind = UNKNOWN.get(letter, letter)
            self._tell(
                code, Words("questions of the type '%(type)s' have no like here; it was left out", type=kind)
            )
            return []
        shown = self._condition(row.get("relevance", ""), f"{code}.relevance")
        return [{**element, **shown} for element in self._asked.elements(row)]

    def _condition(self, relevance: str, place: str) -> dict[str, str]:
        try:
            said = from_lime(relevance, self._codes)
        except Unspeakable:
            told = Words(
                "the condition cannot be said here, so this is always shown: %(text)s", text=relevance[:200]
            )
            self._tell(place, told)
            return {}
        return {"visibleIf": said} if said else {}

    def _all_codes(self) -> Codes:
        codes = Codes()
        for group in self._rows.groups:
            for row in self._rows.questions(group["gid"]):
                code, letter = row["title"], row["type"]
                kind = TYPES.get(letter)
                if kind is None or kind == "html":
                    continue
                alias = f"{row.get('sid', '')}X{group['gid']}X{row['qid']}"
                codes.aliases[alias] = code
                if letter not in SPLIT:
                    codes.questions.add(code)
                for sub in self._rows.subquestions(row["qid"]):
                    key = f"{code}_{sub['title']}"
                    codes.aliases[f"{alias}{sub['title']}"] = key
                    if letter in SPLIT:
                        codes.questions.add(key)
                    (codes.choices if kind == "checkbox" else codes.rows if kind == "matrix" else {})[key] = (
                        code,
                        sub["title"],
                    )
        return codes
