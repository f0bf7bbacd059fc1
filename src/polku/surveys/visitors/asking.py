"""Whether a visitor is asked, and what a stranger could learn by asking for others.

The address that answers this is open to all, and so are the collectors: whoever likes can say that their browser is a
customer's, and would then see in what they are asked what is known of that customer. So segments and stages count only
of whom is proven: of a customer's id that the site's own server has signed, or of a browser that has never been tied to
anybody: all that is known of it, it has sent itself. Of a browser that has, only what it did itself lately counts. All
else (fatigue, opting out, consent, the lot) can only lead to silence, which may have any of these reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from polku.journeys import Touchpoints
from polku.profiles import Identities
from polku.store.keys import identifier_key
from polku.surveys import store
from polku.surveys.distribution.people import consent
from polku.surveys.distribution.planning import rules_of
from polku.surveys.distribution.rules import AskingRules, read_rules
from polku.surveys.inviting import Candidate, Decision, decide
from polku.surveys.inviting.deciding import YEAR, History
from polku.surveys.inviting.ledger import histories, record_shown
from polku.surveys.known import KnownSurveys
from polku.surveys.store import Placement
from polku.surveys.visitors.audience import Audience
from polku.surveys.visitors.proof import is_proven, site_key
from polku.surveys.visitors.tickets import Tickets
from polku.workspace import Workspace

MOST_AT_ONCE: Final = 20
"""Surveys that a page may ask about."""
RECENT_EVENTS: Final = 200


@dataclass(frozen=True, slots=True)
class Visitor:
    """A profile, and what may be gone by: all that is known of it (`is_known`), or what `browser` did itself."""

    profile: int
    is_known: bool
    browser: str = ""


class Visitors:
    """A part of the workspace: who a site's visitor is, and what they are asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._audience = workspace.part(Audience)
        self._known = workspace.part(KnownSurveys)
        self.tickets = Tickets()

    def ask(
        self, surveys: list[str], *, user_id: str, signed: str, anonymous_id: str, now: datetime
    ) -> tuple[str, str] | None:
        """The first of the surveys that the visitor is asked, and the ticket to show it with."""
        with self._workspace.db.session(read_only=True) as session:
            visitor = self._visitor(session, user_id, signed, anonymous_id)
            if visitor is None:
                return None
            rules = read_rules(session)
            for key in surveys[:MOST_AT_ONCE]:
                if self._may(session, key, visitor, rules, now):
                    ticket = self.tickets.hand_out(key, visitor.profile, now)
                    return (key, ticket) if ticket else None
        return None

    def note_shown(self, text: str, now: datetime) -> bool:
        """A card is being shown: the ledger knows it, so that rules count it. Whether the ticket was good."""
        ticket = self.tickets.use(text, now)
        if ticket is None:
            return False
        asked = self._known.by_key(ticket.survey)
        with self._workspace.db.session() as session:
            rules = read_rules(session)
            number = record_shown(
                session,
                Decision(_candidate(ticket.survey, ticket.profile, text, now, None, asked.touchpoint), now),
                version=asked.version,
                anonymous=asked.anonymous,
                answer_within=timedelta(days=rules.answer_days),
                now=now,
            )
        self.tickets.note(text, number)
        return True

    def _visitor(self, session: Session, user_id: str, signed: str, anonymous_id: str) -> Visitor | None:
        who = self._workspace.part(Identities).current()
        if user_id and is_proven(site_key(session), user_id, signed):
            profile = who.profile(identifier_key("user_id", user_id))
            return Visitor(profile, True) if profile else None
        if not anonymous_id:
            return None
        key = identifier_key("anonymous_id", anonymous_id)
        profile = who.profile(key)
        return Visitor(profile, who.members(profile) == [key], anonymous_id) if profile else None

    def _may(self, session: Session, key: str, visitor: Visitor, rules: AskingRules, now: datetime) -> bool:
        if key not in store.placed(session):
            return False
        placement = store.placement(session, key)
        if not placement.asks or (placement.who and not visitor.is_known):
            return False
        if not self._known.by_key(key).open or not self._audience.is_in(visitor.profile, placement.who):
            return False
        if placement.touchpoint and not self._has_met(visitor, placement, now):
            return False
        said = self._audience.trait(visitor.profile, rules.consent_trait) if rules.consent_trait else None
        agreed = consent(said) if said is not None else None
        one = _candidate(key, visitor.profile, "", now, agreed, self._known.by_key(key).touchpoint)
        history = histories(session, [one], since=now - YEAR - timedelta(days=366))
        limits = rules_of(self._workspace, rules, placement.share)
        return decide(one, history.get(visitor.profile, History()), limits, now).send_at is not None

    def _has_met(self, visitor: Visitor, placement: Placement, now: datetime) -> bool:
        """Whether they met the touchpoint within the minutes; of whom is not known, in that very browser."""
        catalogue = self._workspace.part(Touchpoints).catalogue()
        code = next((t.code for t in catalogue.touchpoints if t.key == placement.touchpoint), 0)
        block = self._workspace.local.blocks.block_of(visitor.profile)
        rows = block.rows(visitor.profile)
        since = int((now - timedelta(minutes=placement.within_minutes)).timestamp())
        met = (block.touchpoint[rows] == code) & (block.time[rows] >= since) if code else np.zeros(0, bool)
        if visitor.is_known or not met.any():
            return bool(met.any())
        seqs = block.seq[rows][met][-RECENT_EVENTS:]
        theirs = self._workspace.store.snapshot.rows(seqs, ["anonymous_id"])["anonymous_id"].to_pylist()
        return visitor.browser in theirs


def _candidate(
    survey: str, profile: int, ticket: str, now: datetime, agreed: bool | None, touchpoint: str
) -> Candidate:
    return Candidate(profile, survey, f"site:{ticket}", now, "widget", consent=agreed, touchpoint=touchpoint)
