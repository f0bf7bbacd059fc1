"""Passwords, tokens and the limit on guessing them."""

from polku.security.attempts import Attempts
from polku.security.passwords import SHORTEST_PASSWORD, hash_password, verify_password
from polku.security.tokens import hash_token, is_token, new_code, new_token, same

__all__ = [
    "SHORTEST_PASSWORD",
    "Attempts",
    "hash_password",
    "hash_token",
    "is_token",
    "new_code",
    "new_token",
    "same",
    "verify_password",
]
