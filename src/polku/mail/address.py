"""E-mail addresses: which can be written to, and in what form."""

from __future__ import annotations

import re
from typing import Final

from polku.errors import InvalidInput

LONGEST: Final = 254  # RFC 5321, 4.5.3.1: a path of 256 octets with its angle brackets
_LONGEST_LOCAL: Final = 64
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class InvalidAddress(InvalidInput):
    """The address itself is not told: it is somebody's, and errors end up in logs."""

    code = "invalid_address"


def checked_address(text: str) -> str:
    """`text` as it is given to a mail server: no spaces around it, its domain in ASCII (IDNA) and small letters.

    Raises InvalidAddress for all that RFC 5321 has no plain mailbox for: nothing before or after the @, a line break,
    quoted local parts, letters such as ä before the @ (which few servers take), domains without a dot.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    good = (
        bool(at)
        and len(local) <= _LONGEST_LOCAL
        and len(local) + 1 + len(domain) <= LONGEST
        and bool(_LOCAL.fullmatch(local))
        and len(labels) > 1
        and all(_LABEL.fullmatch(label) for label in labels)
    )
    if not good:
        raise InvalidAddress(
            "This is no e-mail address that can be written to. It should be like name@example.fi, without spaces."
        )
    return f"{local}@{domain}"
