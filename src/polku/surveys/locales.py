"""SurveyJS's own words (its buttons, what it says of an answer): which file of them a language needs."""

from __future__ import annotations

from functools import cache
from typing import Final

from polku.web.rendering import STATIC

_CODES: Final = {
    "my": "mm", "nb": "no", "nn": "no", "te": "tel", "tl": "fil", "zh": "zh-cn", "zh-hans": "zh-cn", "zh-hant": "zh-tw",
    "zh-hk": "zh-tw", "cz": "cs", "gr": "el", "rs": "sr", "ua": "uk",
}  # fmt: skip
"""Languages that SurveyJS knows by another code, or has in a form of the same kind only."""


def locale_of(language: str) -> str:
    """The code by which SurveyJS has words in a language, or in what it is a dialect of; empty: English, or none.

    Their file is `survey.words.<code>.min.js`, see `scripts/assets.py`.
    """
    spoken = language.lower()
    for code in (spoken, spoken.partition("-")[0]):
        known = _CODES.get(code, code)
        if known in _brought():
            return known
    return ""


@cache
def _brought() -> frozenset[str]:
    files = (STATIC / "vendor").glob("survey.words.*.min.js")
    return frozenset(file.name.removeprefix("survey.words.").removesuffix(".min.js") for file in files)
