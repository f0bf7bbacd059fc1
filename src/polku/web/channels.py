"""The channels in which customers meet a company. Each has an icon of its name in static/icons.svg."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l

CHANNELS: Final[dict[str, LazyText]] = {
    "web": _l("Web"),
    "app": _l("App"),
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "chat": _l("Chat"),
    "shop": _l("Shop"),
    "delivery": _l("Delivery"),
    "survey": _l("Survey"),
    "ad": _l("Advertisement"),
    "social": _l("Social media"),
    "other": _l("Other"),
}
