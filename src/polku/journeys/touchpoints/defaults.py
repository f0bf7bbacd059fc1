"""What a new folder begins with: four stages, and touchpoints for the event names that shops usually send.

Names of events: Segment's specifications for e-commerce (version 2), e-mail, mobile and B2B, and usual ones
of phone, chat and delivery services. Company-specific ones are added on the Touchpoints page.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.catalogue import Stage
from polku.journeys.touchpoints.rules import Rule
from polku.journeys.touchpoints.spec import TouchpointSpec

STAGES: Final = (
    Stage("awareness", 1, "Tietoisuus", "Awareness"),
    Stage("consideration", 2, "Harkinta", "Consideration"),
    Stage("acquisition", 3, "Hankinta", "Acquisition"),
    Stage("customership", 4, "Asiakkuus", "Customership"),
)

LAST: Final = 900
"""The position of a rule that takes what nobody else wants: any screen of the app."""


def _events(*names: str) -> tuple[Rule, ...]:
    return tuple(Rule(type="track", name=n) for n in names)


def _pages(*paths: str) -> tuple[Rule, ...]:
    return tuple(Rule(type="page", path=p) for p in paths)


_AWARENESS: Final = (
    TouchpointSpec(
        "ad",
        "Mainos",
        "Advertisement",
        "ad",
        "awareness",
        _events("Ad *", "Promotion Viewed", "Promotion Clicked", "Banner Clicked", "Install Attributed"),
    ),
    TouchpointSpec("front-page", "Etusivu", "Front page", "web", "awareness", _pages("/", "/fi", "/en")),
    TouchpointSpec(
        "campaign-page",
        "Kampanjasivu",
        "Campaign page",
        "web",
        "awareness",
        _pages("/kampanja*", "/kampanjat*", "/campaign*", "/tarjous*", "/offers*"),
    ),
    TouchpointSpec(
        "guides",
        "Blogi ja oppaat",
        "Blog and guides",
        "web",
        "awareness",
        _pages("/blogi*", "/blog*", "/oppaat*", "/opas*", "/guides*", "/artikkelit*", "/articles*"),
    ),
)

_CONSIDERATION: Final = (
    TouchpointSpec(
        "search", "Tuotehaku", "Product search", "web", "consideration", _events("Products Searched")
    ),
    TouchpointSpec(
        "product-list",
        "Tuotelista",
        "Product list",
        "web",
        "consideration",
        _events("Product List Viewed", "Product List Filtered", "Product Clicked"),
    ),
    TouchpointSpec("product", "Tuotesivu", "Product page", "web", "consideration", _events("Product Viewed")),
    TouchpointSpec(
        "wishlist",
        "Toivelista",
        "Wishlist",
        "web",
        "consideration",
        _events("Product Added to Wishlist", "Product Removed from Wishlist", "Product Shared"),
    ),
    TouchpointSpec(
        "newsletter",
        "Sähköpostikirje",
        "E-mail letter",
        "email",
        "consideration",
        _events("Email Opened", "Email Link Clicked", "Newsletter Subscribed"),
    ),
    TouchpointSpec(
        "app", "Mobiilisovellus", "Mobile app", "app", "consideration", (Rule(type="screen", position=LAST),)
    ),
    TouchpointSpec(
        "reviews",
        "Arvostelut",
        "Reviews",
        "web",
        "consideration",
        _pages("/arvostelut*", "/reviews*"),
    ),
)

_ACQUISITION: Final = (
    TouchpointSpec(
        "cart",
        "Ostoskori",
        "Cart",
        "web",
        "acquisition",
        _events(
            "Product Added", "Product Removed", "Cart Viewed", "Cart Shared", "Wishlist Product Added to Cart"
        ),
    ),
    TouchpointSpec("coupon", "Alennuskoodi", "Discount code", "web", "acquisition", _events("Coupon *")),
    TouchpointSpec(
        "checkout",
        "Kassa",
        "Checkout",
        "web",
        "acquisition",
        _events("Checkout Started", "Checkout Step Viewed", "Checkout Step Completed"),
    ),
    TouchpointSpec(
        "payment", "Maksu", "Payment", "web", "acquisition", _events("Payment Info Entered", "Payment *")
    ),
    TouchpointSpec("order", "Tilaus", "Order", "web", "acquisition", _events("Order Completed")),
    TouchpointSpec(
        "shop",
        "Myymälä",
        "Shop",
        "shop",
        "acquisition",
        _events("In-Store Purchase", "Store Purchase", "Store Visited"),
    ),
    TouchpointSpec(
        "sign-up",
        "Rekisteröityminen",
        "Sign-up",
        "web",
        "acquisition",
        _events("Signed Up", "Account Created"),
    ),
)

_CUSTOMERSHIP: Final = (
    TouchpointSpec(
        "delivery",
        "Toimitus",
        "Delivery",
        "delivery",
        "customership",
        _events("Order Shipped", "Order Delivered", "Delivery *", "Shipment *", "Order Fulfilled"),
    ),
    TouchpointSpec(
        "return",
        "Palautus ja hyvitys",
        "Return and refund",
        "delivery",
        "customership",
        _events("Order Returned", "Return *", "Order Refunded"),
    ),
    TouchpointSpec(
        "order-change",
        "Tilauksen muutos",
        "Change of order",
        "web",
        "customership",
        _events("Order Updated", "Order Cancelled", "Order Canceled"),
    ),
    TouchpointSpec(
        "phone", "Puhelinpalvelu", "Phone service", "phone", "customership", _events("Call *", "Phone *")
    ),
    TouchpointSpec(
        "chat",
        "Chat",
        "Chat",
        "chat",
        "customership",
        _events("Chat *", "Live Chat *"),
    ),
    TouchpointSpec(
        "support",
        "Yhteydenotto",
        "Support request",
        "email",
        "customership",
        _events("Ticket *", "Support *", "Contact Form *"),
    ),
    TouchpointSpec(
        "account",
        "Oma tili",
        "My account",
        "web",
        "customership",
        (*_events("Signed In"), *_pages("/oma-tili*", "/omat-tiedot*", "/account*", "/my-account*")),
    ),
    TouchpointSpec(
        "product-review", "Tuotearvio", "Product review", "web", "customership", _events("Product Reviewed")
    ),
    TouchpointSpec(
        "survey", "Kysely", "Survey", "survey", None, _events("Survey Responded", "Survey Viewed")
    ),
)

TOUCHPOINTS: Final = (*_AWARENESS, *_CONSIDERATION, *_ACQUISITION, *_CUSTOMERSHIP)


def install_defaults(session: Session) -> None:
    """The stages and touchpoints of a new folder; does nothing to what is there already."""
    store.install_stages(session, STAGES)
    known = {s.key for s in store.stage_rows(session)}
    store.install_touchpoints(session, [t for t in TOUCHPOINTS if t.stage is None or t.stage in known])
