"""Who was invited to a survey, who answered, and who did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from polku.i18n import gettext
from polku.profiles.trait_columns import TraitColumns
from polku.stats import FEWEST, Estimate, proportion, weighed_share
from polku.surveys import inviting, results, store
from polku.surveys.attributes import (
    CHANNEL_NAMES,
    OWN,
    SEGMENT,
    Those,
    condition_of,
    frequent,
    name_of,
    segments,
    title_of,
)
from polku.surveys.inviting import Cohort
from polku.surveys.known import Asked, KnownSurveys
from polku.surveys.margins import invited_those
from polku.surveys.rate_results import (
    AttributeOf,
    CameBy,
    InvitedOf,
    StepOf,
    SurveyResponseRate,
    sentences,
)
from polku.surveys.reading import responses
from polku.surveys.results import AttributeValue, Responses
from polku.workspace import FOREVER, Names, PeriodQuery, Workspace

LATELY: Final = timedelta(days=30)
"""Answers that are not finished are kept so long, so that of earlier ones nobody knows."""
STILL_ANSWERING: Final = timedelta(hours=1)
MOST_TRAITS: Final = 8
_KEEPING: Final = frozenset({"link", "email", "qr", "sms"})
"""Ways by which answers are kept as one goes, so that it is known who began."""

Masks = Mapping[str, npt.NDArray[np.bool_]]


class SurveyRate(PeriodQuery):
    """Who was invited to a survey, how many answered, and who does not answer, compared with all invited.

    Kinds of customers whose rate differs are tested together, so that few of those told are chance. Without
    invitations nobody knows how many saw the survey, and there is no response rate.
    """

    path: ClassVar[str] = "surveys/rate"
    positional: ClassVar[tuple[str, ...]] = ("survey",)
    survey: str = Field(description="The survey's key: see polku surveys list")
    by: Names = Field(
        [],
        description="By what those invited are compared: traits, segment, touchpoint, stage, language, channel, "
        "first:channel …; default: what is known of them",
    )

    def answer(self, workspace: Workspace) -> SurveyResponseRate:
        asked = workspace.part(KnownSurveys).by_key(self.survey)
        low, high = self.period(workspace)
        times = datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(min(high, FOREVER), UTC)
        with workspace.db.session(read_only=True) as session:
            everyone = inviting.cohort(session, asked.key, since=times[0], until=times[1])
        attributes, rate = self._compared(workspace, everyone)
        now = datetime.now(UTC)
        began, completion = _lately(workspace, asked, now)
        came = responses(workspace, asked, low=low, high=high)
        return SurveyResponseRate(
            asked.key,
            asked.name,
            len(everyone),
            everyone.waiting,
            int(everyone.open.sum()),
            rate,
            _steps(everyone, asked.anonymous),
            attributes,
            tuple(sentences(attributes, rate)),
            _uninvited(came),
            began,
            completion,
        )

    def _compared(self, workspace: Workspace, everyone: Cohort) -> tuple[tuple[AttributeOf, ...], Estimate]:
        if not len(everyone):
            return (), Estimate.unknown(0, "no_observations")
        those, columns, groups = invited_those(everyone), {}, {}
        for name in dict.fromkeys(self.by or _usual(workspace)):
            if name == SEGMENT:
                groups[SEGMENT] = _segments(workspace, those)
            elif self.by or _tells_apart(values := those.values(workspace, name)):
                columns[name] = frequent(values if not self.by else those.values(workspace, name))
        table = pa.table({n: pa.array(v, pa.string()) for n, v in columns.items()})
        if not columns:
            table = pa.table({"invited": pa.array([1] * len(everyone))})
        told = results.response_rate(
            table, everyone.answered, list(columns), groups=groups, clusters=everyone.profiles
        )
        named = segments(workspace, ()) if SEGMENT in groups else {}
        attributes = tuple(
            AttributeOf(
                a.name,
                title_of(a.name),
                tuple(
                    _invited_of(workspace, a.name, v, [x.value for x in a.values], named) for v in a.values
                ),
                a.hidden,
            )
            for a in told.attributes
            if a.values
        )
        return attributes, told.rate


def _steps(everyone: Cohort, anonymous: bool) -> tuple[StepOf, ...]:
    n = len(everyone)
    if not n:
        return ()
    known = [
        ("invited", gettext("Invited"), np.ones(n, np.bool_)),
        ("delivered", gettext("Delivered"), everyone.delivered),
        *([] if anonymous else [("opened", gettext("Opened the survey"), everyone.opened)]),
        *([] if anonymous else [("started", gettext("Began to answer"), everyone.started)]),
        ("completed", gettext("Answered"), everyone.answered),
    ]
    repeated = len(np.unique(everyone.profiles)) < n
    shares = [
        weighed_share(at, clusters=everyone.profiles) if repeated else proportion(int(at.sum()), n)
        for _, _, at in known
    ]
    return tuple(
        StepOf(key, name, int(at.sum()), share) for (key, name, at), share in zip(known, shares, strict=True)
    )


def _usual(workspace: Workspace) -> list[str]:
    """What those invited are told apart by where nothing is said."""
    traits = [t for t in workspace.part(TraitColumns).groups() if t not in OWN][:MOST_TRAITS]
    return [SEGMENT, "touchpoint", "stage", "language", *traits]


def _tells_apart(values: Sequence[str | None]) -> bool:
    return len({v for v in values if v is not None}) > 1


def _segments(workspace: Workspace, those: Those) -> Masks:
    return {name: those.holds(workspace, who) for name, who in segments(workspace, ()).items()}


def _invited_of(
    workspace: Workspace,
    by: str,
    found: AttributeValue,
    keys: Sequence[str],
    named: Mapping[str, tuple[str, ...]],
) -> InvitedOf:
    who = named.get(found.value, ()) if by == SEGMENT else condition_of(by, found.value, keys)
    return InvitedOf(
        found.value,
        found.value if by == SEGMENT else name_of(workspace, by, found.value),
        found.invited,
        found.answered,
        found.rate,
        found.others_rate,
        found.others.difference,
        found.share_invited,
        found.share_answered,
        found.q,
        found.is_clear,
        who,
    )


def _uninvited(came: Responses) -> tuple[CameBy, ...]:
    """By any way but a personal link."""
    channels = came.table["channel"].to_pylist()
    counts = {c: channels.count(c) for c in CHANNEL_NAMES if c != "email"}
    return tuple(CameBy(c, str(CHANNEL_NAMES[c]), n) for c, n in counts.items() if n)


def _lately(workspace: Workspace, asked: Asked, now: datetime) -> tuple[int, Estimate]:
    """How many began within 30 days, and the share of them that finished; who may be answering yet is not counted."""
    since = int((now - LATELY).timestamp())
    channels = responses(workspace, asked, low=since).table["channel"].to_pylist()
    finished = sum(c in _KEEPING for c in channels)
    with workspace.db.session(read_only=True) as session:
        left = store.left_unfinished(session, asked.id, since=now - LATELY, until=now - STILL_ANSWERING)
    began = finished + left
    return began, proportion(finished, began) if began >= FEWEST else Estimate.unknown(began, "too_few")
