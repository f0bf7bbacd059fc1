"""What is known of those who were asked or answered: attributes by which they are told apart, and conditions on them.

Some are of the response or the invitation itself (OWN), the others of the profile: traits as they are now, how its
journey began, and in conditions also what it has met.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
import numpy.typing as npt

from polku.errors import InvalidInput, PolkuError
from polku.i18n import LANGUAGES, LazyText, _l, current_language, gettext
from polku.journeys import Touchpoints
from polku.journeys.asking.answers import Answers
from polku.journeys.asking.lens import MOST_GROUPS, OTHERS, Lens, Lenses, broken_down
from polku.journeys.asking.marks import cut, quoted
from polku.journeys.asking.who import BEGINNINGS, Condition, conditions, in_words, value_in_words
from polku.journeys.saved.store import saved_analyses
from polku.journeys.touchpoints.conditions import PropertyCondition
from polku.profiles.trait_columns import TraitColumns
from polku.store import Block
from polku.workspace import Workspace

Profiles = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
Values = Sequence[str | None]

OWN: Final[dict[str, LazyText]] = {
    "language": _l("Language"),
    "channel": _l("How they came"),
    "version": _l("Version"),
    "touchpoint": _l("Touchpoint"),
    "stage": _l("Stage of the path"),
}
"""Of a response or an invitation; a trait of the same name is not looked at."""
SEGMENT: Final = "segment"
CHANNEL_NAMES: Final[dict[str, LazyText]] = {
    "link": _l("by a link"),
    "email": _l("by e-mail"),
    "widget": _l("on the site"),
    "kiosk": _l("at a kiosk"),
    "qr": _l("by a QR code"),
    "sms": _l("by text message"),
}
_NOT_IN_ADDRESSES: Final = set('=~<>!"[]')


@dataclass(frozen=True)
class MembersQuestion:
    """The profiles that a lens lets through, ascending."""

    def partial(self, block: Block) -> Profiles:
        return block.profiles

    def merge(self, a: Profiles, b: Profiles) -> Profiles:
        return np.concatenate([a, b])

    def finish(self, partial: Profiles) -> Profiles:
        found: Profiles = np.sort(partial)
        return found


@dataclass(frozen=True)
class Those:
    """Responses or invitations in their order: whose each is (0: not known), and what it says itself."""

    profiles: Profiles
    own: Mapping[str, Values]
    anonymous: bool = False

    def __len__(self) -> int:
        return len(self.profiles)

    def values(self, workspace: Workspace, name: str) -> list[str | None]:
        """An attribute of each, None where it is not known. Raises InvalidInput for one that nobody has."""
        if name in OWN:
            return self._own(workspace, name)
        self._need_profiles(name)
        if broken_down(name) in BEGINNINGS:
            return _began(workspace, name, self.profiles)
        column = workspace.part(TraitColumns).column(name)
        if not column.values:
            workspace.part(Answers).groups(Lens(by=name))  # says what there is
        return [column.values[c] if c >= 0 else None for c in column.of(self.profiles).tolist()]

    def holds(self, workspace: Workspace, who: Sequence[str]) -> Mask:
        """For which of them all conditions hold, as those of journeys are written: `plan=pro`, `!met:checkout`, and
        `language=fi` of the response itself. Raises InvalidInput, and UnknownTouchpoint."""
        found = np.ones(len(self), np.bool_)
        for condition in conditions(who, workspace):
            found &= self._holds(workspace, condition) ^ condition.negated
        return found

    def _holds(self, workspace: Workspace, condition: Condition) -> Mask:
        name = condition.name
        if condition.behaviour is None and name not in BEGINNINGS:
            values = self.values(workspace, name)
            asked = PropertyCondition(name, condition.operator, condition.value)
            met = {v: asked.holds({name: v}) for v in set(values) if v is not None}
            return np.array([met.get(v, False) if v is not None else False for v in values], np.bool_)
        self._need_profiles(name)
        plain = Condition(name, condition.operator, condition.value, condition.behaviour)
        members = workspace.part(Answers).ask(MembersQuestion(), Lens((plain,)))
        return np.isin(self.profiles, members)

    def _own(self, workspace: Workspace, name: str) -> list[str | None]:
        if name != "stage":
            return [v or None for v in self.own.get(name, [None] * len(self))]
        known = workspace.part(Touchpoints).catalogue().touchpoints
        stage_of = {t.key: t.stage for t in known}
        return [stage_of.get(t) if t else None for t in self.own.get("touchpoint", [None] * len(self))]

    def _need_profiles(self, name: str) -> None:
        if self.anonymous:
            raise InvalidInput(
                "This survey is anonymous: of those who answered only this is known: %(known)s. Not '%(name)s'.",
                known=", ".join(OWN),
                name=name or "met:",
            )


def frequent(values: Values) -> list[str | None]:
    """The most frequent values as they are; the rest are one, OTHERS."""
    counted = Counter(v for v in values if v is not None)
    if len(counted) <= MOST_GROUPS:
        return list(values)
    kept = {v for v, _ in sorted(counted.items(), key=lambda c: (-c[1], c[0]))[:MOST_GROUPS]}
    return [v if v is None or v in kept else OTHERS for v in values]


def segments(workspace: Workspace, given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Segments by name, with their conditions: those given, each of conditions parted by `&`; without any, those of
    the saved analyses that are of certain customers only."""
    if given:
        return {text.strip(): tuple(filter(None, cut(text, "&"))) for text in given if text.strip()}
    with workspace.db.session(read_only=True) as session:
        saved = saved_analyses(session)
    found: dict[str, tuple[str, ...]] = {}
    for one in saved:
        who = tuple(parse_qs(urlsplit(one.address).query).get("who", []))
        if who and who not in found.values() and _is_possible(workspace, who):
            found.setdefault(one.name, who)
    return found


