"""What paths are made of: touchpoints, or the channels or stages that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from polku.errors import InvalidInput, nearest
from polku.i18n import LazyText, _l, use_language
from polku.journeys.asking.results import Met
from polku.journeys.asking.scope import Scope
from polku.journeys.asking.telling import met_of
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.web.channels import CHANNELS

Level = Literal["touchpoint", "channel", "stage"]
LEVELS: Final[dict[Level, LazyText]] = {
    "touchpoint": _l("Touchpoints"),
    "channel": _l("Channels"),
    "stage": _l("Stages"),
}


@dataclass(frozen=True, slots=True)
class Units:
    """What the numbers of a scope mean: `met[number]` is a touchpoint, a channel or a stage."""

    level: Level
    scope: Scope
    met: tuple[Met, ...]

    def number(self, name: str, catalogue: Catalogue) -> int:
        """The number of what is called so; −1 if it is not in the scope.

        Raises UnknownTouchpoint, or InvalidInput for an unknown channel or stage.
        """
        key = catalogue.touchpoint(name).key if self.level == "touchpoint" else self._key(name, catalogue)
        return next((i for i, m in enumerate(self.met) if m.key == key), -1)

    def _key(self, name: str, catalogue: Catalogue) -> str:
        known = _channels(CHANNELS) if self.level == "channel" else _stages(catalogue)
        named = {n.casefold(): m.key for m in reversed(known) for n in (m.name_fi, m.name_en)}
        named |= {m.key.casefold(): m.key for m in known}
        found = named.get(name.casefold())
        if found is None:
            near = nearest(name, list(named)) or known[0].key
            if self.level == "channel":
                raise InvalidInput(
                    "There is no channel '%(name)s'. Did you mean '%(near)s'?", name=name, near=near
                )
            raise InvalidInput("There is no stage '%(name)s'. Did you mean '%(near)s'?", name=name, near=near)
        return found


def units(scope: Scope, catalogue: Catalogue, level: Level) -> Units:
    """The scope seen at a level. Touchpoints without a stage are in none: at that level they do not count."""
    of_code = [catalogue.by_code[c] for c in scope.codes]
    if level == "touchpoint":
        return Units(level, scope, tuple(met_of(t) for t in of_code))
    if level == "channel":
        met = _channels(c for c in CHANNELS if any(t.channel == c for t in of_code))
        keys = {t.code: t.channel for t in of_code}
    else:
        met = tuple(m for m in _stages(catalogue) if any(t.stage == m.key for t in of_code))
        keys = {t.code: t.stage for t in of_code if t.stage}
    numbers = {m.key: i for i, m in enumerate(met)}
    codes = tuple(keys)
    return Units(level, replace(scope, codes=codes, numbers=tuple(numbers[keys[c]] for c in codes)), met)


def _channels(keys: Iterable[str]) -> tuple[Met, ...]:
    return tuple(Met(c, _in("fi", CHANNELS[c]), _in("en", CHANNELS[c]), c) for c in keys)


def _stages(catalogue: Catalogue) -> tuple[Met, ...]:
    return tuple(Met(s.key, s.name_fi, s.name_en, "") for s in catalogue.stages)


def _in(language: str, text: LazyText) -> str:
    with use_language(language):
        return str(text)
