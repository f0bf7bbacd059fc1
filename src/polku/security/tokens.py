"""Random tokens, and how they are kept: only as hashes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without look-alikes 0 O 1 I


def new_token(prefix: str = "") -> str:
    """A token with 256 random bits; the prefix tells people and secret scanners what it is."""
    return prefix + secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether `text` has the form of a token without prefix: what a browser sends may be anything."""
    return re.fullmatch(r"[A-Za-z0-9_-]{43}", text) is not None


def new_code() -> str:
    """A code that a person types once: XXXX-XXXX-XXXX, 60 random bits."""
    letters = [secrets.choice(_CODE_LETTERS) for _ in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def hash_token(token: str, purpose: str = "") -> str:
    """SHA-256 in hex. Enough for high-entropy tokens: there is nothing to guess. Not for passwords."""
    return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()


def same(a: str, b: str) -> bool:
    """Whether two secrets are equal, in constant time."""
    return hmac.compare_digest(a.encode(), b.encode())
