"""Common Finnish first and last names of the population, and those of Swedish speakers."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split()))


FIRST: Final = _words(
    """Maria Helena Anneli Johanna Kaarina Marjatta Hannele Kristiina Liisa Emilia Elina Tuulikki Annika
    Maarit Sofia Susanna Leena Katariina Anna Marja Sinikka Inkeri Riitta Aino Kyllikki Päivi Sari
    Anne Minna Tiina Laura Heidi Jenni Katja Satu Mari Hanna Pirjo Eeva Kirsi Tuula Eila Merja Seija
    Eija Sirpa Outi Noora Emma Sanna Henna Jaana Pia Niina Veera Anu Riikka Suvi Iida Ella Venla
    Helmi Aada Oona Kaisa Saara Mirja Ulla Arja Raija Terhi Virpi Essi Julia Juhani Johannes Olavi
    Antero Tapani Kalevi Tapio Matti Mikael Ilmari Petteri Oskari Pekka Antti Juha Timo Kari Mika
    Jari Markku Jukka Mikko Heikki Hannu Jouni Seppo Janne Petri Sami Ville Marko Teemu Juho Jussi
    Eero Tuomas Lauri Harri Risto Pasi Jarmo Arto Martti Esa Vesa Pertti Jorma Raimo Kimmo Tommi
    Tero Toni Jani Olli Henri Joonas Arttu Eetu Onni Elias Leevi Niilo Aleksi Veeti Otto Kalle
    Perttu Ilkka Ismo Juuso Lasse Niko Reijo Sakari Santeri Simo Taneli Topi Urho Väinö Eino Toivo
    Aatu"""
)
LAST: Final = _words(
    """Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen
    Lehtinen Saarinen Niemi Salminen Heinonen Heikkilä Kinnunen Salonen Turunen Salo Laitinen
    Tuominen Rantanen Karjalainen Jokinen Mattila Savolainen Lahtinen Ahonen Ojala Leppänen Hiltunen
    Väisänen Leinonen Miettinen Aaltonen Pitkänen Manninen Hakala Koivisto Anttila Laaksonen
    Hirvonen Räsänen Lehto Laakso Toivonen Mustonen Rantala Aalto Nurmi Peltonen Moilanen Hänninen
    Lappalainen Seppälä Kallio Saari Karppinen Kettunen Partanen Nieminen Kokkonen Kärkkäinen
    Kemppainen Niskanen Halonen Huttunen Pesonen Oksanen Honkanen Lindholm Vainio Aho Suominen
    Immonen Kiviniemi Sirola Ketola Hautala Mikkola Lampinen Pulkkinen Parviainen Ruotsalainen
    Kauppinen Nurminen Rautio Uusitalo Hyvönen Heino Pelkonen Tolonen Vuorinen Tikkanen Kangas Rossi
    Ranta Eskola Sillanpää Kosonen Harju Eronen Kivelä Holopainen Nyman Tanskanen Laukkanen Juntunen
    Jääskeläinen Rissanen Ojanen Kuusisto Karvonen Soininen Vartiainen Kantola Paananen Perälä
    Keränen Kokko Mattinen Ylönen Sorsa Kujala Alanen Koski Hietala Penttinen Pohjola Lampi Haapala
    Auvinen Nevalainen Puustinen Kolehmainen Rajala Ikonen Mäenpää Syrjänen Tiainen Palomäki
    Vesterinen Ikäheimo Jaakkola Nikula"""
)
SWEDISH_FIRST: Final = _words(
    """Anna Maria Sofia Emma Ida Linda Camilla Johanna Sara Ebba Elin Christina Monica Susanne Gunilla
    Carola Malin Frida Ellen Wilma Johan Anders Mikael Christian Kim Stefan Fredrik Mats Tom Kaj
    Peter Henrik Niklas Sebastian Axel Oliver Emil Lars Göran Rasmus"""
)
SWEDISH_LAST: Final = _words(
    """Johansson Nyman Lindholm Karlsson Andersson Lindström Eriksson Lindroos Nyberg Söderholm Sundström
    Holm Lindqvist Björklund Nylund Backman Forsman Söderström Westerlund Grönroos Häggblom Sjöberg
    Blomqvist Fagerström Lundström Rosenqvist Wikström Strandberg Ekholm Granlund"""
)
