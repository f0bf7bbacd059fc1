"""What keeps a draft's questions from telling the metrics that they are tagged with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from polku.errors import InvalidInput
from polku.i18n import gettext, in_words
from polku.metrics import metric
from polku.surveys.definition import Definition
from polku.surveys.reading import drafted
from polku.surveys.results import misfit, unasked
from polku.surveys.store import Tags


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """In the reader's language: by question, why it cannot tell its metric; and metrics of which an item is not asked,
    a line each."""

    questions: Mapping[str, str]
    metrics: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        return [*self.questions.values(), *self.metrics]


def unmeasured(definition: Definition, tags: Mapping[str, Tags]) -> Unmeasured:
    """What of a draft would not be measured though it is tagged."""
    questions = drafted(definition, tags)
    lacking = tuple(
        gettext(
            "%(metric)s lacks these questions, so it is told of nobody: %(items)s. Add a question with each name.",
            metric=str(metric(key).name),
            items=", ".join(items),
        )
        for key, items in unasked(questions).items()
    )
    return Unmeasured({q.key: in_words(why) for q in questions if (why := misfit(q))}, lacking)


def unmeasured_in(raw: Mapping[str, object], tags: Mapping[str, Tags]) -> Unmeasured:
    """Of a draft as it is worked on; of one with faults nothing: those come first."""
    try:
        return unmeasured(Definition.of(raw), tags)
    except InvalidInput:
        return Unmeasured({}, ())
