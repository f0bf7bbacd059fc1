"""Which language a visitor reads."""

from __future__ import annotations

from collections.abc import Iterable

from polku.i18n import LANGUAGES


def choose_language(
    chosen: str, accept_language: str, default: str, among: Iterable[str] = LANGUAGES, otherwise: str = "en"
) -> str:
    """What the visitor chose, else the best of the browser's `Accept-Language`, else the default.

    Only of these languages; `otherwise` where none of the three is one.
    """
    among = tuple(among)
    if chosen in among:
        return chosen
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((float(quality or 1), tag.lower()))
        except ValueError:
            continue
    for wish, tag in sorted(wishes, key=lambda wish: -wish[0]):
        found = next((code for code in (tag, tag.split("-")[0]) if code in among), None)
        if wish > 0 and found:
            return found
    return default if default in among else otherwise
