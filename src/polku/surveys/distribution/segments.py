"""Segments: customers of whom conditions hold, as pages of journeys have them, and who those are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from polku.errors import InvalidInput
from polku.journeys import Touchpoints
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.lens import Lens
from polku.journeys.asking.who import conditions, in_words
from polku.journeys.saved.store import saved_analyses
from polku.journeys.stages.condition import KIND as STAGE
from polku.store import Block
from polku.workspace import Workspace

Profiles = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Segment:
    """A name and what must hold of a customer, each as text: `plan=pro`, `met:order`, `stage:customership`."""

    name: str
    who: tuple[str, ...]


EVERYONE: Final = Segment("", ())


@dataclass(frozen=True, slots=True)
class Members:
    """The question whose answer is the profiles that are looked at, ascending."""

    def partial(self, block: Block) -> Profiles:
        return block.profiles

    def merge(self, a: Profiles, b: Profiles) -> Profiles:
        return np.concatenate([a, b])

    def finish(self, partial: Profiles) -> Profiles:
        return np.sort(partial)


def saved_segments(session: Session) -> dict[str, Segment]:
    """Saved analyses that are about some customers only, by their number as text."""
    found = {}
    for saved in saved_analyses(session):
        who = tuple(parse_qs(urlsplit(saved.address).query).get("who", ()))
        if who:
            found[str(saved.id)] = Segment(saved.name, who)
    return found


def members(workspace: Workspace, who: Sequence[str]) -> Profiles:
    """Customers of whom all of it holds, as of the newest blocks. Raises InvalidInput and UnknownTouchpoint."""
    lens = Lens(conditions(who, workspace))
    return workspace.part(Answers).ask(Members(), lens)


def among(profiles: Sequence[int], those: Profiles) -> npt.NDArray[np.bool_]:
    """Which of `profiles` are among `those` (ascending)."""
    asked = np.array(profiles, np.uint64)
    if not len(those):
        return np.zeros(len(asked), np.bool_)
    at = np.minimum(np.searchsorted(those, asked), len(those) - 1)
    found: npt.NDArray[np.bool_] = those[at] == asked
    return found


def told(workspace: Workspace, who: Sequence[str], language: str) -> list[str]:
    """Conditions as one says them."""
    catalogue = workspace.part(Touchpoints).catalogue()
    return [in_words(one, catalogue, language) for one in who]


def chosen(workspace: Workspace, *, stage: str = "", segment: str = "", who: str = "") -> Segment:
    """The segment of a form: at a stage, as an analysis was saved, and of whom conditions hold (a line each).

    Raises InvalidInput for what is none, with the form's field.
    """
    with workspace.db.session(read_only=True) as session:
        saved = saved_segments(session)
    if segment and segment not in saved:
        raise InvalidInput("This segment is not there any more. Choose one of the list.", field="segment")
    found = saved.get(segment, Segment("", ()))
    typed = (line.strip() for line in who.splitlines())
    every = [f"{STAGE}:{stage}"] if stage else []
    conditions_ = tuple(dict.fromkeys([*every, *found.who, *filter(None, typed)]))
    try:
        if conditions_:
            members(workspace, conditions_)
    except InvalidInput as e:
        e.details["field"] = "who"
        raise
    return Segment(found.name, conditions_)
