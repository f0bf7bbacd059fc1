"""Whether somebody is asked, and when: pure, from what is known of them and the company's rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from polku.errors import InvalidInput
from polku.surveys.inviting.quiet import SendingHours, next_sending_time
from polku.surveys.inviting.sampling import is_drawn

AddressKind = Literal["email", "sms", "widget"]
"""Where somebody is asked; a card on a site needs no address: they are there."""
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Rules:
    """How often one customer may be asked, and who of them. Gaps of zero and `most_a_year` of None do not limit.

    `gap` is between any two questions, `touchpoint_gap` between two about the same touchpoint, `gap_without_answer`
    after a question that was not answered. `share` (0–1) is asked. What happened longer ago than `latest` (before the
    letter would go) is not asked about: nobody remembers it.
    """

    zone: ZoneInfo
    gap: timedelta = timedelta(days=90)
    touchpoint_gap: timedelta = timedelta(days=180)
    gap_without_answer: timedelta = timedelta(days=180)
    most_a_year: int | None = 3
    share: float = 1.0
    consent_needed: bool = False
    latest: timedelta = timedelta(days=14)
    hours: SendingHours = field(default_factory=SendingHours)

    def __post_init__(self) -> None:
        gaps = (self.gap, self.touchpoint_gap, self.gap_without_answer, self.latest)
        if min(gaps) < timedelta(0) or not 0 <= self.share <= 1 or (self.most_a_year or 0) < 0:
            raise InvalidInput("Rules of asking cannot be negative, and the share is between 0 and 1.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might be asked, on one occasion: an event of theirs, or a campaign.

    `occasion` names it, the same for ever: each is decided on once. `wanted_at` is when they would be asked if no rule
    moved it; `happened_at` when what is asked about was. `address` is where they can be asked, None nowhere; the ledger
    keeps no more of it than its kind and a hash.
    """

    profile: int
    survey: str
    occasion: str
    wanted_at: datetime
    address_kind: AddressKind | None = None
    address: str | None = field(default=None, repr=False)
    consent: bool | None = None
    touchpoint: str = ""
    about_event: int | None = None
    happened_at: datetime | None = None
    language: str = ""
    mailing: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One time that somebody was asked, or will be: a letter that waits counts, so that two never meet."""

    at: datetime
    touchpoint: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What has been asked of a profile, in any survey, and whether it wants to be asked."""

    asked: tuple[Asked, ...] = ()
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Asked at `send_at` (UTC), or not: then `reason` is a code of `REASONS`. Exactly one of them is set."""

    candidate: Candidate
    send_at: datetime | None = None
    reason: str = ""


NOTHING = History()


def decide(candidate: Candidate, history: History, rules: Rules, now: datetime) -> Decision:
    """Whether and when to ask. The first reason against it counts: what the person wants before what rules allow."""
    if reason := _unwilling(candidate, history, rules):
        return Decision(candidate, reason=reason)
    if candidate.address_kind == "widget":  # whoever is on the site is awake
        reason = _unfit(candidate, history, rules, now)
        return Decision(candidate, reason=reason) if reason else Decision(candidate, send_at=now)
    send_at = next_sending_time(max(candidate.wanted_at, now), rules.hours, rules.zone)
    if send_at is None:
        return Decision(candidate, reason="no_quiet_end")
    if reason := _unfit(candidate, history, rules, send_at):
        return Decision(candidate, reason=reason)
    return Decision(candidate, send_at=send_at)


def decide_all(
    candidates: Iterable[Candidate], histories: Mapping[int, History], rules: Rules, now: datetime
) -> list[Decision]:
    """Decisions in the order of the candidates; who is asked once counts as asked for the candidates that follow."""
    known = dict(histories)
    decisions = []
    for candidate in candidates:
        history = known.get(candidate.profile, NOTHING)
        decision = decide(candidate, history, rules, now)
        decisions.append(decision)
        if decision.send_at is not None:
            asked = Asked(decision.send_at, candidate.touchpoint)
            known[candidate.profile] = replace(history, asked=(*history.asked, asked))
    return decisions


def _unwilling(candidate: Candidate, history: History, rules: Rules) -> str:
    """What stands against it at any time."""
    if history.opted_out:
        return "opted_out"
    if reason := consent_lacking(candidate.consent, rules):
        return reason
    if candidate.address_kind != "widget" and not (candidate.address_kind and candidate.address):
        return "no_address"
    if not is_drawn(candidate.profile, candidate.survey, rules.share):
        return "not_drawn"
    return ""


def consent_lacking(consent: bool | None, rules: Rules) -> str:
    """The reason not to ask somebody who agreed (True), refused (False) or has said nothing (None); empty: none."""
    if consent is False:
        return "no_consent"
    return "consent_unknown" if consent is None and rules.consent_needed else ""


def _unfit(candidate: Candidate, history: History, rules: Rules, send_at: datetime) -> str:
    """What stands against it at this time."""
    if candidate.happened_at is not None and send_at - candidate.happened_at > rules.latest:
        return "too_late"
    asked = [a for a in history.asked if abs(send_at - a.at) < YEAR]
    if rules.most_a_year is not None and len(asked) >= rules.most_a_year:
        return "asked_enough"
    if any(abs(send_at - a.at) < rules.gap for a in history.asked):
        return "asked_recently"
    if candidate.touchpoint and any(
        a.touchpoint == candidate.touchpoint and abs(send_at - a.at) < rules.touchpoint_gap
        for a in history.asked
    ):
        return "asked_about_this"
    past = [a for a in history.asked if a.at <= send_at]
    last = max(past, key=lambda a: a.at, default=None)
    if last is not None and not last.answered and send_at - last.at < rules.gap_without_answer:
        return "no_answer_before"
    return ""
