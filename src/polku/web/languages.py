"""Which language a visitor reads."""

from __future__ import annotations

from polku.i18n import LANGUAGES


def choose_language(chosen: str, accept_language: str, default: str) -> str:
    """What the visitor chose, else the best of the browser's `Accept-Language`, else the default."""
    if chosen in LANGUAGES:
        return chosen
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((float(quality or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    for wish, code in sorted(wishes, key=lambda wish: -wish[0]):
        if wish > 0 and code in LANGUAGES:
            return code
    return default if default in LANGUAGES else "en"
