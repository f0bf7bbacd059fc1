"""What responses are weighted to: all who were asked, all customers, or a table that somebody gives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

import numpy as np

from polku.errors import InvalidInput
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.lens import Lens
from polku.journeys.asking.who import BEGINNINGS
from polku.profiles.trait_columns import TraitColumns
from polku.surveys import inviting
from polku.surveys.attributes import OWN, Those
from polku.surveys.chosen import those_of
from polku.surveys.inviting import Cohort
from polku.surveys.known import Asked
from polku.surveys.results import Responses, Weighting, weigh
from polku.workspace import Workspace

To = Literal["invited", "customers"]
MOST_MARGINS: Final = 6
ALWAYS: Final = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
_LINE: Final = re.compile(r"\s*([^=\t;]+?)\s*[=\t;]\s*(.+?)\s*[:\t;]\s*(\d+(?:[.,]\d+)?)\s*%?\s*")


def weighting_of(
    workspace: Workspace,
    asked: Asked,
    found: Responses,
    *,
    by: Sequence[str],
    to: To | None,
    margins: Sequence[str],
) -> tuple[Weighting, str] | None:
    """Weights for responses, and what they weight to (invited, customers, given); None where none are asked for.

    `by` are attributes that are counted of all who were invited or of all customers (default: who was invited, if
    anybody was); `margins` are lines as `city=Oulu:20`. Raises InvalidInput.
    """
    names = list(dict.fromkeys(b.strip() for b in by if b.strip()))
    given = read_margins(margins)
    if not names and not given:
        return None
    if len({*names, *given}) > MOST_MARGINS:
        raise InvalidInput(
            "Weight by at most %(most)s things: more make the weights wild.", most=MOST_MARGINS
        )
    those = those_of(asked, found)
    if given:
        return weigh({n: those.values(workspace, n) for n in given}, given, counted=False), "given"
    everyone = _invited(workspace, asked.key)
    target: To = to or ("invited" if len(everyone) else "customers")
    if target == "invited":
        if not len(everyone):
            raise InvalidInput(
                "Nobody was invited to this survey: weight to customers, or give the shares yourself."
            )
        counted = {n: _counted(invited_those(everyone).values(workspace, n)) for n in names}
    else:
        counted = {n: _of_customers(workspace, n) for n in names}
    return weigh({n: those.values(workspace, n) for n in names}, counted, counted=True), target


def read_margins(lines: Sequence[str]) -> dict[str, dict[str, float]]:
    """Shares, or numbers, by attribute and value, from lines: `city=Oulu:20`, or three cells of a spreadsheet.

    >>> read_margins(["city=Oulu: 20", "city=Helsinki: 80,5"])
    {'city': {'Oulu': 20.0, 'Helsinki': 80.5}}
    """
    found: dict[str, dict[str, float]] = {}
    for line in lines:
        if not line.strip():
            continue
        read = _LINE.fullmatch(line)
        if read is None:
            raise InvalidInput(
                "'%(line)s' is no line of a margin. Write e.g. city=Oulu:20, with a line for each value.",
                line=line.strip()[:60],
            )
        found.setdefault(read[1], {})[read[2]] = float(read[3].replace(",", "."))
    return found


def invited_those(everyone: Cohort) -> Those:
    """Those who were asked, with what is known of the invitation itself."""
    own = {
        "language": everyone.language,
        "channel": everyone.channel,
        "version": everyone.version,
        "touchpoint": everyone.touchpoint,
    }
    return Those(everyone.profiles, own)


def _invited(workspace: Workspace, key: str) -> Cohort:
    with workspace.db.session(read_only=True) as session:
        return inviting.cohort(session, key, since=ALWAYS[0], until=ALWAYS[1])


def _counted(values: Sequence[str | None]) -> Mapping[str, float]:
    counts = Counter(v for v in values if v is not None)
    return {value: float(n) for value, n in counts.items()}


def _of_customers(workspace: Workspace, name: str) -> Mapping[str, float]:
    """How many customers have each value. Raises InvalidInput for what is of a response only."""
    if name in OWN:
        raise InvalidInput(
            "Not every customer has '%(name)s': it is of an invitation or a response. Weight to who was invited, or "
            "give the shares yourself.",
            name=name,
        )
    if name in BEGINNINGS:
        grouping = workspace.part(Answers).groups(Lens(by=name))
        return dict(zip(grouping.keys, map(float, grouping.profiles), strict=True))
    column = workspace.part(TraitColumns).column(name)
    counts = np.bincount(column.code, minlength=len(column.values)).tolist()
    return {value: float(n) for value, n in zip(column.values, counts, strict=True) if n}
