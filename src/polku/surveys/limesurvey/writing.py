"""From a definition to an .lss file that LimeSurvey 4 and newer import."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from polku.errors import Words
from polku.surveys.definition import Definition, Localised, Question
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.expressions import Junction, parsed
from polku.surveys.definition.questions import NONE, Choice
from polku.surveys.limesurvey.coding import QUESTION, coding
from polku.surveys.limesurvey.relevance import Unspeakable, to_lime
from polku.surveys.limesurvey.types import LETTERS
from polku.surveys.limesurvey.untaken import Untaken
from polku.surveys.limesurvey.xml import Row
from polku.surveys.limesurvey.xml_writing import lss

_SURVEY: Final = "1"
_NONE_TEXT: Final = Localised((("en", "None"), ("fi", "Ei mikään")))
_EMAIL: Final = "/^[^\\s@]+@[^\\s@]+\\.[^\\s@]{2,}$/"
_TOLD: Final = frozenset({
    "type", "name", "title", "description", "visibleIf", "isRequired", "choices", "rows", "columns", "elements",
    "html",
    "hasOther", "showOtherItem", "otherText", "rateMin", "rateMax", "rateStep", "rateValues", "inputType", "maxLength",
    "minSelectedChoices", "maxSelectedChoices", "hasNone", "showNoneItem", "noneText", "placeholder", "displayMode",
    "colCount", "startWithNewLine", "maxSize", "maxFiles", "allowMultiple", "acceptedTypes", "labelTrue", "labelFalse",
    "valueTrue", "valueFalse", "min", "max", "validators", "minRateDescription", "maxRateDescription",
    "showCommentArea", "eachRowRequired",
    "commentText", "rateType", "autoGrow",
})  # fmt: skip
"""Properties that are written, told of one by one, or say only how a question looks."""


@dataclass(frozen=True, slots=True)
class Written:
    """The file, and what it cannot say."""

    content: bytes
    untaken: tuple[Untaken, ...]


@dataclass(slots=True)
class _Tables:
    rows: dict[str, list[Row]] = field(default_factory=dict)
    _last: int = 0

    def add(self, table: str, **row: object) -> None:
        self.rows.setdefault(table, []).append({k: str(v) for k, v in row.items()})

    def number(self) -> str:
        self._last += 1
        return str(self._last)


def write_lss(definition: Definition) -> Written:
    """LimeSurvey's survey structure. Codes that LimeSurvey would not take are changed, and told."""
    writer = _Writer(definition)
    return Written(writer.content(), tuple(writer.untaken))


