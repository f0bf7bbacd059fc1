"""Tags in texts that are shown as HTML (html, completedHtml): those that only format.

Who may write a survey could otherwise run scripts in a customer's browser, under the company's own address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final

from polku.errors import Words

TAGS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("p", "br", "hr", "strong", "em", "b", "i", "u", "s", "small", "sub", "sup"), ()),
    **dict.fromkeys(("ul", "ol", "li", "h2", "h3", "h4", "blockquote", "div", "span"), ()),
    "a": ("href", "title"),
    "img": ("src", "alt", "width", "height"),
}
"""What may be used, with which attributes; `lang` may stand on all of them."""
_SAFE_ADDRESS: Final = re.compile(r"(?:https?://|mailto:|tel:|/(?!/)|#)[^\s\\]*", re.IGNORECASE)
_SAFE_IMAGE: Final = re.compile(
    r"(?:https://|/(?!/)|data:image/(?:png|jpeg|gif|webp);base64,)[^\s\\]*", re.IGNORECASE
)


def faults_of_markup(text: str) -> list[Words]:
    """What a text in HTML holds that it may not."""
    reader = _Reader()
    reader.feed(text)
    if "<" in reader.rawdata:  # what the reader keeps back until it is told that nothing more comes
        reader.found.append(Words("a tag is not closed: %(rest)s", rest=reader.rawdata[:30]))
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Words] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(
                Words("the tag <%(tag)s> is not allowed; allowed are %(tags)s", tag=tag, tags=_TAGS)
            )
            return
        for name, value in attrs:
            if name != "lang" and name not in TAGS[tag]:
                self.found.append(Words("<%(tag)s> may not have %(name)s", tag=tag, name=name))
            elif (name == "href" and not _SAFE_ADDRESS.fullmatch(value or "")) or (
                name == "src" and not _SAFE_IMAGE.fullmatch(value or "")
            ):
                told = Words("the address in %(name)s should begin with https:// or /", name=name)
                self.found.append(told)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_decl(self, decl: str) -> None:
        self.found.append(Words("declarations (<!…>) are not allowed"))

    def handle_comment(self, data: str) -> None:
        self.found.append(Words("comments (<!-- … -->) are not allowed"))

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def handle_pi(self, data: str) -> None:
        self.handle_decl(data)


_TAGS: Final = ", ".join(TAGS)
