"""One question of LimeSurvey as elements of SurveyJS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from polku.errors import Words
from polku.surveys.limesurvey.relevance import Codes
from polku.surveys.limesurvey.rows import Rows
from polku.surveys.limesurvey.texts import formatted, piped, plain
from polku.surveys.limesurvey.types import SCALES, SPLIT, TYPES, WORDS
from polku.surveys.limesurvey.xml import Row

Tell = Callable[[str, Words], None]

_NOTHING: Final = frozenset({"", "0", "N", "default", "inherit"})
"""Values of an attribute that change nothing."""
_COUNTS: Final = {
    "min_answers": ("checkbox", "minSelectedChoices"),
    "max_answers": ("checkbox", "maxSelectedChoices"),
    "maximum_chars": ("text comment", "maxLength"),
    "max_num_of_files": ("file", "maxFiles"),
    "min_num_value_n": ("number", "min"),
    "max_num_value_n": ("number", "max"),
}
_DATES: Final = {"date_min": "min", "date_max": "max"}


class AskedReader:
    def __init__(self, rows: Rows, codes: Codes, tell: Tell) -> None:
        self._rows, self._codes, self._tell = rows, codes, tell

    def elements(self, row: Row) -> list[dict[str, Any]]:
        """A question of a known type: one element, or several for one that has several fields."""
        code, letter, qid = row["title"], row["type"], row["qid"]
        said = self._rows.texts("questions", "language", key="qid", value=qid, l10ns="question_l10ns")
        kind = TYPES[letter]
        if kind == "html":
            return self._html(code, said("question"))
        raw: dict[str, Any] = {
            "type": kind,
            "name": code,
            **self.text("title", said("question"), f"{code}.question"),
        }
        raw |= self.text("description", said("help"), f"{code}.help")
        raw |= self._mandatory(row)
        raw |= self._offered(row, kind)
        raw |= self._of_type(row)
        raw |= self._pattern(row)
        raw |= self._attributes(row, kind, raw)
        return list(self._fields(row, raw)) if letter in SPLIT else [raw]

    def text(self, name: str, texts: dict[str, str], place: str) -> dict[str, Any]:
        """A property with a plain text, empty if there is none."""
        said: dict[str, str] = {}
        for language, text in texts.items():
            words, lost = plain(text)
            said[language], equations = piped(words, self._codes.questions)
            if lost:
                tags = ", ".join(f"<{t}>" for t in dict.fromkeys(lost))
                self._tell(place, Words("titles are plain text; left out: %(tags)s", tags=tags))
            for equation in equations:
                self._tell(place, Words("nothing here fills {%(equation)s}", equation=equation))
        localised = self._rows.localised(said)
        return {name: localised} if localised else {}

    def _html(self, code: str, texts: dict[str, str]) -> list[dict[str, Any]]:
        said: dict[str, str] = {}
        for language, text in texts.items():
            words, lost = piped(text, set())
            said[language], changed = formatted(words)
            if changed or lost:
                self._tell(f"{code}.question", Words("only its words were brought"))
        html = self._rows.localised(said)
        return [{"type": "html", "name": code, "html": html}] if html else []

    def _mandatory(self, row: Row) -> dict[str, Any]:
        if row.get("mandatory") == "S":
            self._tell(f"{row['title']}.mandatory", Words("a soft demand to answer is none here"))
        if row.get("mandatory") != "Y":
            return {}
        every_row = {"eachRowRequired": True} if TYPES[row["type"]] == "matrix" else {}
        return {"isRequired": True, **every_row}

    def _offered(self, row: Row, kind: str) -> dict[str, Any]:
        """Choices, rows and columns."""
        letter, qid, code = row["type"], row["qid"], row["title"]
        if kind in ("checkbox", "matrix"):
            subs = self._rows.subquestions(qid)
            below = [
                self._choice(s["title"], self._sub_texts(s["qid"]), f"{code}_{s['title']}") for s in subs
            ]
        if kind == "checkbox":
            return {"choices": below, **self._other(row)}
        if kind not in ("radiogroup", "dropdown", "ranking", "matrix"):
            return {}
        answers = self._rows.answers(qid)
        if letter in SCALES and not answers:
            answers = [(value, dict(WORDS.get(value, {}))) for value in SCALES[letter]]
            answers = [
                (v, {k: t for k, t in texts.items() if k in self._languages()}) for v, texts in answers
            ]
        offered = [self._choice(c, texts, f"{code}.answers[{c}]") for c, texts in answers]
        if kind == "matrix":
            return {"rows": below, "columns": offered}
        return {"choices": offered, **(self._other(row) if kind != "ranking" else {})}

    def _languages(self) -> set[str]:
        return {self._rows.language, *self._rows.tables.languages}

    def _sub_texts(self, qid: str) -> dict[str, str]:
        old = self._rows.texts("subquestions", "language", key="qid", value=qid, l10ns="question_l10ns")(
            "question"
        )
        return old or self._rows.texts("questions", "language", key="qid", value=qid)("question")

    def _choice(self, value: str, texts: dict[str, str], place: str) -> dict[str, Any]:
        return {"value": value, **self.text("text", texts, place)}

    def _other(self, row: Row) -> dict[str, Any]:
        return {"showOtherItem": True} if row.get("other") == "Y" else {}

    def _of_type(self, row: Row) -> dict[str, Any]:
        code = row["title"]
        match row["type"]:
            case "5":
                return {"rateMin": 1, "rateMax": 5}
            case "Y":
                return {"valueTrue": "Y", "valueFalse": "N"}
            case "N" | "K":
                return {"inputType": "number"}
            case "D":
                return {"inputType": "date"}
            case "O":
                return {"showCommentArea": True}
            case "P":
                self._tell(
                    code, Words("a text beside each choice has no like here; the choices were brought")
                )
            case "H":
                self._tell(code, Words("what stood in columns stands in rows here"))
        return {}

    def _pattern(self, row: Row) -> dict[str, Any]:
        pattern = row.get("preg", "").strip()
        if not pattern:
            return {}
        match = re.fullmatch(r"/(.+)/(i?)", pattern, re.DOTALL)
        if match is None or row["type"] not in "STUN":
            self._tell(
                f"{row['title']}.preg", Words("this pattern has no like here: %(text)s", text=pattern[:100])
            )
            return {}
        insensitive = {"caseInsensitive": True} if match[2] else {}
        return {"validators": [{"type": "regex", "regex": match[1], **insensitive}]}

    def _attributes(self, row: Row, kind: str, raw: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        left: list[str] = []
        for name, values in self._rows.attributes(row["qid"]).items():
            value = values.get("", next(iter(values.values()))).strip()
            like = raw.get("inputType", kind)
            if name in _COUNTS and like in _COUNTS[name][0].split() and re.fullmatch(r"\d{1,4}", value):
                made |= {_COUNTS[name][1]: int(value)} if int(value) or name.startswith("min_num") else {}
            elif name in _DATES and like == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                made[_DATES[name]] = value
            elif name == "other_replace_text" and "showOtherItem" in raw:
                made |= self.text("otherText", values, f"{row['title']}.{name}")
            elif name in ("random_order", "answer_order") and value in ("1", "random") and "choices" in raw:
                made |= {"choicesOrder": "random"} if kind != "ranking" else {}
            elif name == "allowed_filetypes" and kind == "file":
                made["acceptedTypes"] = ",".join(f".{t.strip()}" for t in value.split(","))
            elif name == "max_filesize" and kind == "file" and value.isdecimal():
                made["maxSize"] = min(int(value) * 1024, 10_000_000)
            elif value not in _NOTHING:
                left.append(f"{name}={value[:30]}")
        if made.get("maxFiles", 1) > 1:
            made |= {"allowMultiple": True, "maxFiles": min(made["maxFiles"], 10)}
        if left:
            told = Words("these attributes have no like here: %(names)s", names=", ".join(left))
            self._tell(row["title"], told)
        return made

    def _fields(self, row: Row, raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """A question for each field, with the field's own title; the first says the whole question's above it."""
        for i, sub in enumerate(self._rows.subquestions(row["qid"])):
            key = f"{row['title']}_{sub['title']}"
            field = {**raw, "name": key, **self.text("title", self._sub_texts(sub["qid"]), key)}
            if i == 0 and "title" in raw:
                field["description"] = raw["title"]
            elif i:
                field.pop("description", None)
            yield field
