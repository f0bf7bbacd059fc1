"""Asking customers: what is asked, of whom, and what they answered."""

from polku.surveys.compared import SurveyCompare
from polku.surveys.given import SurveyAnswers
from polku.surveys.queries import SurveyList, SurveyResults
from polku.surveys.rate import SurveyRate
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = (SurveyList, SurveyResults, SurveyRate, SurveyCompare, SurveyAnswers)

__all__ = ["QUERIES", "SurveyAnswers", "SurveyCompare", "SurveyList", "SurveyRate", "SurveyResults"]
