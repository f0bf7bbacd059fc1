"""How our own letters look: one frame around what each says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from polku.i18n import gettext, use_language
from polku.mail.letter import Letter
from polku.mail.template import Template, Value, render

_BODY: Final = "%BODY%"


@dataclass(frozen=True, slots=True)
class FooterLine:
    """A sentence below the letter, with a link after it if there is one."""

    words: str
    link: str = ""
    link_url: str = ""


def framed(body: str) -> str:
    """MJML sections (Liquid) in the frame of our letters; it is filled with what `frame_values` gives too."""
    return _frame().replace(_BODY, body)


def frame_values(
    language: str, title: str, preview: str, footer: Iterable[FooterLine] = ()
) -> dict[str, Value]:
    """What the frame is filled with: the language of the letter, its title, and what lists of letters show of it."""
    lines = [{"words": f.words, "link": f.link, "link_url": f.link_url} for f in footer]
    return {"language": language, "title": title, "preview": preview, "footer": lines}


def trial_letter(to: str, *, language: str, company: str) -> Letter:
    """A letter that shows that letters arrive."""
    with use_language(language):
        title = gettext("E-mail from Polku works")
        words = gettext(
            "You are reading this, so letters of %(company)s find their way. Nothing needs to be done.",
            company=company,
        )
    body = """<mj-section><mj-column>
      <mj-text css-class="ink"><h1>{{ title }}</h1></mj-text>
      <mj-text css-class="ink"><p>{{ words }}</p></mj-text>
    </mj-column></mj-section>"""
    template = Template("{{ title }}", framed(body), "{{ title }}\n\n{{ words }}\n")
    values = frame_values(language, title, words) | {"words": words}
    return Letter(to, render(template, values), language)


@cache
def _frame() -> str:
    return files("polku.mail").joinpath("frames", "letter.mjml").read_text(encoding="utf-8")
