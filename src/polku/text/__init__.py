"""Language: what a text says, whatever it came with. Pure: texts in, frozen results out."""

from polku.text.analysis import Analysis, Mention, analyzed
from polku.text.clauses import Clause, clauses
from polku.text.emotions import EMOTIONS, emotions
from polku.text.language import UNKNOWN, Language, language
from polku.text.learning import Evaluation, Learned, learned
from polku.text.model import LANGUAGES, Model
from polku.text.redaction import Kind, Redacted, Span, is_card, is_iban, is_personal_id, redacted
from polku.text.sentiment import Polarity, Sentiment, sentiments
from polku.text.signals import Effort, Level, Signals
from polku.text.taxonomy import Taxonomy, shipped_source, shipped_taxonomy, taxonomy_of
from polku.text.themes import Theme, Themes, themes
from polku.text.words import Word, lemma, lemmas, words

__all__ = [
    "EMOTIONS",
    "LANGUAGES",
    "UNKNOWN",
    "Analysis",
    "Clause",
    "Effort",
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
    "Taxonomy",
    "Theme",
    "Themes",
    "Word",
    "analyzed",
    "clauses",
    "emotions",
    "is_card",
    "is_iban",
    "is_personal_id",
    "language",
    "learned",
    "lemma",
    "lemmas",
    "redacted",
    "sentiments",
    "shipped_source",
    "shipped_taxonomy",
    "taxonomy_of",
    "themes",
    "words",
]
