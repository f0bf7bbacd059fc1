"""Asking customers: what is asked, of whom, and what they answered."""

from polku.i18n import _l
from polku.surveys.compared import SurveyCompare
from polku.surveys.distribution.queries import QUERIES as OF_DISTRIBUTION
from polku.surveys.given import SurveyAnswers
from polku.surveys.inviting import SMS
from polku.surveys.queries import SurveyList, SurveyResults
from polku.surveys.rate import SurveyRate
from polku.webhooks import WebhookKind
from polku.workspace import Query

WEBHOOK_KINDS: tuple[WebhookKind, ...] = (WebhookKind(SMS, _l("A text message is to be sent")),)
QUERIES: tuple[type[Query], ...] = (
    SurveyList,
    SurveyResults,
    SurveyRate,
    SurveyCompare,
    SurveyAnswers,
    *OF_DISTRIBUTION,
)

__all__ = [
    "QUERIES",
    "WEBHOOK_KINDS",
    "SurveyAnswers",
    "SurveyCompare",
    "SurveyList",
    "SurveyRate",
    "SurveyResults",
]
