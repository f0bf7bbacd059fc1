"""Whether it still stands that somebody is asked, when the letter would go: days may lie between."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sqlalchemy.orm import Session

from polku.errors import InvalidInput
from polku.surveys.distribution import store
from polku.surveys.distribution.people import consents
from polku.surveys.distribution.planning import rules_of
from polku.surveys.distribution.rules import AskingRules
from polku.surveys.distribution.segments import Profiles, among, members
from polku.surveys.inviting.deciding import consent_lacking
from polku.surveys.inviting.tables import Invitation
from polku.workspace import Workspace

log = logging.getLogger(__name__)

Standing = Callable[[Sequence[Invitation]], Mapping[int, str]]
"""Of rows of the ledger that are due, the reason of each that is not to be asked after all, by its number."""


def still_standing(workspace: Workspace, session: Session, rules: AskingRules) -> Standing:
    """Consent may have been taken back, and who was of a trigger's segment then need not be now.

    Nobody is in a segment that cannot be asked for any more (its trait or touchpoint is gone).
    """

    def look(rows: Sequence[Invitation]) -> Mapping[int, str]:
        profiles = {row.id: int(row.profile, 16) for row in rows}
        agreed = consents(workspace, list(profiles.values()), rules.consent_trait)
        limits = rules_of(workspace, rules)
        against = {id: consent_lacking(agreed.get(profile), limits) for id, profile in profiles.items()}
        for mailing in store.named(session, [r.mailing for r in rows if r.mailing is not None]).values():
            if mailing.kind != "trigger" or not mailing.who:
                continue
            ours = [row.id for row in rows if row.mailing == mailing.id]
            inside = among([profiles[id] for id in ours], _members(workspace, mailing))
            against |= {
                id: against[id] or "not_in_segment"
                for id, is_in in zip(ours, inside, strict=True)
                if not is_in
            }
        return {id: reason for id, reason in against.items() if reason}

    return look


def _members(workspace: Workspace, mailing: store.Mailing) -> Profiles:
    try:
        return members(workspace, mailing.who)
    except InvalidInput as e:
        log.error("segment_gone mailing=%d reason=%s", mailing.id, e.message)
        return np.zeros(0, np.uint64)
