"""How far an import is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how far an import is."""

    def start(self, step: str, total: int) -> None:
        """A step begins: 'read' (total in bytes) or 'store' (in rows)."""

    def advance(self, amount: int) -> None: ...


class Silent:
    """Progress that nobody watches."""

    def start(self, step: str, total: int) -> None: ...

    def advance(self, amount: int) -> None: ...
