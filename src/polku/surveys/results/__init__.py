"""Results of surveys: tables of responses in, frozen results out. Nothing here sees a database, a clock or a page."""

from polku.surveys.results.by_group import GroupResult, GroupsResult, by_group
from polku.surveys.results.by_period import PeriodResult, by_period
from polku.surveys.results.by_question import (
    ChoiceResult,
    ChoiceShare,
    MatrixResult,
    MatrixRow,
    MetricResult,
    QuestionResult,
    Ranked,
    RankingResult,
    RatingResult,
    TextResult,
    Told,
    by_metric,
    by_question,
)
from polku.surveys.results.measured import Measured, of_choice, of_metric, of_rating
from polku.surveys.results.nonresponse import (
    Attribute,
    AttributeValue,
    ResponseRate,
    response_rate,
    to_invited,
    to_margins,
)
from polku.surveys.results.questions import BOOLEAN, Choice, Kind, Question
from polku.surveys.results.responses import Responses
from polku.surveys.results.variables import Variable, variables, wide
from polku.surveys.results.visibility import SURE_FROM, Visibility, visibility

__all__ = [
    "BOOLEAN",
    "SURE_FROM",
    "Attribute",
    "AttributeValue",
    "Choice",
    "ChoiceResult",
    "ChoiceShare",
    "GroupResult",
    "GroupsResult",
    "Kind",
    "MatrixResult",
    "MatrixRow",
    "Measured",
    "MetricResult",
    "PeriodResult",
    "Question",
    "QuestionResult",
    "Ranked",
    "RankingResult",
    "RatingResult",
    "ResponseRate",
    "Responses",
    "TextResult",
    "Told",
    "Variable",
    "Visibility",
    "by_group",
    "by_metric",
    "by_period",
    "by_question",
    "of_choice",
    "of_metric",
    "of_rating",
    "response_rate",
    "to_invited",
    "to_margins",
    "variables",
    "visibility",
    "wide",
]
