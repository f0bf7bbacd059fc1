"""What was learned from the company's own comments, as it is told and turned on and off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from polku.answer import Answer
from polku.errors import InvalidInput
from polku.feedback import rereading, store
from polku.feedback.comments import Comments
from polku.feedback.learner import lessons
from polku.feedback.tables import LearnedModelRow
from polku.feedback.understanding import Understandings
from polku.text import LANGUAGES
from polku.text.learning import FEWEST
from polku.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that was learned, and how what was learned told the latest comments."""

    learned_at: datetime
    pairs: Annotated[int, Field(description="Comments with a score that were there")]
    corrections: Annotated[int, Field(description="Comments that a person corrected")]
    why: Annotated[str, Field(description="few, one_label or no_better: it was not used; empty: it was")]
    evaluated: Annotated[int | None, Field(description="The latest comments, which it had not seen")]
    accuracy: Annotated[float | None, Field(description="Share of them told right, 0–1")]
    macro_f1: float | None
    before: Annotated[float | None, Field(description="Share that the shipped model tells right, 0–1")]


@dataclass(frozen=True, slots=True)
class ModelOf:
    """The model of a language: `state` is used, off, few, one_label, no_better, waiting or broken."""

    language: str
    state: str
    pairs: Annotated[int, Field(description="Comments with a score to learn from, now")]
    corrections: int
    fewest: Annotated[int, Field(description="So many there must be")]
    attempts: Annotated[tuple[Attempt, ...], Field(description="The newest first")]
    off_by: Annotated[str | None, Field(description="Who turned it off")]


@dataclass(frozen=True, slots=True)
class ModelsTold(Answer):
    """Models of sentiment by language; `reading_anew` is how far comments are told by them (0–1)."""

    models: tuple[ModelOf, ...]
    reading_anew: float


def models_told(workspace: Workspace) -> ModelsTold:
    comments = workspace.part(Comments)
    comments.current()
    far = rereading.progress(comments.file)
    return ModelsTold(tuple(_told(workspace, code) for code in LANGUAGES), far.share if far else 1.0)


def choose(workspace: Workspace, language: str, *, is_on: bool, by: str, now: datetime) -> None:
    """Use what was learned of a language, or the shipped model. Raises InvalidInput."""
    if language not in LANGUAGES:
        raise InvalidInput(
            "There is no model of the language '%(given)s'. There are: %(allowed)s",
            given=language,
            allowed=", ".join(LANGUAGES),
        )
    with workspace.db.session() as session:
        store.choose_learning(session, language, is_on=is_on, by=by, now=now)


def _told(workspace: Workspace, language: str) -> ModelOf:
    there = lessons(workspace, language)
    with workspace.db.session(read_only=True) as session:
        rows = store.learned_rows(session, language)
        choice = store.learning_choice(session, language)
    off = choice is not None and not choice.is_on
    state = "off" if off else _state(workspace, language, rows[0] if rows else None, there.pairs)
    return ModelOf(
        language,
        state,
        there.pairs,
        there.corrections,
        FEWEST,
        tuple(_attempt(row) for row in rows),
        choice.changed_by if choice is not None and off else None,
    )


def _state(workspace: Workspace, language: str, last: LearnedModelRow | None, pairs: int) -> str:
    if last is None:
        return "few" if pairs < FEWEST else "waiting"
    if last.why:
        return last.why
    return "broken" if language in workspace.part(Understandings).current().broken else "used"


def _attempt(row: LearnedModelRow) -> Attempt:
    return Attempt(
        row.learned_at,
        row.pairs,
        row.corrections,
        row.why,
        row.evaluated,
        row.accuracy,
        row.macro_f1,
        row.before,
    )
