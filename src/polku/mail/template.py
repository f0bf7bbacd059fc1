"""Templates of letters: Liquid for what changes, MJML for how it looks.

What a template is filled with is text, never markup: it is escaped in the HTML part, and no tag or filter lets it out.
A template sees the given values and nothing else: no files, no other templates, no attributes of objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps
from typing import Final
from urllib.parse import urlsplit

import mrml
from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError, LoopIterationLimitError

from polku.errors import InvalidInput
from polku.mail.plain import text_of

Value = str | int | float | bool | date | Sequence["Value"] | Mapping[str, "Value"] | None
"""What a template may be filled with."""

LONGEST_SUBJECT: Final = 200
LONGEST_SOURCE: Final = 200_000
_DEEPEST: Final = 6
_FORBIDDEN_TAGS: Final = ("include", "render")  # there is nothing to include
_FORBIDDEN_FILTERS: Final = ("safe",)  # would take a customer's name for markup
_SCHEMES: Final = ("http", "https", "mailto")


class TemplateBroken(InvalidInput):
    code = "template_broken"


@dataclass(frozen=True, slots=True)
class Template:
    """A letter before it is filled. `text` is Liquid without markup; empty: it is made of the HTML."""

    subject: str
    mjml: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words: `subject` on one line, `html` a whole document, `text` for who reads without HTML."""

    subject: str
    html: str
    text: str


class _Bounded(Environment):
    """Ends a template that would not end by itself, or not within memory."""

    loop_iteration_limit = 2_000
    local_namespace_limit = 500_000
    output_stream_limit = 500_000
    context_depth_limit = 10

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=autoescape)
        for tag in _FORBIDDEN_TAGS:
            del self.tags[tag]
        for name in _FORBIDDEN_FILTERS:
            del self.filters[name]
        self.filters = {name: _without_long_ranges(f) for name, f in self.filters.items()}


def _without_long_ranges(made: Callable[..., object]) -> Callable[..., object]:
    """A filter that refuses (1..100000000), which it would write out in full before any limit is looked at."""

    @wraps(made)
    def limited(*given: object, **named: object) -> object:
        for one in (*given, *named.values()):
            if isinstance(one, range) and len(one) > _Bounded.loop_iteration_limit:
                raise LoopIterationLimitError("range is too long", token=None)
        return made(*given, **named)

    return limited


_MARKUP: Final = _Bounded(autoescape=True)
_PLAIN: Final = _Bounded(autoescape=False)


def render(template: Template, values: Mapping[str, Value]) -> Rendered:
    """The letter that a template makes of `values`.

    A value whose name is or ends with `url` must be an address that begins with http, https or mailto.
    Raises TemplateBroken: an unknown variable, Liquid or MJML that cannot be read, a template that does not end.
    """
    _check(values)
    subject = " ".join(_filled(_PLAIN, template.subject, values).split())
    html = _html(_filled(_MARKUP, template.mjml, values))
    text = _filled(_PLAIN, template.text, values) if template.text else text_of(html)
    return Rendered(subject[:LONGEST_SUBJECT], html, text.strip() + "\n")


def _filled(environment: Environment, source: str, values: Mapping[str, Value]) -> str:
    try:
        return _parsed(environment, source).render(values)
    except LiquidError as e:
        raise TemplateBroken(
            "The template of the letter cannot be used: %(why)s. Correct it there.", why=str(e).split("\n")[0]
        ) from e


@lru_cache(maxsize=200)
def _parsed(environment: Environment, source: str) -> BoundTemplate:
    if len(source) > LONGEST_SOURCE:
        raise TemplateBroken(
            "The template of the letter is too long: %(count)s characters, at most %(most)s.",
            count=len(source),
            most=LONGEST_SOURCE,
        )
    return environment.from_string(source)


def _html(mjml: str) -> str:
    try:
        # Without `fonts` MJML fetches its own from another company's server, which then knows who reads.
        return mrml.to_html(
            mjml,
            mrml.ParserOptions(include_loader=mrml.noop_loader()),
            mrml.RenderOptions(fonts={}),
        ).content
    except OSError as e:  # what mrml raises for all that it cannot read
        raise TemplateBroken(
            "The template of the letter is not sound MJML: %(why)s. Correct it there.", why=e
        ) from e


def _check(value: object, name: str = "", depth: int = 0) -> None:
    """Only plain values go in. Raises TypeError: that is a fault of the program, not of who wrote the template."""
    if depth > _DEEPEST:
        raise TypeError("Values of a letter are nested too deep.")
    match value:
        case Mapping():
            for key, inner in value.items():
                _check(inner, str(key), depth + 1)
        case str():
            if name.endswith("url") and value and urlsplit(value).scheme not in _SCHEMES:
                raise TemplateBroken("The value '%(name)s' of a letter is no address of the web.", name=name)
        case list() | tuple():
            for inner in value:
                _check(inner, name, depth + 1)
        case int() | float() | date() | None:
            pass
        case _:
            raise TypeError(f"A letter cannot be filled with {type(value).__name__} ('{name}').")
