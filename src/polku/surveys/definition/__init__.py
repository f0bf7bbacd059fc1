"""What a survey asks: the documented profile of SurveyJS's JSON, read, checked and answered.

`Definition.of(json)` refuses whatever it does not understand, with all faults and their places;
`definition.check(answers)` is the server's own validator.
"""

from polku.surveys.definition.checking import Checked, Problem
from polku.surveys.definition.completeness import LanguageCompleteness, MissingText
from polku.surveys.definition.definition import Definition
from polku.surveys.definition.faults import Fault, InvalidDefinition
from polku.surveys.definition.localised import Localised
from polku.surveys.definition.questions import Choice, Question

__all__ = [
    "Checked",
    "Choice",
    "Definition",
    "Fault",
    "InvalidDefinition",
    "LanguageCompleteness",
    "Localised",
    "MissingText",
    "Problem",
    "Question",
]
