"""Whom to ask when not all are asked: a lot that is the same for a customer however often it is drawn."""

from __future__ import annotations

import xxhash


def lot(profile: int, survey: str) -> float:
    """A number in [0, 1), evenly spread over profiles and independent between surveys.

    A profile's lot for a survey is always the same, so that asking 10% and later 20% asks the first tenth again and one
    more.
    """
    return xxhash.xxh3_64_intdigest(f"{survey}\0{profile:016x}".encode()) / 2**64


def is_drawn(profile: int, survey: str, share: float) -> bool:
    """Whether a profile is in a survey's sample of `share` (0–1)."""
    return lot(profile, survey) < share
