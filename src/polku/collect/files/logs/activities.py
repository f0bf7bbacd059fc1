"""A touchpoint for each activity of a log, so that its paths can be looked at right away."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from polku.collect.files.mapping import Match, TouchpointPlan

MOST: Final = 300
"""Touchpoints that a log brings: the activities that are most frequent."""
CHANNEL: Final = "other"
STAGE: Final = "customership"
_LONGEST_KEY: Final = 56
_LONGEST_NAME: Final = 80


def plans_of(names: Mapping[str, int], source: str) -> list[TouchpointPlan]:
    """Touchpoints for activities by how frequent they are, the most frequent first; `source` begins their keys, so
    that they are told from those of other sources. Names that differ by capitals only are one touchpoint, as they
    are for rules."""
    folded: dict[str, str] = {}
    total: Counter[str] = Counter()
    for name, times in names.items():
        folded.setdefault(name.lower(), name)
        total[name.lower()] += times
    chosen = [folded[f] for f, _ in sorted(total.items(), key=lambda c: (-c[1], c[0]))[:MOST]]
    plain = {name: f"{_key(source)[:24]}-{_key(name)}" for name in chosen}
    shared = Counter(plain.values())
    return [
        TouchpointPlan(
            key=_unique(plain[name], name, shared),
            fi=_shortened(name),
            en=_shortened(name),
            channel=CHANNEL,
            stage=STAGE,
            match=[Match(name=name)],
        )
        for name in chosen
    ]


def _unique(key: str, name: str, shared: Mapping[str, int]) -> str:
    """The key, with a part of the name's hash behind it if others have it too or it had to be cut."""
    if shared[key] == 1 and len(key) <= _LONGEST_KEY:
        return key
    return f"{key[: _LONGEST_KEY - 9].rstrip('-')}-{sha256(name.lower().encode()).hexdigest()[:8]}"


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "log"


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
