"""How large a survey and an answer may be. All of them are told in docs/guide/en/survey-definitions.md."""

from __future__ import annotations

from typing import Final

SURVEY_BYTES: Final = 1_000_000
"""Of the definition, written as JSON."""
QUESTIONS: Final = 300
CHOICES: Final = 300
"""Of one question: choices, rows or columns."""
RATES: Final = 20
"""Values of one scale."""
PANELS_DEEP: Final = 5
TEXT_LETTERS: Final = 10_000
"""Of one text of the definition, in one language."""
NAME_LETTERS: Final = 64
EXPRESSION_LETTERS: Final = 2_000
EXPRESSION_DEEP: Final = 20
FAULTS: Final = 500
"""After so many, reading ends: it is something else than a survey."""
FAULTS_TOLD: Final = 50

ANSWER_LETTERS: Final = 10_000
"""Of one answer in words, when the question sets no smaller maxLength."""
PATTERN_LETTERS: Final = 500
FILES: Final = 10
FILE_BYTES: Final = 10_000_000
"""Of one file, when the question sets no smaller maxSize."""
NUMBER: Final = 1e15
"""Answers in numbers lie between this and its opposite: so far whole numbers are exact everywhere."""
UNKNOWN_TOLD: Final = 20
"""Answers to no question that are named."""
