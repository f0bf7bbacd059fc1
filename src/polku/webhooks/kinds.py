"""Kinds of calls: what rooms tell other systems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from polku.i18n import LazyText


@dataclass(frozen=True, slots=True)
class WebhookKind:
    """What a webhook can be called for, e.g. `WebhookKind("case.opened", _l("A case was opened"))`."""

    name: str
    label: LazyText


TRIAL: Final = "trial"
"""The kind of a call that only tries whether it arrives."""
