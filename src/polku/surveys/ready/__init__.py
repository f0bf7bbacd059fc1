"""Surveys ready to be asked, one file each: worded in Finnish and English, with what each question measures.

A new one is a new file in this folder with a `TEMPLATE`.
"""

from polku.surveys.ready.registry import ready_survey, ready_surveys
from polku.surveys.ready.template import ReadySurvey, Tag

__all__ = ["ReadySurvey", "Tag", "ready_survey", "ready_surveys"]
