"""A touchpoint as one describes it: on a page, to the API, in an import's mapping, among the defaults."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from polku.errors import InvalidInput, nearest
from polku.i18n import gettext, use_language
from polku.journeys.touchpoints.conditions import OPERATORS, as_number
from polku.journeys.touchpoints.rules import TYPES, Rule
from polku.web.channels import CHANNELS

MOST_RULES: Final = 50
MOST_POSITION: Final = 1_000
LONGEST: Final = {"key": 60, "name_fi": 80, "name_en": 80}
LONGEST_OF_RULE: Final = {"source": 80, "name": 200, "path": 400, "property": 200, "value": 400}
RESERVED: Final = ("new", "list", "show", "stages", "preview", "unmatched")
"""Words that stand in addresses where a key would."""
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class TouchpointSpec:
    """A touchpoint and the rules (their `touchpoint` is not looked at) that say which events are it."""

    key: str  # small letters, digits, - and _
    name_fi: str
    name_en: str
    channel: str  # one of CHANNELS
    stage: str | None  # key of a stage, None: on the path but not on the map
    rules: tuple[Rule, ...] = ()
    position: int | None = None  # within its stage; None: last


def problems(spec: TouchpointSpec, stages: list[str]) -> dict[str, str]:
    """What is wrong, by field (`channel`, `rules.0.path`); empty when nothing is."""
    found = dict(_of_spec(spec, stages))
    for i, rule in enumerate(spec.rules):
        found |= {f"rules.{i}.{field}": text for field, text in _of_rule(rule)}
    return found


def check(spec: TouchpointSpec, stages: list[str]) -> None:
    """Raises InvalidInput with the first thing that is wrong and the fields of all."""
    with use_language("en"):  # pages show problems beside their fields; programs read English
        found = problems(spec, stages)
    if found:
        field, text = next(iter(found.items()))
        told = f"{spec.key or spec.name_fi or spec.name_en} ({field}): {text}"
        raise InvalidInput("Cannot use the field %(field)s.", field=field).told(told, fields=found)


def key_of(name: str, *, otherwise: str = "touchpoint") -> str:
    """A key made of a name: 'Ostoskori ja kassa' becomes 'ostoskori-ja-kassa'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST["key"] - 4].strip("-") or otherwise


def _of_spec(spec: TouchpointSpec, stages: list[str]) -> Iterator[tuple[str, str]]:
    for field in ("name_fi", "name_en"):
        text = getattr(spec, field)
        if not text.strip():
            yield field, gettext("Give a name.")
        elif len(text) > LONGEST[field]:
            yield field, gettext("At most %(most)s characters; this has %(count)s.", most=80, count=len(text))
    if spec.key in RESERVED:
        yield "key", gettext("'%(key)s' has a meaning of its own here. Choose another key.", key=spec.key)
    elif not _KEY.fullmatch(spec.key) or len(spec.key) > LONGEST["key"]:
        yield "key", gettext("Use small letters a–z, digits, - and _, at most %(most)s.", most=LONGEST["key"])
    if spec.channel not in CHANNELS:
        yield "channel", _not_allowed(spec.channel, tuple(CHANNELS))
    if spec.stage is not None and spec.stage not in stages:
        yield "stage", _not_allowed(spec.stage, tuple(stages))
    if len(spec.rules) > MOST_RULES:
        yield "rules", gettext("At most %(most)s rules. Use * to cover several names.", most=MOST_RULES)


def _of_rule(rule: Rule) -> Iterator[tuple[str, str]]:
    if not any((rule.source, rule.type, rule.name, rule.path, rule.property)):
        yield "name", gettext("Fill in at least one condition; an empty rule would match everything.")
    if rule.type and rule.type not in TYPES:
        yield "type", _not_allowed(rule.type, TYPES)
    if rule.path and not rule.path.startswith(("/", "*")):
        yield "path", gettext("Write only the path, starting with / or *, e.g. /cart or /guides/*.")
    elif "?" in rule.path or "#" in rule.path:
        yield "path", gettext("Leave out ? and # and what follows them: only the path is compared.")
    if rule.property:
        yield from _of_property(rule)
    elif rule.value or rule.operator:
        yield "property", gettext("Say which property this is about.")
    for field, most in LONGEST_OF_RULE.items():
        if len(getattr(rule, field)) > most:
            count = len(getattr(rule, field))
            yield field, gettext("At most %(most)s characters; this has %(count)s.", most=most, count=count)
    if not 0 <= rule.position <= MOST_POSITION:
        yield "position", gettext("Give a number from 0 to %(most)s.", most=MOST_POSITION)


def _of_property(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.operator not in OPERATORS:
        yield "operator", _not_allowed(rule.operator, OPERATORS)
    elif rule.operator in (">=", "<=") and as_number(rule.value) is None:
        yield "value", gettext("Give a number to compare with.")
    elif rule.operator != "exists" and not rule.value:
        yield "value", gettext("Give what to compare with.")


def _not_allowed(value: str, allowed: tuple[str, ...]) -> str:
    near = nearest(value, allowed)
    if near:
        return gettext("'%(value)s' is not known. Did you mean '%(near)s'?", value=value, near=near)
    return gettext("'%(value)s' is not known. Allowed: %(allowed)s", value=value, allowed=", ".join(allowed))
