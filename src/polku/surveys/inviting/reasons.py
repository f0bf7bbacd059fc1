"""Why somebody is not asked, or no longer, in words of the reader's language."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l

REASONS: Final[dict[str, LazyText]] = {
    "opted_out": _l("Does not want to be asked"),
    "no_consent": _l("Has not consented to be asked"),
    "consent_unknown": _l("Whether they consent to be asked is not known"),
    "not_in_segment": _l("Is not in the segment"),
    "no_address": _l("There is no address to ask at"),
    "bad_address": _l("The address cannot be written to"),
    "too_late": _l("It was too long ago"),
    "asked_recently": _l("Was asked a short time ago"),
    "asked_about_this": _l("Was asked about the same touchpoint a short time ago"),
    "asked_enough": _l("Has been asked often enough within a year"),
    "no_answer_before": _l("Did not answer the last time, and is left in peace longer"),
    "not_drawn": _l("Not in the sample"),
    "no_quiet_end": _l("There is no hour or day at which letters may go"),
    "not_delivered": _l("The letter was not delivered"),
    "uncertain": _l("Nobody knows whether the letter was delivered"),
    "call_failed": _l("The text message was not taken"),
    "expired": _l("The time to answer is over"),
}
"""Codes are stable: the ledger keeps them."""
