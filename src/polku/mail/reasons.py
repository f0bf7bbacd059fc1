"""Why a letter has not gone, or why none can go."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l

REASONS: Final[dict[str, LazyText]] = {
    "refused": _l("The server that keeps the mailbox refused the letter"),
    "put_off": _l("The server asked to try again later"),
    "dropped": _l("The connection broke off before the whole letter had gone"),
    "uncertain": _l("The connection broke off before the server said whether it took the letter"),
    "stopped": _l("Polku was stopped before the server said whether it took the letter"),
    "given_up": _l("Tried for days, and the server did not take it"),
    "expired": _l("It could not be sent while it still was of use"),
    "server_unreachable": _l("The mail server cannot be reached"),
    "server_silent": _l("The mail server does not answer"),
    "server_declines": _l("The mail server takes no connections now"),
    "server_puts_off": _l("The mail server puts off one letter after another"),
    "refuses_all": _l("The mail server refuses one letter after another"),
    "not_authenticated": _l("The mail server does not accept the user name and password"),
    "not_secure": _l("No secure connection to the mail server comes about"),
    "no_starttls": _l("The mail server offers no encryption (STARTTLS), and nothing is sent without"),
    "sender_refused": _l("The mail server does not accept the address of the sender"),
}
