"""Drawings of pages where there is no page: images of their own, with what they need of the style sheets within."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from html import escape
from typing import Final

from markupsafe import Markup

from polku.web.rendering import STATIC

MARGIN: Final = 20
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE: Final = re.compile(r"@[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
"""Other screens, paper and animations: an image is one picture that stands still."""
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_INNER: Final = re.compile(r":(?:is|not)\([^)]*\)")
_OUTER_COMMA: Final = re.compile(r",(?![^(]*\))")
_OF_DRAWINGS: Final = re.compile(r"--|fill|stroke|opacity|font|text-anchor|paint-order")
"""How declarations begin that say how a drawing looks; others place things on its page."""
_TWO_COLOURS: Final = re.compile(r"(--[\w-]+):\s*light-dark\(([^,]+),\s*([^)]+)\)")
_OTHER_TOKEN: Final = re.compile(r"(--(?:font|strong)):\s*([^;]+);")
_FIRST_TAG: Final = re.compile(r"<svg\b[^>]*>")
_VIEW: Final = re.compile(r'viewBox="(\S+) (\S+) (\S+) (\S+)"')


def image(drawing: str, *sheets: str, says: str, within: str = "") -> Markup:
    """A drawing as an HTML image that needs nothing else: on a card, light or dark as the reader's system is.

    `sheets` are the style sheets that its page links, by name without `.css`; `within` is the class of the element that
    it stands in there. An image keeps its styles and ids to itself, so that several share a notebook, and stays where
    programs that show notebooks let no SVG through.
    """
    svg = standalone(drawing, *sheets, within=within)
    data = b64encode(svg.encode()).decode()
    return Markup(
        '<img alt="{}" style="display:block;max-width:100%;height:auto" src="data:image/svg+xml;base64,{}"/>'
    ).format(says, data)


def standalone(drawing: str, *sheets: str, within: str = "") -> str:
    """A drawing as an SVG file of its own: see `image`."""
    drawing = str(drawing)  # of Markup everything that is added would be escaped
    first = _FIRST_TAG.search(drawing)
    view = _VIEW.search(first[0]) if first else None
    if first is None or view is None:
        raise ValueError("A drawing is an SVG element with a viewBox")
    width, height = float(view[3]), float(view[4])
    inner = re.sub(r' (?:xmlns|x|y|width|height)="[^"]*"', "", first[0]).removeprefix("<svg")
    body = re.sub(r'(<a\b[^>]*?) href="[^"]*"', r"\1", drawing[first.end() :])
    style = _tokens() + "".join(_rules_for(first[0] + body, within, s) for s in sheets)
    whole = f'width="{width + 2 * MARGIN:g}" height="{height + 2 * MARGIN:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{escape(within)}" {whole}>'
        f"<style>{escape(style, quote=False)}</style>"
        '<rect width="100%" height="100%" rx="10" style="fill:var(--card)"/>'
        f'<svg x="{MARGIN}" y="{MARGIN}" width="{width:g}" height="{height:g}" overflow="visible"'
        f"{inner}{body}</svg>"
    )


@cache
def _tokens() -> str:
    """The colours and letters of tokens.css, for both themes."""
    text = (STATIC / "tokens.css").read_text(encoding="utf-8")
    both = _TWO_COLOURS.findall(text)
    light = "".join(f"{name}:{value};" for name, value, _ in both)
    dark = "".join(f"{name}:{value};" for name, _, value in both)
    rest = "".join(f"{name}:{value};" for name, value in _OTHER_TOKEN.findall(text))
    return (
        f":root{{{light}{rest}font-family:var(--font)}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        ":where(text){fill:var(--ink)}"
    )


@cache
def _rules(sheet: str) -> tuple[tuple[str, str], ...]:
    """Selectors and declarations of a style sheet, at-rules aside."""
    text = _AT_RULE.sub("", _COMMENT.sub("", (STATIC / f"{sheet}.css").read_text(encoding="utf-8")))
    return tuple((m[1].strip(), m[2]) for m in _RULE.finditer(text))


def _rules_for(drawing: str, within: str, sheet: str) -> str:
    """Those of the rules that tell how something of the drawing looks."""
    classes = {c for names in re.findall(r'class="([^"]*)"', drawing) for c in names.split()} | {within}
    tags = set(re.findall(r"<([a-z]\w*)", drawing))
    told = []
    for selectors, declarations in _rules(sheet):
        kept = [s.strip() for s in _OUTER_COMMA.split(selectors) if _is_drawn(s, classes, tags)]
        looks = [d.strip() for d in declarations.split(";") if _OF_DRAWINGS.match(d.strip())]
        if kept and looks:
            told.append(f"{','.join(kept)}{{{';'.join(looks)}}}")
    return "".join(told)


def _is_drawn(selector: str, classes: set[str], tags: set[str]) -> bool:
    bare = _INNER.sub("", selector.strip())
    named = set(re.findall(r"(?:^|[\s>+~])([a-z][\w-]*)", bare))
    return (
        ":" not in bare
        and "[" not in bare
        and named <= tags
        and set(re.findall(r"\.([\w-]+)", bare)) <= classes
    )
