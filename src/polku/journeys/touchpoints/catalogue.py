"""Touchpoints and stages as journeys see them: frozen, loaded once per change."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from polku.errors import UnknownTouchpoint


@dataclass(frozen=True, slots=True)
class Stage:
    """A phase of the path. `key` is stable; `name` is the company's own word, in its language."""

    key: str  # awareness, consideration, acquisition, customership, or a company's own
    position: int
    name_fi: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A kind of contact. `code` is its number in journey blocks (1…65535), `key` its name in queries."""

    code: int
    key: str  # e.g. 'checkout'
    name_fi: str
    name_en: str
    channel: str  # one of CHANNELS
    stage: str | None  # key of its stage; None: not on the map (e.g. answers to surveys)
    position: int = 0  # order within its stage

    def name(self, language: str) -> str:
        return self.name_fi if language == "fi" else self.name_en


@dataclass(frozen=True)
class Catalogue:
    """All touchpoints and stages, in order of stage and position.

    A block may hold a code that is not here: of a touchpoint deleted since the blocks were refreshed.
    """

    stages: tuple[Stage, ...]
    touchpoints: tuple[Touchpoint, ...]
    version: str = field(default="")  # another one after every change

    @cached_property
    def _by_name(self) -> dict[str, Touchpoint]:
        last_first = reversed(self.touchpoints)  # of two of the same name, the first on the path is meant
        named = {n.casefold(): t for t in last_first for n in (t.name_fi, t.name_en)}
        return named | {t.key.casefold(): t for t in self.touchpoints}

    @cached_property
    def by_code(self) -> dict[int, Touchpoint]:
        return {t.code: t for t in self.touchpoints}

    def touchpoint(self, name: str) -> Touchpoint:
        """A touchpoint by its key or its name in either language.

        Raises UnknownTouchpoint with the nearest name.
        """
        found = self._by_name.get(name.casefold())
        if found is None:
            raise UnknownTouchpoint(name, list(self._by_name))
        return found

    def stage(self, key: str | None) -> Stage | None:
        return next((s for s in self.stages if s.key == key), None)

    def of_stage(self, stage: str | None) -> tuple[Touchpoint, ...]:
        return tuple(t for t in self.touchpoints if t.stage == stage)
