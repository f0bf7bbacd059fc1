"""Who would be asked: worked out before anything is written, and written the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from sqlalchemy.orm import Session

from polku.journeys import Touchpoints
from polku.profiles import Identities
from polku.surveys.distribution.people import consents, contacts, languages_of, profiles_of
from polku.surveys.distribution.rules import AskingRules
from polku.surveys.distribution.segments import among, members
from polku.surveys.distribution.store import Mailing
from polku.surveys.inviting import (
    EVENTS,
    AddressKind,
    Candidate,
    Contact,
    Decision,
    Rules,
    Trigger,
    decide_all,
    listed,
    triggered,
)
from polku.surveys.inviting.deciding import YEAR
from polku.surveys.inviting.ledger import histories, record, undecided
from polku.surveys.known import Asked
from polku.workspace import Workspace

TRIED_OUT: Final = timedelta(days=30)
"""How far back a trigger is tried out before it is made."""
_COLUMNS: Final = ("seq", "key", "occurred_at", "source", "type", "name")
A_TIME: Final = 500_000
"""Events that a trigger looks at in one go: after a large import the rest waits a minute."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Candidates of a list, and the address of each profile among them. Two addresses of one profile are one."""

    candidates: Sequence[Candidate]
    addresses: Mapping[int, str]


def of_list(
    workspace: Workspace, mailing: Mailing, addresses: Sequence[str], consent_trait: str, now: datetime
) -> Listed:
    """Candidates for the addresses of a list, in its order, to be asked as soon as rules allow."""
    by_profile: dict[int, str] = {}
    for address, profile in profiles_of(workspace, addresses, mailing.channel).items():
        by_profile.setdefault(profile, address)
    profiles = list(by_profile)
    agreed, languages = consents(workspace, profiles, consent_trait), languages_of(workspace, profiles)
    reached = {
        p: Contact(mailing.channel, address, agreed.get(p), languages.get(p, ""))
        for p, address in by_profile.items()
    }
    found = listed(mailing.name, mailing.survey, by_profile, reached, at=now)
    return Listed([replace(c, mailing=mailing.id) for c in found], by_profile)


def of_segment(
    workspace: Workspace, mailing: Mailing, profiles: Sequence[int], consent_trait: str, now: datetime
) -> Listed:
    """Candidates for the profiles of a segment; their addresses are looked up again when it is written to them."""
    reached = contacts(workspace, profiles, mailing.channel, consent_trait=consent_trait)
    found = listed(mailing.name, mailing.survey, profiles, reached, at=now)
    return Listed([replace(c, mailing=mailing.id) for c in found], {})


def of_trigger(workspace: Workspace, mailing: Mailing, consent_trait: str) -> tuple[list[Candidate], int]:
    """Candidates for a trigger's new events, at most `A_TIME` of them, and the last event that was looked at.

    Whether they are in its segment is seen when the letter would go.
    """
    events, last = events_after(workspace, mailing.looked_seq, mailing.touchpoint, most=A_TIME)
    trigger = Trigger(
        str(mailing.id),
        mailing.survey,
        mailing.touchpoint,
        timedelta(days=mailing.after_days),
        mailing.made_at - timedelta(days=mailing.after_days),
    )
    profiles = events["profile"].to_pylist()
    reached = contacts(workspace, profiles, mailing.channel, consent_trait=consent_trait)
    return [replace(c, mailing=mailing.id) for c in triggered(trigger, events, reached)], last


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trigger would have asked of the last month's events, and how many more are not in its segment."""

    candidates: Sequence[Candidate]
    not_in_segment: int


def tried_out(
    workspace: Workspace, survey: str, touchpoint: str, after_days: int, now: datetime, *,
    who: Sequence[str] = (), channel: AddressKind = "email", consent_trait: str = "",
) -> Trial:  # fmt: skip
    """Candidates as if the trigger had been on for the last month and asked now: how many, and who could be reached.

    Raises InvalidInput for conditions that are none.
    """
    events, _ = events_after(workspace, 0, touchpoint, since=now - TRIED_OUT)
    trigger = Trigger("trial", survey, touchpoint, timedelta(days=after_days), now - TRIED_OUT)
    reached = contacts(workspace, events["profile"].to_pylist(), channel, consent_trait=consent_trait)
    found = [replace(c, wanted_at=now, happened_at=None) for c in triggered(trigger, events, reached)]
    if not who:
        return Trial(found, 0)
    inside = among([c.profile for c in found], members(workspace, who))
    return Trial([c for c, is_in in zip(found, inside, strict=True) if is_in], int((~inside).sum()))


def decided(session: Session, candidates: Sequence[Candidate], rules: Rules, now: datetime) -> list[Decision]:
    """Decisions on those that have not been decided on."""
    new = undecided(session, candidates)
    since = now - YEAR - timedelta(days=366)
    return decide_all(new, histories(session, new, since=since), rules, now)


def put_down(
    session: Session, asked: Asked, decisions: Iterable[Decision], rules: AskingRules, now: datetime,
    channel: str = "email",
) -> int:  # fmt: skip
    """Write decisions into the ledger; how many were new."""
    within = timedelta(days=rules.answer_days)
    return record(
        session, decisions, version=asked.version, anonymous=asked.anonymous, channel=channel,
        answer_within=within, now=now,
    )  # fmt: skip


def rules_of(workspace: Workspace, rules: AskingRules, share: float = 1.0) -> Rules:
    """Rules in the company's time zone."""
    return rules.within(ZoneInfo(workspace.settings.timezone), share)


def events_after(
    workspace: Workspace, seq: int, touchpoint: str, *, since: datetime | None = None, most: int | None = None
) -> tuple[pa.Table, int]:
    """Events of a touchpoint (schema `EVENTS`) that came after the event `seq`, and the last that was looked at.

    With `since` only those that happened then or later; with `most` no further than so many numbers.
    """
    snapshot, matching = workspace.store.snapshot, workspace.part(Touchpoints)
    rules, catalogue = matching.rules(), matching.catalogue()
    code = next((t.code for t in catalogue.touchpoints if t.key == touchpoint), 0)
    last = snapshot.next_seq - 1
    if most is not None:
        last = min(last, seq + most)
    if last <= seq or not code:
        return EVENTS.empty_table(), max(last, seq)
    named = ", ".join(f'"{c}"' for c in dict.fromkeys([*_COLUMNS, *rules.columns]))
    query = f"SELECT {named} FROM events WHERE seq > $seq AND seq <= $last"  # noqa: S608  names are ours
    values: dict[str, object] = {"seq": seq, "last": last}
    if since is not None:
        query, values = f"{query} AND occurred_at >= $since", values | {"since": since}
    found = snapshot.after(seq).sql(query + " ORDER BY seq", values)
    found = found.filter(pa.array(rules.touchpoints(found) == code))
    profiles = workspace.part(Identities).current().profiles(found["key"].to_numpy().astype(np.uint64))
    columns = [
        found["seq"],
        pa.array(profiles, pa.uint64()),
        pa.array([touchpoint] * len(found), pa.string()),
        found["occurred_at"],
    ]
    return pa.table(columns, names=EVENTS.names).cast(EVENTS).filter(pa.array(profiles != 0)), last
