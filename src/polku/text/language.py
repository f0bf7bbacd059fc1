"""The language of a text, or that it cannot be told."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

UNKNOWN = "unknown"
LANGUAGES_TOLD = (
    "fi", "en", "sv", "et", "no", "da", "de", "nl", "fr", "es", "pt", "it", "pl", "ru", "uk", "lv", "lt", "hu", "cs",
    "ro", "tr", "ar", "zh", "ja", "vi", "th", "so", "fa",
)  # fmt: skip
"""The languages that a customer in the Nordics or elsewhere in Europe is likely to write (ISO 639-1)."""

SURE = 0.6
_PART = 0.25
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOT_SAID = re.compile(r"https?://\S{1,2000}|\S{1,64}@\S{1,64}|\[\w{1,20}\]|@\w{1,50}")
_CLAUSE = re.compile(r"[.!?…\n]+|,\s(?=mutta|vaikka|but|although|men)")
_MOST_CHARACTERS = 4_000
_COMMON, _COMMON_IN_FEW = 12, 20
"""Log odds that a common word is worth; more among few words, of which letters tell little."""
_FEW = 3
_WORDS = {
    "fi": (
        "ja on ei oli että se en mutta kun niin myös ole tai kuin hyvä hyvin hyvää huono huonoa palvelu "
        "palvelua kiitos todella erittäin tosi ihan liian aina ette oon mitä mikä joka kaikki nopea nopeasti "
        "toimi toimii toimitus tuote hinta kallis halpa suosittelen tyytyväinen asiakaspalvelu ollut minä te "
        "me he hän sain saa vielä nyt kyllä olen olisi kanssa sitten hidas loistava mahtava paras helppo ok "
        "ystävällinen odotus jonotus lasku tilaus paketti kauppa henkilökunta asiallinen mukava kiva surkea "
        "pettymys jee moi hei terveisin hyva kiva heikko taas ilman ennen päivä viikko vain jo mulla mun sun "
        "teidän"
    ),
    "en": (
        "the and is not it was to of a i you for in that with this my have very good bad great but so they be "
        "are on service thanks thank no never always price product delivery slow fast excellent poor terrible "
        "awful recommend customer staff helpful friendly quality easy waiting refund love hate best worst "
        "nice all everything nothing your we me been had has ok don't can't didn't what when why how would "
        "could should too expensive cheap happy hello team"
    ),
    "sv": (
        "och är inte det att jag på för med som bra dålig tack mycket en ett var har men ni vi tjänst "
        "leverans snabb mig så"
    ),
    "et": ("ja ei see oli väga hea teenus aga kõik mis on kiire aitäh halb"),
    "pt": (
        "não muito bom produto entrega recomendo ótimo o que de e do da prazo veio recebi antes chegou tudo "
        "uma um"
    ),
    "es": ("el que de no muy bueno producto entrega recomiendo gracias la los y pero todo una un servicio"),
    "de": ("und ist nicht sehr gut das die der ich mit schlecht danke aber lieferung ein eine war"),
}
_KNOWN = {code: frozenset(words.split()) for code, words in _WORDS.items()}


@dataclass(frozen=True, slots=True)
class Language:
    """`code` is ISO 639-1 or "unknown"; `share` is how sure that is (0–1); `others` are spoken in a quarter or more."""

    code: str
    share: float
    others: tuple[str, ...] = ()


def language(text: str) -> Language:
    """The language that most of a text is in.

    Letters tell it (py3langid, among LANGUAGES_TOLD), in short texts also common words. A text without words, or of
    words that no language claims surely, is "unknown": better no sentiment than that of another language.

    >>> language("Toimitus oli nopea ja palvelu hyvää").code, language("Produto chegou antes do prazo").code
    ('fi', 'pt')
    """
    said = _NOT_SAID.sub(" ", text[:_MOST_CHARACTERS])
    parts = [p for p in _CLAUSE.split(said) if len(_WORD.findall(p)) >= 3]
    code, share = _told(said)
    if len(parts) < 2 or code == UNKNOWN:
        return Language(code, share)
    letters: dict[str, int] = {}
    for part in parts:
        of_part, sure = _told(part)
        if of_part != UNKNOWN and sure >= 0.9:
            letters[of_part] = letters.get(of_part, 0) + len(part)
    total = sum(letters.values())
    others = sorted(
        (c for c, n in letters.items() if c != code and n >= _PART * total), key=lambda c: -letters[c]
    )
    return Language(code, share, tuple(others))


def _told(text: str) -> tuple[str, float]:
    words = [w.lower().replace("’", "'") for w in _WORD.findall(text)]
    if not words:
        return UNKNOWN, 0.0
    hits = {code: sum(w in known for w in words) for code, known in _KNOWN.items()}
    scores = dict(_identifier().rank(" ".join(words)))
    if len(words) == 1 and len(words[0]) < 4 and not any(hits.values()):
        return UNKNOWN, 0.0
    return _weighed(scores, hits, len(words))


def _weighed(scores: dict[str, float], hits: dict[str, int], words: int) -> tuple[str, float]:
    """Log probabilities by letters, and what common words add to them; then shares."""
    common = _COMMON_IN_FEW if words <= _FEW else _COMMON
    told = {code: float(score) + common * hits.get(code, 0) for code, score in scores.items()}
    best = max(told, key=lambda code: told[code])
    # Letters of few words are less telling than their log odds say: these are taken a fourth as seriously.
    share = 1 / sum(math.exp(max(-700.0, (s - told[best]) / 4)) for s in told.values())
    if share < SURE or (words == 1 and not hits.get(best) and share < 0.95):
        return UNKNOWN, share
    return best, share


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    known: Sequence[str] = identifier.labels
    identifier.set_languages([code for code in LANGUAGES_TOLD if code in known])
    return identifier
