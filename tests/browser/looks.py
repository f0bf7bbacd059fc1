"""How a page is looked at: @pytest.mark.parametrize("look", LOOKS, ids=str)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Look:
    theme: Literal["light", "dark"]
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.theme}-{self.width}"


DESKTOP, DESKTOP_DARK = Look("light", 1440, 900), Look("dark", 1440, 900)
PHONE, PHONE_DARK = Look("light", 390, 844), Look("dark", 390, 844)
LOOKS = [DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK]
LANGUAGES = ["fi", "en"]
IN_TURN = [(DESKTOP, "fi"), (DESKTOP_DARK, "en"), (PHONE, "en"), (PHONE_DARK, "fi")]
"""Every look once and every language twice, where all pairs would only take longer."""
