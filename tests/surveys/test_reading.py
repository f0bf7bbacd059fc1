"""What results know of a question is what its definition says, in the keys that answers have."""

from __future__ import annotations

from polku.surveys.definition import Definition
from polku.surveys.known import Asked
from polku.surveys.reading import questions
from polku.surveys.results import Responses, by_question
from tests.surveys.responses import table

RAW = {
    "elements": [
        {"type": "boolean", "name": "again", "title": "Again?"},
        {"type": "boolean", "name": "well", "valueTrue": "yes", "valueFalse": "no", "title": "Well?"},
        {"type": "radiogroup", "name": "halves", "choices": [0.5, 1.0], "title": "How many?"},
    ]
}
ASKED = Asked(1, "k", "K", False, "", True, None, 1, {1: Definition.of(RAW)}, {}, 1)


def test_answers_are_counted_to_the_choices_that_were_offered() -> None:
    given = [
        {"again": i < 4, "well": "yes" if i < 5 else "no", "halves": 1 if i < 2 else 0.5} for i in range(6)
    ]
    told = by_question(Responses.of(table(given), questions(ASKED)))
    counts = [[(s.title, s.count) for s in t.shares] for t in told]
    assert counts == [[("Yes", 4), ("No", 2)], [("Yes", 5), ("No", 1)], [("0.5", 4), ("1", 2)]]