def condition_of(by: str, key: str, keys: Sequence[str]) -> tuple[str, ...]:
    """The conditions that make a group of a breakdown; none where they cannot be written."""
    if _NOT_IN_ADDRESSES & set(by) or (":" in by and by not in BEGINNINGS):
        return ()
    if key == OTHERS:
        return (by, *(f"{by}!={quoted(k)}" for k in keys if k != OTHERS))
    return (f"{by}={quoted(key)}",)


def name_of(workspace: Workspace, by: str, key: str) -> str:
    """What a value of an attribute is called in the reader's language."""
    language = current_language()
    if key == OTHERS:
        return gettext("Other groups")
    if by == "channel":
        return str(CHANNEL_NAMES.get(key, key))
    if by == "language":
        return LANGUAGES.get(key, key)
    catalogue = workspace.part(Touchpoints).catalogue()
    if by == "touchpoint":
        return next((t.name(language) for t in catalogue.touchpoints if t.key == key), key)
    if by == "stage":
        return next((s.name(language) for s in catalogue.stages if s.key == key), key)
    return value_in_words(by, key, catalogue, language)


def title_of(by: str) -> str:
    """What an attribute is called; a trait by its own name."""
    if by == SEGMENT:
        return gettext("Segment")
    return str(OWN.get(by) or BEGINNINGS.get(by) or by)


def said(workspace: Workspace, condition: str) -> str:
    """A condition as one says it. Raises InvalidInput."""
    name, _, value = condition.partition("=")
    if name in OWN:
        return f"{OWN[name]}: {name_of(workspace, name, value.strip(chr(34)))}"
    return in_words(condition, workspace.part(Touchpoints).catalogue(), current_language())


def _is_possible(workspace: Workspace, who: Sequence[str]) -> bool:
    """Not of a touchpoint that is no more."""
    try:
        conditions(who, workspace)
    except PolkuError:
        return False
    return True


def _began(workspace: Workspace, name: str, profiles: Profiles) -> list[str | None]:
    """How journeys began, as far as blocks know them."""
    blocks = workspace.engine.blocks
    grouping = workspace.part(Lenses).grouping(Lens(by=name), blocks)
    if not blocks.blocks:
        return [None] * len(profiles)
    known = np.concatenate([b.profiles for b in blocks.blocks])
    numbers = np.concatenate(grouping.numbers)
    order = np.argsort(known)
    known, numbers = known[order], numbers[order]
    if not len(known):
        return [None] * len(profiles)
    at = np.minimum(np.searchsorted(known, profiles), len(known) - 1)
    found: list[Any] = np.where(known[at] == profiles, numbers[at], -1).tolist()
    return [grouping.keys[n] if n >= 0 else None for n in found]
