"""Where the demo shop's events come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoSource:
    """A source as it is to be installed: `id` is what the events carry."""

    id: int
    name: str
    kind: str


WEB: Final = DemoSource(1, "Verkkokauppa", "web")
APP: Final = DemoSource(2, "Mobiilisovellus", "app")
EMAIL: Final = DemoSource(3, "Sähköposti", "email")
PHONE: Final = DemoSource(4, "Puhelinpalvelu", "phone")
CHAT: Final = DemoSource(5, "Chat", "chat")
TILL: Final = DemoSource(6, "Myymälän kassa", "till")
DELIVERY: Final = DemoSource(7, "Toimitukset", "delivery")
SURVEYS: Final = DemoSource(8, "Kyselyt", "survey")

SOURCES: Final = (WEB, APP, EMAIL, PHONE, CHAT, TILL, DELIVERY, SURVEYS)
