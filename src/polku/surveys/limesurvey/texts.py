"""LimeSurvey's texts are HTML; a title here is plain text, and html may only format."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import Final

from polku.surveys.definition.markup import faults_of_markup

_BREAKS: Final = frozenset({"p", "br", "div", "li", "h1", "h2", "h3", "h4", "tr"})
_SILENT: Final = frozenset({"script", "style"})
_MEANT: Final = frozenset(
    {"img", "a", "script", "style", "iframe", "video", "audio", "object", "table", "input", "form"}
)
"""Tags that say more than how a text looks."""
_PIPED: Final = re.compile(r"\{([^{}]*)\}")
_SUFFIX: Final = re.compile(r"\.(?:NAOK|shown|value|valueNAOK)$")


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _MEANT:
            self.lost.append(tag)
        if tag in _BREAKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _BREAKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain(text: str) -> tuple[str, list[str]]:
    """The text without tags, and those tags that meant more than looks."""
    if "<" not in text and "&" not in text:
        return text.strip(), []
    reader = _Plain()
    reader.feed(text)
    reader.close()
    return " ".join("".join(reader.parts).split()), reader.lost


def formatted(text: str) -> tuple[str, bool]:
    """HTML that may be shown: as it is, or else its plain words, and whether it had to be made so."""
    if not faults_of_markup(text):
        return text, False
    return f"<p>{escape(plain(text)[0], quote=False)}</p>", True


def piped(text: str, known: set[str]) -> tuple[str, list[str]]:
    """{Q1.shown} as {Q1}; other equations and tokens in square brackets, since nothing here could fill them."""
    lost: list[str] = []

    def said(match: re.Match[str]) -> str:
        name = _SUFFIX.sub("", match[1].strip())
        if name in known:
            return f"{{{name}}}"
        lost.append(match[1][:50])
        return f"[{match[1]}]"

    done = _PIPED.sub(said, text)
    return (
        done if done.count("{") == len(_PIPED.findall(done)) else done.replace("{", "[").replace("}", "]")
    ), lost
