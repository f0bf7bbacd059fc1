"""Inviting by a program: the same as on the page, in one step; nothing is asked unless it says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from polku.answer import Answer
from polku.errors import InvalidInput
from polku.sheets import Row
from polku.surveys.distribution import store
from polku.surveys.distribution.forms import ListForm, SegmentForm
from polku.surveys.distribution.opening import begin, check_open
from polku.surveys.distribution.segments import Segment, chosen, saved_segments
from polku.surveys.distribution.store import Mailing
from polku.surveys.distribution.working import examples, forget, take_list, take_segment, work
from polku.surveys.inviting.texts import checked_words
from polku.workspace import Workspace

WORK_S: Final = 60.0
"""So long a program waits; what is not done by then is done by the server, and told by `polku surveys mailings`."""


class Invite(BaseModel):
    """Whom to ask: of a list, whose addresses are sent beside, or of a segment."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    survey: str = Field(description="The survey's key: see polku surveys list")
    name: str = Field("", description="Name of the mailing: nobody is asked twice in mailings of one name")
    stage: str = Field("", description="Only customers at this stage, by its key")
    segment: str = Field("", description="Only customers of this segment: the name of a saved analysis")
    who: list[str] = Field(
        default_factory=list, description="Only customers for whom this holds, e.g. plan=pro"
    )
    channel: Literal["email", "sms"] = Field("email", description="email or sms")
    percent: float = Field(100, gt=0, le=100, description="Per cent of them, chosen by lot")
    words: str = Field("", description="The text message's own words, with {link} and {stop}")
    go: bool = Field(False, description="Ask them; without it is only told what would come of it")

    @property
    def is_of_segment(self) -> bool:
        return bool(self.stage or self.segment or self.who)


@dataclass(frozen=True, slots=True)
class ReasonOf:
    """Why some are not asked."""

    reason: Annotated[str, Field(description="A code that stays the same")]
    count: Annotated[int, Field(ge=0, description="How many")]


@dataclass(frozen=True, slots=True)
class FaultOf:
    """A line of a list that cannot be written to."""

    line: int
    given: str


@dataclass(frozen=True, slots=True)
class WhoOf:
    """One of the first, and what comes of it: when it goes, or the reason."""

    profile: str
    due_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Invitations(Answer):
    """What comes of inviting. `state` is planned (nothing has been asked), sending or done; looking: not known yet."""

    survey: str
    name: str
    state: str
    total: Annotated[int, Field(ge=0, description="Addresses of the list, or customers of the segment")]
    asked: Annotated[int, Field(ge=0, description="How many are asked, or would be")]
    first_at: datetime | None
    not_asked: tuple[ReasonOf, ...]
    asked_before: Annotated[int, Field(ge=0, description="Decided on before in a mailing of this name")]
    bad: Annotated[int, Field(ge=0, description="Lines that cannot be written to")]
    faults: tuple[FaultOf, ...]
    examples: tuple[WhoOf, ...]


def invite(workspace: Workspace, asked: Invite, rows: Iterator[Row] | None, *, by: str) -> Invitations:
    """Work through a list or a segment, and ask if `asked.go`. Raises InvalidInput, NotFound and Conflict."""
    if (rows is not None) == asked.is_of_segment:
        raise InvalidInput("Give either a list of addresses or a segment, stage or condition, not both.")
    check_open(workspace, asked.survey, asked.channel)
    if asked.words:
        checked_words(asked.words)
    now = datetime.now(UTC)
    given: dict[str, Any] = {
        "name": asked.name or f"{now:%Y-%m-%d}",
        "percent": asked.percent,
        "channel": asked.channel,
    }
    if rows is not None:
        form = ListForm(**given, words=asked.words)
        mailing = begin(workspace, asked.survey, form, kind="list", by=by)
        mailing = take_list(workspace, mailing, rows)
    else:
        segment = _segment(workspace, asked)
        mailing = begin(
            workspace,
            asked.survey,
            SegmentForm(**given, words=asked.words),
            kind="segment",
            by=by,
            segment=segment,
        )
        mailing = take_segment(workspace, mailing)
    first = [
        WhoOf(f"{d.candidate.profile:016x}", d.send_at, d.reason) for d in examples(workspace, mailing, now)
    ]
    mailing = _worked(workspace, mailing, now)
    if asked.go and mailing.state == "planned":
        with workspace.db.session() as session:
            mailing = store.begin_sending(session, mailing.id, asked.survey, now)
        mailing = _worked(workspace, mailing, now)
    elif mailing.state == "planned":
        forget(workspace, mailing)
    return _told(mailing, first)


def _segment(workspace: Workspace, asked: Invite) -> Segment:
    with workspace.db.session(read_only=True) as session:
        named = {s.name.casefold(): number for number, s in saved_segments(session).items()}
    number = named.get(asked.segment.casefold(), "")
    if asked.segment and not number:
        raise InvalidInput(
            "There is no segment '%(name)s'. Segments are saved analyses with conditions: %(known)s",
            name=asked.segment,
            known=", ".join(named) or "–",
        )
    return chosen(workspace, stage=asked.stage, segment=number, who="\n".join(asked.who))


def _worked(workspace: Workspace, mailing: Mailing, now: datetime) -> Mailing:
    work(workspace, now, seconds=WORK_S, only=mailing.id)
    with workspace.db.session(read_only=True) as session:
        return store.mailing(session, mailing.id)


def _told(mailing: Mailing, first: Sequence[WhoOf]) -> Invitations:
    of = mailing.told
    first_at = of.get("first_at")
    return Invitations(
        mailing.survey,
        mailing.name,
        mailing.state,
        mailing.total,
        of.get("sent", 0),
        datetime.fromisoformat(first_at) if first_at else None,
        tuple(ReasonOf(r, n) for r, n in sorted(of.get("reasons", {}).items(), key=lambda x: -x[1])),
        of.get("before", 0),
        of.get("bad", 0),
        tuple(FaultOf(line, given) for line, given in of.get("faults", ())),
        tuple(first),
    )
