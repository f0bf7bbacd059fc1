"""The demo shop's touchpoints as plain data, to be installed as rules; the first that matches wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from polku.demo.letters import CONFIRMATION, ONBOARDING
from polku.demo.sources import APP, CHAT, DELIVERY, EMAIL, PHONE, TILL, WEB


@dataclass(frozen=True, slots=True)
class DemoRule:
    """What an event must be: everything that is not None must hold.

    `type` is page, screen or track; `name` and `path` may have * in them; `property` must equal `equals`
    (both as text: true, 3).
    """

    source: int | None = None
    type: str | None = None
    name: str | None = None
    path: str | None = None
    property: str | None = None
    equals: str | None = None


@dataclass(frozen=True, slots=True)
class DemoTouchpoint:
    """A touchpoint with its names, channel, stage and the rules of which any may match."""

    key: str
    name_fi: str
    name_en: str
    channel: str
    stage: str | None  # None: on the path but not on the map
    match: tuple[DemoRule, ...]


AWARENESS: Final = "awareness"
CONSIDERATION: Final = "consideration"
ACQUISITION: Final = "acquisition"
CUSTOMERSHIP: Final = "customership"


def _page(path: str) -> DemoRule:
    return DemoRule(source=WEB.id, type="page", path=path)


def _came_from(kind: str) -> DemoRule:
    return DemoRule(source=WEB.id, type="page", property="referrer_kind", equals=kind)


def _letter(property_name: str, value: str) -> DemoRule:
    return DemoRule(source=EMAIL.id, name="Email Opened", property=property_name, equals=value)


def _screen(name: str) -> DemoRule:
    return DemoRule(source=APP.id, type="screen", name=name)


def _call(name: str) -> DemoRule:
    return DemoRule(type="track", name=name)


TOUCHPOINTS: Final = (
    DemoTouchpoint(
        "guides", "Blogi ja oppaat", "Blog and guides", "web", CONSIDERATION, (_page("/oppaat/*"),)
    ),
    DemoTouchpoint(
        "reviews",
        "Arvostelut",
        "Reviews",
        "web",
        CONSIDERATION,
        (_page("/arvostelut/*"), _screen("Arvostelut")),
    ),
    DemoTouchpoint(
        "social_ad", "Some-mainos", "Social media ad", "social", AWARENESS, (_came_from("social"),)
    ),
    DemoTouchpoint("online_ad", "Verkkomainos", "Online ad", "ad", AWARENESS, (_came_from("ad"),)),
    DemoTouchpoint("search_engine", "Hakukone", "Search engine", "web", AWARENESS, (_came_from("search"),)),
    DemoTouchpoint("referral", "Muut sivustot", "Other sites", "web", AWARENESS, (_came_from("referral"),)),
    DemoTouchpoint(
        "campaign_page", "Kampanjasivu", "Campaign page", "web", AWARENESS, (_page("/kampanja/*"),)
    ),
    DemoTouchpoint("front_page", "Etusivu", "Front page", "web", AWARENESS, (_page("/"),)),
    DemoTouchpoint("app", "Mobiilisovellus", "Mobile app", "app", CONSIDERATION, (_screen("*"),)),
    DemoTouchpoint(
        "newsletter", "Uutiskirje", "Newsletter", "email", CONSIDERATION, (_letter("kind", "newsletter"),)
    ),
    DemoTouchpoint(
        "site_search", "Tuotehaku", "Product search", "web", CONSIDERATION, (_call("Products Searched"),)
    ),
    DemoTouchpoint(
        "product_list",
        "Tuotelista",
        "Product list",
        "web",
        CONSIDERATION,
        (_call("Product List Viewed"), _page("/tuotteet/*")),
    ),
    DemoTouchpoint(
        "product_page", "Tuotesivu", "Product page", "web", CONSIDERATION, (_call("Product Viewed"),)
    ),
    DemoTouchpoint(
        "cart", "Ostoskori", "Cart", "web", ACQUISITION, (_call("Product Added"), _call("Cart Viewed"))
    ),
    DemoTouchpoint(
        "cart_reminder",
        "Ostoskorimuistutus",
        "Cart reminder",
        "email",
        ACQUISITION,
        (_letter("kind", "reminder"),),
    ),
    DemoTouchpoint("checkout", "Kassa", "Checkout", "web", ACQUISITION, (_call("Checkout Started"),)),
    DemoTouchpoint("payment", "Maksu", "Payment", "web", ACQUISITION, (_call("Payment Info Entered"),)),
    DemoTouchpoint(
        "mobile_payment_failed",
        "Maksun keskeytyminen mobiilissa",
        "Payment failing on mobile",
        "web",
        ACQUISITION,
        (DemoRule(type="track", name="Payment Failed", property="device", equals="mobile"),),
    ),
    DemoTouchpoint("order", "Tilaus", "Order", "web", ACQUISITION, (_call("Order Completed"),)),
    DemoTouchpoint(
        "store",
        "Myymälä",
        "Store",
        "shop",
        ACQUISITION,
        (DemoRule(source=TILL.id, name="In-Store Purchase"),),
    ),
    DemoTouchpoint(
        "order_confirmation",
        "Tilausvahvistus",
        "Order confirmation",
        "email",
        CUSTOMERSHIP,
        (_letter("campaign", CONFIRMATION),),
    ),
    DemoTouchpoint(
        "late_delivery",
        "Myöhästynyt toimitus",
        "Late delivery",
        "delivery",
        CUSTOMERSHIP,
        (DemoRule(source=DELIVERY.id, name="Delivery Completed", property="on_time", equals="false"),),
    ),
    DemoTouchpoint(
        "delivery",
        "Toimitus",
        "Delivery",
        "delivery",
        CUSTOMERSHIP,
        (DemoRule(source=DELIVERY.id, name="Delivery Completed"),),
    ),
    DemoTouchpoint(
        "onboarding",
        "Käyttöönotto-ohje",
        "Set-up guide",
        "email",
        CUSTOMERSHIP,
        (_letter("campaign", ONBOARDING),),
    ),
    DemoTouchpoint(
        "phone",
        "Puhelinpalvelu",
        "Phone service",
        "phone",
        CUSTOMERSHIP,
        (DemoRule(source=PHONE.id, name="Call Ended"),),
    ),
    DemoTouchpoint(
        "evening_chat_queue",
        "Chatin iltajono",
        "Evening queue in chat",
        "chat",
        CUSTOMERSHIP,
        (DemoRule(source=CHAT.id, name="Chat Ended", property="queue", equals="evening"),),
    ),
    DemoTouchpoint(
        "chat", "Chat", "Chat", "chat", CUSTOMERSHIP, (DemoRule(source=CHAT.id, name="Chat Ended"),)
    ),
    DemoTouchpoint(
        "return",
        "Palautus",
        "Return",
        "delivery",
        CUSTOMERSHIP,
        (DemoRule(source=DELIVERY.id, name="Order Returned"),),
    ),
    DemoTouchpoint("survey", "Kysely", "Survey", "survey", None, (_call("Survey Responded"),)),
)
