"""Language: what a text says, whatever it came with. Pure: texts in, frozen results out."""

from polku.text.analysis import Analysis, Mention, SpokenOf, analyzed, neutral_shares, reread, spoken_of
from polku.text.base_rate import USUAL, at_share
from polku.text.clauses import Clause, clauses
from polku.text.emotions import EMOTIONS, emotions
from polku.text.language import UNKNOWN, Language, language
from polku.text.learning import Evaluation, Learned, learned, polarity_model
from polku.text.model import LANGUAGES, Model, model_at, shipped_digest, shipped_model
from polku.text.redaction import Kind, Redacted, Span, is_card, is_iban, is_personal_id, redacted
from polku.text.sentiment import Polarity, Sentiment, sentiments
from polku.text.signals import Effort, Level, Signals
from polku.text.taxonomy import (
    EXCEPT,
    Entry,
    Taxonomy,
    shipped_source,
    shipped_taxonomy,
    taxonomy_from,
    taxonomy_of,
)
from polku.text.themes import Theme, Themes, theme_terms, themes, themes_of_terms
from polku.text.words import Word, lemma, lemmas, words

__all__ = [
    "EMOTIONS",
    "EXCEPT",
    "LANGUAGES",
    "UNKNOWN",
    "USUAL",
    "Analysis",
    "Clause",
    "Effort",
    "Entry",
    "Evaluation",
    "Kind",
    "Language",
    "Learned",
    "Level",
    "Mention",
    "Model",
    "Polarity",
    "Redacted",
    "Sentiment",
    "Signals",
    "Span",
    "SpokenOf",
    "Taxonomy",
    "Theme",
    "Themes",
    "Word",
    "analyzed",
    "at_share",
    "clauses",
    "emotions",
    "is_card",
    "is_iban",
    "is_personal_id",
    "language",
    "learned",
    "lemma",
    "lemmas",
    "model_at",
    "neutral_shares",
    "polarity_model",
    "redacted",
    "reread",
    "sentiments",
    "shipped_digest",
    "shipped_model",
    "shipped_source",
    "shipped_taxonomy",
    "spoken_of",
    "taxonomy_from",
    "taxonomy_of",
    "theme_terms",
    "themes",
    "themes_of_terms",
    "words",
]
