"""How many names of people are taken out of comments: names that are not of our lists' making, in made sentences, and
in real ones in the place of "he", "she" and "hän".

English names are of historical_50k (people with a page in an encyclopaedia; in lower case, here capitalised), Finnish
ones of the Faker package where that is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow.parquet as pq

from benchmarks import corpora
from benchmarks.measure import Figure
from polku.text import Kind, redacted

INTRODUCED = {
    "fi": (
        "Kaikki meni hyvin. Terveisin {}",
        "Nimeni on {} ja odotan vastausta.",
        "Puhuin {} kanssa puhelimessa.",
    ),
    "en": (
        "All went well. Best regards, {}",
        "My name is {} and I am still waiting.",
        "I spoke to {} on the phone.",
    ),
}
AMIDST = {
    "fi": (
        "Eilen {} auttoi meitä myymälässä.",
        "Mielestäni {} ansaitsee kiitoksen.",
        "Laskun lähetti {} vasta keväällä.",
    ),
    "en": (
        "Yesterday {} helped us in the store.",
        "I think {} deserves praise.",
        "The bill was sent by {} in spring.",
    ),
}
NAMES = 1_000


def figures() -> Iterator[Figure]:
    for language, people in (("en", _english()), ("fi", _finnish())):
        if not people:
            continue
        for told, frames in (("introduced", INTRODUCED), ("amidst a sentence", AMIDST)):
            found = [_is_out(frames[language][i % 3], name) for i, name in enumerate(people)]
            yield Figure(f"full names ({language}) taken out, {told}", float(np.mean(found)), "")
        real = _real_frames(language)
        found = [_is_out(frame, people[i % len(people)]) for i, frame in enumerate(real)]
        yield Figure(
            f"full names ({language}) taken out of {len(real)} real sentences", float(np.mean(found)), ""
        )
    texts = [x.text for x in corpora.finnsentiment()[:5_000]]
    taken = [any(s.kind == Kind.NAME for s in redacted(text).found) for text in texts]
    yield Figure("FinnSentiment sentences in which a name is taken", float(np.mean(taken)), "")


PRONOUNS = {"fi": re.compile(r"\bhän\b"), "en": re.compile(r"\b(?:he|she)\b")}


def _real_frames(language: str) -> list[str]:
    """Sentences that people wrote, with a place for a name where they wrote a pronoun; no list was made with them."""
    if language == "fi":
        sources = [*corpora.finnsentiment(), *corpora.xed("fi")]
        texts = [x.text for x in sources if corpora.is_held_out(x.text)]
    else:
        verbatims = [r["text"] for r in corpora.rows("nps_verbatims/nps_verbatims.csv")]
        texts = verbatims + [x.text for x in corpora.xed("en") if corpora.is_held_out(x.text)]
    pronoun = PRONOUNS[language]
    plain = (text.replace("{", "").replace("}", "") for text in texts if pronoun.search(text))
    return [pronoun.sub("{}", text, count=1) for text in plain][:NAMES]


def _is_out(frame: str, name: str) -> bool:
    """Whether no part of a name is left."""
    left = redacted(frame.format(name)).text
    return not any(part in left for part in name.split())


def _english() -> list[str]:
    table = pq.read_table(corpora.DATA / "identity/historical_50k.parquet", columns=["first_name", "surname"])
    pairs = {
        f"{r['first_name'].title()} {r['surname'].title()}"
        for r in table.to_pylist()
        if r["first_name"] and r["surname"] and r["first_name"].isalpha() and r["surname"].isalpha()
    }
    return _some(sorted(p for p in pairs if all(len(part) > 2 for part in p.split())))


def _finnish() -> list[str]:
    try:
        from faker import Faker
    except ImportError:
        return []
    faker = Faker("fi_FI")
    faker.seed_instance(1)
    return _some(sorted({f"{faker.first_name()} {faker.last_name()}" for _ in range(5_000)}))


def _some(names: list[str]) -> list[str]:
    at = np.random.default_rng(1).permutation(len(names))[:NAMES]
    return [names[i] for i in at]
