"""What the demo shop sells and writes about, and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

SHOP: Final = "Polkuvaruste Oy"
HOST: Final = "https://shop.example"


@dataclass(frozen=True, slots=True)
class Product:
    """One article; `gear` comes with a set-up guide by e-mail."""

    id: str
    name: str
    category: str
    price: float
    gear: bool

    @property
    def path(self) -> str:
        return f"/tuotteet/{self.category}/{slug(self.name)}"


@cache
def slug(name: str) -> str:
    """A name as it stands in an address."""
    plain = name.lower().translate(str.maketrans("äöå", "aoa"))
    return "".join(c if c.isalnum() else "-" for c in plain).strip("-").replace("--", "-")


_ARTICLES: Final[dict[str, tuple[bool, tuple[tuple[str, float], ...]]]] = {
    "teltat": (
        True,
        (
            ("Kuukkeli 1 -teltta", 249.0),
            ("Kuukkeli 2 -teltta", 329.0),
            ("Lapinkota 4", 589.0),
            ("Tuuli 2 -tunneliteltta", 449.0),
            ("Retki 3 -kupoliteltta", 189.0),
            ("Kuura 2 -talviteltta", 649.0),
        ),
    ),
    "rinkat-ja-reput": (
        True,
        (
            ("Kaira 65 -rinkka", 239.0),
            ("Kaira 80 -rinkka", 269.0),
            ("Polku 25 -päiväreppu", 89.0),
            ("Vaara 40 -reppu", 139.0),
            ("Hippu 12 -lasten reppu", 39.9),
            ("Luoto 30 -vedenpitävä reppu", 119.0),
        ),
    ),
    "makuupussit": (
        False,
        (
            ("Halla 3 -makuupussi", 159.0),
            ("Halla 0 -makuupussi", 219.0),
            ("Pakkas −15 -makuupussi", 349.0),
            ("Kesäyö-makuupussi", 69.9),
            ("Silkkilakana", 49.9),
            ("Ilma R4 -makuualusta", 129.0),
        ),
    ),
    "keittimet": (
        True,
        (
            ("Liekki-kaasukeitin", 59.9),
            ("Tulus-monipolttoainekeitin", 169.0),
            ("Kipinä-risukeitin", 79.9),
            ("Retkikattila 1,5 l", 44.9),
            ("Kuksa, visakoivu", 54.9),
            ("Pakki kahdelle", 39.9),
        ),
    ),
    "kengat": (
        False,
        (
            ("Rakka GTX -vaelluskenkä", 199.0),
            ("Rakka Mid -vaelluskenkä", 169.0),
            ("Juuri-polkujuoksukenkä", 139.0),
            ("Suo-kumisaapas", 99.0),
            ("Roihu-talvikenkä", 179.0),
            ("Hiekka-sandaali", 79.9),
        ),
    ),
    "vaatteet": (
        False,
        (
            ("Myrsky-kuoritakki", 299.0),
            ("Tyven-tuulitakki", 119.0),
            ("Merinokerrasto", 109.0),
            ("Untuva-kevyttakki", 189.0),
            ("Kelo-vaellushousut", 129.0),
            ("Villasukat 2 paria", 29.9),
            ("Pipo, merinovilla", 34.9),
            ("Sadeviitta", 49.9),
        ),
    ),
    "valot-ja-laitteet": (
        True,
        (
            ("Tähti 400 -otsavalo", 59.9),
            ("Tähti 900 -otsavalo", 109.0),
            ("Suunta-käsi-GPS", 279.0),
            ("Aurinko 10 W -paneeli", 89.9),
            ("Varavirta 10 Ah", 49.9),
            ("Myrskylyhty LED", 39.9),
        ),
    ),
    "talvi": (
        True,
        (
            ("Tunturi BC -metsäsukset", 329.0),
            ("Umpihanki-lumikengät", 169.0),
            ("Ahkio 140", 389.0),
            ("Vaellussauvat, pari", 89.9),
            ("Jäänaskalit", 12.9),
            ("Pito-jääkenkäosat", 44.9),
        ),
    ),
}

PRODUCTS: Final = tuple(
    Product(f"PV-{1000 + 100 * i + j}", name, category, price, gear)
    for i, (category, (gear, articles)) in enumerate(_ARTICLES.items())
    for j, (name, price) in enumerate(articles)
)
CATEGORIES: Final = tuple(_ARTICLES)

GUIDES: Final = (
    "nain-valitset-teltan",
    "rinkan-pakkaaminen",
    "makuupussin-lampoluokat",
    "vaelluskenkien-sovitus",
    "kerrospukeutuminen",
    "ensimmainen-yo-maastossa",
    "otsavalon-valinta",
    "keittimen-huolto",
    "ruokaa-vaellukselle",
    "lumikenkailyn-alkeet",
    "metsasuksen-mitta",
    "kuoritakin-pesu",
)
SEARCHES: Final = (
    "teltta",
    "rinkka 65",
    "vaelluskengät",
    "merino",
    "otsavalo",
    "kaasukeitin",
    "untuvatakki",
    "lumikengät",
    "makuualusta",
    "kuksa",
    "sadeviitta",
    "gps",
    "lasten reppu",
    "kuoritakki naiset",
    "metsäsukset",
    "villasukat",
)
STORES: Final = ("Helsinki", "Tampere", "Turku", "Oulu", "Rovaniemi")
CARRIERS: Final = ("Havupaketti", "Reittiposti", "Kotikuljetus Kuovi", "Nouto myymälästä")
CITIES: Final = (
    "Helsinki",
    "Espoo",
    "Tampere",
    "Vantaa",
    "Oulu",
    "Turku",
    "Jyväskylä",
    "Kuopio",
    "Lahti",
    "Pori",
    "Joensuu",
    "Lappeenranta",
    "Vaasa",
    "Hämeenlinna",
    "Rovaniemi",
    "Seinäjoki",
    "Mikkeli",
    "Kokkola",
    "Kajaani",
    "Inari",
)
CITY_WEIGHTS: Final = (
    66, 30, 25, 24, 21, 20, 15, 12, 12, 8, 8, 7, 7, 7, 6, 6, 5, 5, 4, 1,
)  # fmt: skip
CALL_TOPICS: Final = ("toimitus", "palautus", "tuote", "lasku", "kanta-asiakkuus")


def order_id(order: int) -> str:
    """The number of an order, from its row."""
    return f"PV{200_000 + order}"


@cache
def described(product: Product) -> str:
    """A product's properties, the inside of a JSON object."""
    return (
        f'"product_id":"{product.id}","name":"{product.name}","category":"{product.category}",'
        f'"price":{product.price},"currency":"EUR"'
    )
