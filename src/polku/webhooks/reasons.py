"""Why a call has not been made."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l

REASONS: Final[dict[str, LazyText]] = {
    "receiver_unreachable": _l("The address cannot be reached"),
    "receiver_silent": _l("It did not answer in time"),
    "receiver_refuses": _l("It answered that it does not take the call"),
    "receiver_moved": _l("It points to another address, and calls follow no pointers. Give the new address."),
    "receiver_busy": _l("It asked to try again later"),
    "receiver_broken": _l("It has a fault of its own"),
    "receiver_gone": _l("It answered that it is no more, so it was turned off"),
    "webhook_off": _l("It was turned off before the call was made"),
    "receiver_given_up": _l("Tried for days, and it did not take the call"),
}
