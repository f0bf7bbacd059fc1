"""Results of surveys: tables of responses in, frozen results out. Nothing here sees a database, a clock or a page."""

from polku.surveys.results.by_group import GroupResult, GroupsResult, by_group, by_masks
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
from polku.surveys.results.comparing import ComparedFigure, compare
from polku.surveys.results.items import item_place, misfit, unasked
from polku.surveys.results.measured import Measured, of_choice, of_metric, of_rating
from polku.surveys.results.nonresponse import (
    Attribute,
    AttributeValue,
    ResponseRate,
    response_rate,
    value_masks,
)
from polku.surveys.results.questions import BOOLEAN, Choice, Kind, Question, key_of
from polku.surveys.results.responses import Responses
from polku.surveys.results.those import newest_words, of_category, who_answered, with_comment
from polku.surveys.results.variables import Variable, variables, wide
from polku.surveys.results.visibility import SURE_FROM, Visibility, visibility
from polku.surveys.results.weighting import MarginValue, Weighting, weigh

__all__ = [
    "BOOLEAN",
    "SURE_FROM",
    "Attribute",
    "AttributeValue",
    "Choice",
    "ChoiceResult",
    "ChoiceShare",
    "ComparedFigure",
    "GroupResult",
    "GroupsResult",
    "Kind",
    "MarginValue",
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
    "Weighting",
    "by_group",
    "by_masks",
    "by_metric",
    "by_period",
    "by_question",
    "compare",
    "item_place",
    "key_of",
    "misfit",
    "newest_words",
    "of_category",
    "of_choice",
    "of_metric",
    "of_rating",
    "response_rate",
    "unasked",
    "value_masks",
    "variables",
    "visibility",
    "weigh",
    "who_answered",
    "wide",
    "with_comment",
]
