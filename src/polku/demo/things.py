"""What each article is called in a sentence: Finnish nominative, partitive, genitive, and English."""

from __future__ import annotations

from typing import Final, NamedTuple

from polku.demo.catalogue import PRODUCTS


class Thing(NamedTuple):
    """A noun in the cases that comments need."""

    nom: str
    part: str
    gen: str
    english: str


_THINGS: Final = tuple(
    Thing(*row.split("/"))
    for row in (
        "teltta/telttaa/teltan/tent",
        "rinkka/rinkkaa/rinkan/rucksack",
        "reppu/reppua/repun/backpack",
        "makuupussi/makuupussia/makuupussin/sleeping bag",
        "lakana/lakanaa/lakanan/liner",
        "makuualusta/makuualustaa/makuualustan/sleeping mat",
        "keitin/keitintä/keittimen/stove",
        "kattila/kattilaa/kattilan/pot",
        "kuksa/kuksaa/kuksan/kuksa cup",
        "pakki/pakkia/pakin/mess kit",
        "kenkä/kenkiä/kenkien/shoes",
        "saapas/saappaita/saappaiden/boots",
        "sandaali/sandaaleja/sandaalien/sandals",
        "takki/takkia/takin/jacket",
        "kerrasto/kerrastoa/kerraston/base layer",
        "housut/housuja/housujen/trousers",
        "sukat/sukkia/sukkien/socks",
        "pipo/pipoa/pipon/beanie",
        "viitta/sadeviittaa/sadeviitan/poncho",
        "valo/otsavaloa/otsavalon/head torch",
        "gps/gps-laitetta/gps-laitteen/GPS",
        "paneeli/aurinkopaneelia/aurinkopaneelin/solar panel",
        "varavirta/varavirtalähdettä/varavirtalähteen/power bank",
        "lyhty/lyhtyä/lyhdyn/lantern",
        "sukset/suksia/suksien/skis",
        "lumikengät/lumikenkiä/lumikenkien/snowshoes",
        "ahkio/ahkiota/ahkion/pulk",
        "sauvat/sauvoja/sauvojen/poles",
        "naskalit/jäänaskaleita/jäänaskalien/ice picks",
        "kenkäosat/jääkenkäosia/jääkenkäosien/ice cleats",
        "lapinkota/telttaa/teltan/tent",
    )
)
PARCEL: Final = Thing("tuote", "tuotetta", "tuotteen", "product")
"""When it is not known what was bought."""


def _thing_of(name: str) -> Thing:
    """The longest noun that the article's name has in it."""
    found = [thing for thing in _THINGS if thing.nom in name.lower()]
    return max(found, key=lambda thing: len(thing.nom), default=PARCEL)


THINGS: Final = tuple(_thing_of(product.name) for product in PRODUCTS)
"""By the index of catalogue.PRODUCTS."""
