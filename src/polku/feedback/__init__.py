"""What customers say in their own words, wherever they said it."""

from polku.feedback.alerts import looking_for_themes
from polku.feedback.comments import Comments
from polku.feedback.keeper import CommentKeeper
from polku.feedback.learner import Learner
from polku.feedback.queries import (
    FeedbackAlerts,
    FeedbackComments,
    FeedbackModels,
    FeedbackPains,
    FeedbackTaxonomy,
    FeedbackThemes,
)
from polku.feedback.staging import sweeping
from polku.i18n import _l
from polku.webhooks import WebhookKind
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = (
    FeedbackComments,
    FeedbackThemes,
    FeedbackPains,
    FeedbackTaxonomy,
    FeedbackModels,
    FeedbackAlerts,
)
WEBHOOK_KINDS: tuple[WebhookKind, ...] = (
    WebhookKind("theme.new", _l("Comments have a new theme")),
    WebhookKind("theme.growing", _l("A theme of comments grows")),
)

__all__ = [
    "QUERIES",
    "WEBHOOK_KINDS",
    "CommentKeeper",
    "Comments",
    "FeedbackAlerts",
    "FeedbackComments",
    "FeedbackModels",
    "FeedbackPains",
    "FeedbackTaxonomy",
    "FeedbackThemes",
    "Learner",
    "looking_for_themes",
    "sweeping",
]
