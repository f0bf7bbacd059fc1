"""Street addresses as Finns, Swedish-speaking Finns and English speakers write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polku.text.redaction.spans import Kind, Span

_ENDINGS = (
    "katu|kadu|tie|kuja|kuj|polku|polu|väylä|kaari|kaare|aukio|tori|tori|rinne|rinte|ranta|ranna|raitti|raiti|bulevardi|"
    "esplanadi|penger|penkere|laituri|puistikko|puistiko|mäki|mäe|kulma|kaarre|kaarte|taival|taipale|silta|silla|"
    "portti|porti|"
    "puisto|piha|niitty|niity|vaylaa?|vayla|maki|gatan|vägen|gränden|stigen|torget|stranden|brinken"
)
_CASE = "(?:n|lla|llä|lle|lta|ltä|ssa|ssä|sta|stä|a|ä|ta|tä|lla)?"
_NUMBER = (
    r"\d{1,4}(?:[-–]\d{1,4})?(?:\s?[a-zA-ZåäöÅÄÖ](?![\w]))?"
    r"(?:\s?(?:as\.?|bst\.?|lgh\.?|rappu|krs\.?)?\s?\d{1,4}(?!\w)(?![.,:]\d))?"
)
_TOWN = r"(?:,?\s{1,3}(?:FI[- ]?)?\d{5}\s{1,2}[A-ZÅÄÖa-zåäö][\wåäö-]{2,24})?"
_FINNISH = re.compile(
    rf"(?<![\w-])(?:(?-i:[A-ZÅÄÖ])[\w-]{{1,24}}\s){{0,2}}(?P<stem>[^\W\d_][\w-]{{1,30}}?)?\s?"
    rf"(?P<ending>{_ENDINGS}){_CASE}\s{{1,2}}{_NUMBER}{_TOWN}",
    re.I,
)
_ROADS = re.compile(r"(?:valta|moottori|kanta|maan|seutu|rauta|yhdys|kehä|keha|ohi|pika)$", re.I)
_STREETS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Boulevard|Blvd|Way|Place|Pl|Square|Sq|Terrace|"
    "Crescent|Gardens|Grove|Highway|Hwy|Parkway|Mews|Hill"
)
_ENGLISH = re.compile(
    rf"(?<![\w.,-])(?:(?:flat|apt\.?|apartment|unit)\s\d{{1,4}}[a-z]?,?\s)?"
    rf"\d{{1,5}}[A-Za-z]?\s(?:[NSEW]\.?\s)?(?:[A-Z][\w'’-]{{1,20}}\s){{1,3}}(?:{_STREETS})\b\.?"
)
_BOX = re.compile(r"(?<!\w)(?:PL|P\.?\s?O\.?\s?Box|PB)\s\d{1,5}(?!\w)(?:,?\s\d{5}\s[A-ZÅÄÖ][\w-]{2,24})?")
_POSTCODE = re.compile(
    r"(?<!\w)(?:[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|(?:FI-)\d{5}(?:\s[A-ZÅÄÖ][\w-]{2,24})?)(?!\w)"
)
_POSTCODE_FINNISH = re.compile(r"(?<![\w.,+-])\d{5}\s(?P<town>[A-ZÅÄÖ][a-zåäö]{2,24}|[A-ZÅÄÖ]{3,24})(?!\w)")
_TOWNS = frozenset(
    [
        "helsinki",
        "espoo",
        "vantaa",
        "kauniainen",
        "tampere",
        "turku",
        "oulu",
        "jyväskylä",
        "jyvaskyla",
        "lahti",
        "kuopio",
        "pori",
        "kouvola",
        "joensuu",
        "lappeenranta",
        "hämeenlinna",
        "hameenlinna",
        "vaasa",
        "seinäjoki",
        "seinajoki",
        "rovaniemi",
        "mikkeli",
        "kotka",
        "salo",
        "porvoo",
        "kokkola",
        "hyvinkää",
        "järvenpää",
        "lohja",
        "nurmijärvi",
        "rauma",
        "kajaani",
        "kerava",
        "savonlinna",
        "nokia",
        "kaarina",
        "ylöjärvi",
        "kangasala",
        "riihimäki",
        "imatra",
        "raisio",
        "raahe",
        "sastamala",
        "tornio",
        "iisalmi",
        "kemi",
        "kirkkonummi",
        "tuusula",
        "sipoo",
        "mäntsälä",
        "valkeakoski",
        "varkaus",
        "hamina",
        "heinola",
        "jämsä",
        "pietarsaari",
        "naantali",
        "lempäälä",
        "pirkkala",
        "laukaa",
        "vihti",
        "siilinjärvi",
        "uusikaupunki",
        "forssa",
        "loimaa",
        "kuusamo",
        "ylivieska",
        "helsingfors",
        "esbo",
        "vanda",
        "åbo",
        "tammerfors",
        "uleåborg",
        "vasa",
        "borgå",
        "mariehamn",
        "maarianhamina",
    ]
)


def addresses(text: str) -> Iterator[Span]:
    for match in _FINNISH.finditer(text):
        stem = (match["stem"] or "").strip()
        written_apart = not stem and match[0][0].isupper()
        if (len(stem) >= 2 and not _ROADS.search(stem)) or (
            written_apart and " " in match[0].split(match["ending"])[0]
        ):
            yield Span(match.start(), match.end(), Kind.ADDRESS)
    for pattern in (_ENGLISH, _BOX, _POSTCODE):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), Kind.ADDRESS)
    for match in _POSTCODE_FINNISH.finditer(text):
        if match["town"].lower() in _TOWNS:
            yield Span(match.start(), match.end(), Kind.ADDRESS)
