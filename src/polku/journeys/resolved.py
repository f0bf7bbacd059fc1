"""Whose events are and which touchpoints, put together for the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.journeys.touchpoints.rules import Rules


class Identity(Protocol):
    """Who is who, as known at one moment."""

    @property
    def version(self) -> int: ...

    def profiles(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """The profile of each identifier key; 0 for 0."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whose events are and which touchpoints, as known at one moment: a `polku.store.Resolution`. Where its identity
    may be sent to workers, so may it."""

    identity: Identity
    rules: Rules

    @property
    def identity_version(self) -> int:
        return self.identity.version

    @property
    def rules_version(self) -> str:
        return self.rules.version

    @property
    def columns(self) -> Sequence[str]:
        return self.rules.columns

    def profiles(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        return self.identity.profiles(keys)

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        return self.rules.touchpoints(events)
