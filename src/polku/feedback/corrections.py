"""Correcting what is told of a comment: from a page, the API and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from polku.errors import InvalidInput, NotFound
from polku.feedback import reading, search, telling
from polku.feedback.comments import Comments
from polku.feedback.correcting import SURE, following
from polku.feedback.store import Correction
from polku.feedback.understanding import Understandings
from polku.journeys import Touchpoints
from polku.workspace import Workspace

SENTIMENTS: Final = tuple(SURE)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a comment; None stays. Of `aspects` those that are left out are not spoken of."""

    sentiment: str | None = None
    aspects: Mapping[str, str] | None = None
    touchpoint: str | None = None


def comment_of(workspace: Workspace, id: int) -> telling.Comment:
    """One comment. Raises NotFound."""
    with workspace.part(Comments).current().reading() as connection:
        told = reading.comments(workspace, connection, search.rows(connection, [id]))
    if not told:
        raise NotFound("There is no comment %(id)s. See: polku feedback comments", id=id)
    return told[0]


def correct(workspace: Workspace, id: int, said: Said, *, by: str, now: datetime) -> telling.Comment:
    """Keep what a person says of a comment where it differs from what is told, and return how it is told then.

    Raises NotFound, and InvalidInput for a sentiment, an aspect or a touchpoint that is not known.
    """
    _check(workspace, said)
    told = comment_of(workspace, id)
    sentiment = said.sentiment if said.sentiment != told.sentiment else None
    aspects = dict(said.aspects) if said.aspects is not None and dict(said.aspects) != told.felt else None
    if sentiment and aspects is None and told.felt:
        followed = following(told.sentiment, sentiment, told.felt)
        aspects = followed if followed != told.felt else None
    touchpoint = said.touchpoint if said.touchpoint != told.touchpoint else None
    if sentiment is None and aspects is None and touchpoint is None:
        return told
    comments = workspace.part(Comments)
    before = comments.corrections([id]).get(id)
    comments.correct(
        Correction(
            id,
            sentiment or (before.sentiment if before else None),
            aspects if aspects is not None or before is None else before.aspects,
            touchpoint if touchpoint is not None or before is None else before.touchpoint,
            by,
            now,
        )
    )
    return comment_of(workspace, id)


def undo(workspace: Workspace, id: int, *, by: str, now: datetime) -> telling.Comment:
    """Take the latest correction of a comment back. Raises NotFound."""
    comment_of(workspace, id)
    workspace.part(Comments).undo(id, by=by, now=now)
    return comment_of(workspace, id)


def _check(workspace: Workspace, said: Said) -> None:
    felt = [*([said.sentiment] if said.sentiment else []), *(said.aspects or {}).values()]
    for label in felt:
        if label not in (*SENTIMENTS, reading.MIXED):
            raise InvalidInput(
                "A sentiment is %(allowed)s, not '%(given)s'.", allowed=", ".join(SENTIMENTS), given=label
            )
    known = [e.name for e in workspace.part(Understandings).current().taxonomy.aspects]
    for aspect in said.aspects or {}:
        if aspect not in known:
            raise InvalidInput(
                "There is no aspect '%(given)s' in the taxonomy. There are: %(allowed)s",
                given=aspect,
                allowed=", ".join(known),
            )
    keys = {t.key for t in workspace.part(Touchpoints).catalogue().touchpoints}
    if said.touchpoint and said.touchpoint not in keys:
        raise NotFound("There is no touchpoint '%(key)s'. See: polku touchpoints list", key=said.touchpoint)
