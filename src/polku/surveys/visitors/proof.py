"""Who a visitor is, as the company's own server says it: a customer's id, signed with a key that only it has."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from polku.security import new_token, same
from polku.surveys.distribution.tables import SiteKeyRow

_THE_ONE: Final = 1
PREFIX: Final = "site_"


def site_key(session: Session) -> str:
    """The key that sites sign with; empty while none was made."""
    row = session.get(SiteKeyRow, _THE_ONE)
    return row.secret if row else ""


def make_site_key(session: Session, now: datetime) -> str:
    """A new key; what was signed with the one before is proof no more."""
    made = new_token(PREFIX)
    session.merge(SiteKeyRow(id=_THE_ONE, secret=made, made_at=now))
    return made


def signature(key: str, user_id: str) -> str:
    """HMAC-SHA256 (RFC 2104) of a customer's id, in hexadecimal digits: what a site's own server works out."""
    return hmac.new(key.encode(), user_id.encode(), hashlib.sha256).hexdigest()


def is_proven(key: str, user_id: str, given: str) -> bool:
    """Whether a signature is that of the id. Nothing is proved while there is no key."""
    return bool(key) and given.isascii() and same(signature(key, user_id), given.lower())
