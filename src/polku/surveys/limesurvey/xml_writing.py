"""Tables written as LimeSurvey writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from polku.surveys.definition.values import is_text
from polku.surveys.limesurvey.xml import Row

_VERSION: Final = 400
"""Of LimeSurvey's database: the first with texts in tables of their own."""


def lss(tables: Mapping[str, list[Row]], languages: tuple[str, ...]) -> bytes:
    """The content of an .lss file."""
    said = "".join(f"  <language>{language}</language>\n" for language in languages)
    body = "".join(_table(name, rows) for name, rows in sorted(tables.items()))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<document>\n <LimeSurveyDocType>Survey</LimeSurveyDocType>\n'
        f" <DBVersion>{_VERSION}</DBVersion>\n <languages>\n{said} </languages>\n{body}</document>\n"
    ).encode()


def _table(name: str, rows: list[Row]) -> str:
    fields = "".join(
        f"   <fieldname>{f}</fieldname>\n" for f in dict.fromkeys(f for row in rows for f in row)
    )
    said = "".join(
        "   <row>\n" + "".join(f"    <{f}>{_cdata(v)}</{f}>\n" for f, v in row.items()) + "   </row>\n"
        for row in rows
    )
    return f" <{name}>\n  <fields>\n{fields}  </fields>\n  <rows>\n{said}  </rows>\n </{name}>\n"


def _cdata(text: str) -> str:
    """A text as LimeSurvey writes it; control characters, which XML cannot hold, are left out."""
    kept = "".join(c for c in text if c >= " " or c in "\n\t\r") if is_text(text) else ""
    return "<![CDATA[" + kept.replace("]]>", "]]]]><![CDATA[>") + "]]>"