class _Writer:
    def __init__(self, definition: Definition) -> None:
        self._definition, self._tables = definition, _Tables()
        self.untaken: list[Untaken] = []
        self._questions = {q.name: q for q in definition.questions}
        self._coding = coding(definition.questions, self._tell)
        self._codes = self._coding.of
        self._in_conditions = self._coding.in_conditions(definition.questions)
        self._several = frozenset(q.name for q in definition.questions if q.type == "checkbox")

    def _tell(self, place: str, said: Words) -> None:
        self.untaken.append(Untaken(place, said))

    def content(self) -> bytes:
        raw, languages = self._definition.json, self._definition.languages
        own = self._definition.own_language
        self._tables.add(
            "surveys", sid=_SURVEY, language=own, additional_languages=" ".join(languages[1:]), format="G"
        )
        for language in languages:
            self._tables.add(
                "surveys_languagesettings",
                surveyls_survey_id=_SURVEY,
                surveyls_language=language,
                surveyls_title=self._definition.title.within(language) or "Survey",
                surveyls_description=escape(self._text(raw, "description").within(language), quote=False),
                surveyls_endtext=self._text(raw, "completedHtml").within(language),
            )
        for name in raw:
            if name not in ("title", "description", "completedHtml", "pages", "elements", "locale"):
                self._tell(name, Words("LimeSurvey has no like of it"))
        pages = raw.get("pages") or [{"elements": raw["elements"]}]
        for order, page in enumerate(pages):
            self._group(page, order)
        return lss(self._tables.rows, languages)

    def _text(self, raw: Mapping[str, Any], name: str) -> Localised:
        return Localised.of(raw.get(name, ""), self._definition.own_language)

    def _group(self, page: Mapping[str, Any], order: int) -> None:
        gid = self._tables.number()
        relevance = self._relevance(
            page.get("name", f"pages[{order}]"), [page["visibleIf"]] if "visibleIf" in page else []
        )
        self._tables.add(
            "groups",
            gid=gid,
            sid=_SURVEY,
            group_order=order,
            grelevance="" if relevance == "1" else relevance,
        )
        for language in self._definition.languages:
            name, said = (
                self._text(page, "title").within(language),
                self._text(page, "description").within(language),
            )
            self._tables.add("group_l10ns", id=self._tables.number(), gid=gid, language=language,
                             group_name=escape(name, quote=False) or str(order + 1),
                             description=escape(said, quote=False))  # fmt: skip
        for position, (element, conditions) in enumerate(self._flat(page.get("elements", ()), [])):
            self._question(element, gid, position, self._relevance(element["name"], conditions))

    def _flat(self, elements: Any, outer: list[str]) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
        """Questions without their panels, with the conditions of both."""
        for one in elements:
            conditions = [*outer, *([one["visibleIf"]] if "visibleIf" in one else [])]
            if one["type"] == "panel":
                if "title" in one or "description" in one:
                    self._tell(one["name"], Words("LimeSurvey has no panels; its title was left out"))
                yield from self._flat(one.get("elements", ()), conditions)
            else:
                yield one, conditions

    def _relevance(self, place: str, conditions: list[str]) -> str:
        if not conditions:
            return "1"
        parts = tuple(parsed(c) for c in conditions)
        try:
            return to_lime(
                parts[0] if len(parts) == 1 else Junction(True, parts), self._in_conditions, self._several
            )
        except Unspeakable:
            said = Words(
                "LimeSurvey cannot say the condition, so this is always shown: %(text)s", text=conditions[-1]
            )
            self._tell(f"{place}.visibleIf", said)
            return "1"

    def _question(self, raw: Mapping[str, Any], gid: str, order: int, relevance: str) -> None:
        qid, name, kind = self._tables.number(), raw["name"], raw["type"]
        question = self._questions.get(name)
        code = self._codes.get(name) or self._coding.unused(
            name, self._codes.values(), letter="X", form=QUESTION, place=name
        )
        self._codes[name] = code
        required = raw.get("isRequired") or raw.get("eachRowRequired")
        self._tables.add(
            "questions", qid=qid, parent_qid=0, sid=_SURVEY, gid=gid, type=self._letter(raw, question), title=code,
            preg=self._pattern(raw), other="Y" if question and question.has_other else "N",
            mandatory="Y" if required else "N", question_order=order, scale_id=0, same_default=0,
            relevance=relevance, encrypted="N",
        )  # fmt: skip
        for language in self._definition.languages:
            said = self._text(raw, "html" if kind == "html" else "title").within(language)
            said = said if kind == "html" else escape(said or name, quote=False)
            help_ = escape(self._text(raw, "description").within(language), quote=False)
            self._l10n("question_l10ns", qid, language, question=self._piped(said), help=self._piped(help_))
        if question is not None:
            self._choices(question, raw, qid, gid)
        self._attributes(raw, qid)
        for left in sorted(raw.keys() - _TOLD):
            self._tell(f"{name}.{left}", Words("LimeSurvey has no like of it"))

    def _letter(self, raw: Mapping[str, Any], question: Question | None) -> str:
        kind, name = raw["type"], raw["name"]
        if kind == "text":
            return {"number": "N", "date": "D"}.get(raw.get("inputType", ""), "S")
        if kind == "rating" and question and [spelled(c.value) for c in question.choices] == list("12345"):
            return "L" if raw.get("rateValues") else "5"
        if kind == "rating":
            self._tell(name, Words("LimeSurvey has no such scale; it is written as a list of its points"))
        if kind == "boolean" and (raw.get("valueTrue"), raw.get("valueFalse")) != ("Y", "N"):
            self._tell(name, Words("answers are Y and N in LimeSurvey, not true and false"))
        if kind == "radiogroup" and raw.get("showCommentArea"):
            return "O"
        if raw.get("showCommentArea"):
            self._tell(f"{name}.showCommentArea", Words("LimeSurvey has no like of it"))
        return LETTERS[kind]

    def _pattern(self, raw: Mapping[str, Any]) -> str:
        patterns = [f"/{v['regex']}/{'i' if v.get('caseInsensitive') else ''}"
                    for v in raw.get("validators", ()) if v["type"].startswith("regex")]  # fmt: skip
        others = [
            v["type"] for v in raw.get("validators", ()) if not v["type"].startswith(("regex", "email"))
        ]
        if raw.get("inputType") == "email" or any(
            v["type"].startswith("email") for v in raw.get("validators", ())
        ):
            patterns.append(_EMAIL)
        if others or len(patterns) > 1:
            self._tell(
                f"{raw['name']}.validators", Words("LimeSurvey takes one pattern and no other validator")
            )
        return patterns[0] if patterns else ""

    def _piped(self, text: str) -> str:
        def said(match: re.Match[str]) -> str:
            return f"{{{self._codes.get(match[1], match[1])}.shown}}"

        return re.sub(r"\{([^{}]*)\}", said, text)

    def _l10n(self, table: str, qid: str, language: str, **said: str) -> None:
        self._tables.add(table, id=self._tables.number(), qid=qid, language=language, **said)

    def _choices(self, question: Question, raw: Mapping[str, Any], qid: str, gid: str) -> None:
        offered = question.choices
        if question.has_none:
            offered = (
                *offered,
                Choice(NONE, self._text(raw, "noneText") or _NONE_TEXT),
            )
        if question.type == "checkbox":
            self._subquestions(question.name, offered, joint="=", qid=qid, gid=gid)
        elif question.type == "matrix":
            self._subquestions(question.name, question.rows, joint=".", qid=qid, gid=gid)
        if question.type in ("radiogroup", "dropdown", "ranking", "matrix") or (
            question.type == "rating" and self._tables.rows["questions"][-1]["type"] == "L"
        ):
            self._answers(question.name, offered, qid)

    def _subquestions(
        self, name: str, members: tuple[Choice, ...], *, joint: str, qid: str, gid: str
    ) -> None:
        for order, member in enumerate(members):
            value, number = spelled(member.value), self._tables.number()
            code = self._codes.get(f"{name}{joint}{value}", f"_{value}").partition("_")[2]
            self._tables.add("subquestions", qid=number, parent_qid=qid, sid=_SURVEY, gid=gid, type="T", title=code,
                             question_order=order, scale_id=0, same_default=0, relevance=1)  # fmt: skip
            for language in self._definition.languages:
                said = escape(member.within(language), quote=False)
                self._l10n("question_l10ns", number, language, question=said, help="")

    def _answers(self, name: str, members: tuple[Choice, ...], qid: str) -> None:
        for order, member in enumerate(members):
            value, aid = spelled(member.value), self._tables.number()
            code = self._codes.get(f"{name}={value}", value)
            self._tables.add(
                "answers", aid=aid, qid=qid, code=code, sortorder=order, assessment_value=0, scale_id=0
            )
            for language in self._definition.languages:
                said = escape(member.within(language), quote=False)
                self._tables.add(
                    "answer_l10ns", id=self._tables.number(), aid=aid, language=language, answer=said
                )

    def _attributes(self, raw: Mapping[str, Any], qid: str) -> None:
        number = raw.get("inputType") == "number"
        low, high = ("min_num_value_n", "max_num_value_n") if number else ("date_min", "date_max")
        for ours, theirs in (
            ("minSelectedChoices", "min_answers"), ("maxSelectedChoices", "max_answers"),
            ("maxLength", "maximum_chars"),
            ("maxFiles", "max_num_of_files"), ("min", low), ("max", high),
        ):  # fmt: skip
            if ours in raw:
                self._attribute(qid, theirs, spelled(raw[ours]))
        if "maxSize" in raw:
            self._attribute(qid, "max_filesize", str(max(1, raw["maxSize"] // 1024)))
        if "acceptedTypes" in raw:
            kinds = ",".join(t.strip().lstrip(".") for t in raw["acceptedTypes"].split(","))
            self._attribute(qid, "allowed_filetypes", kinds)
        for language, said in self._text(raw, "otherText").texts:
            self._attribute(qid, "other_replace_text", said, language)
        for name in ("minRateDescription", "maxRateDescription"):
            if name in raw:
                self._tell(f"{raw['name']}.{name}", Words("LimeSurvey has no like of it"))

    def _attribute(self, qid: str, name: str, value: str, language: str = "") -> None:
        self._tables.add("question_attributes", qid=qid, attribute=name, value=value, language=language)
