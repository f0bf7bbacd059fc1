"""Asking customers: what is asked, of whom, and what they answered."""

from polku.surveys.queries import SurveyList, SurveyResults
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = (SurveyList, SurveyResults)

__all__ = ["QUERIES", "SurveyList", "SurveyResults"]
