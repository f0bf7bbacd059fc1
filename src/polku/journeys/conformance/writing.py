"""Steps as one writes them: `product,cart?,checkout<2h,purchase<1d,phone|chat+,>delivery<5d`.

`?` the step may be left out, `+` it may be met again, `|` any of several touchpoints, `<2h` within that of the step
before, a leading `>` right after it, with nothing else in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError

from polku.errors import InvalidInput
from polku.journeys.conformance.design import Step, check
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.workspace import Duration

_STEP: Final = re.compile(r"(>?)\s*([^<>?+]+?)\s*([?+]*)\s*(?:<\s*(\S.*?))?\s*")
_UNITS: Final = (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_duration: Final[TypeAdapter[timedelta]] = TypeAdapter(Duration)


def read_steps(texts: Iterable[str], catalogue: Catalogue) -> tuple[Step, ...]:
    """Steps from texts, one each; touchpoints by key or name.

    Raises InvalidInput, and UnknownTouchpoint with the nearest name.
    """
    steps = tuple(_read(text.strip(), catalogue) for text in texts if text.strip())
    check(steps)
    return steps


def written(steps: Sequence[Step]) -> str:
    """Steps as `read_steps` reads them."""
    return ",".join(written_step(s) for s in steps)


def written_step(step: Step) -> str:
    signs = ("" if step.required else "?") + ("+" if step.repeats else "")
    limit = "" if step.within_s is None else f"<{_written_time(step.within_s)}"
    return f"{'>' if step.direct else ''}{'|'.join(step.touchpoints)}{signs}{limit}"


def in_units(seconds: int) -> tuple[int, str]:
    """A length of time in the largest unit in which it is a whole number: (2, 'h')."""
    unit, size = next((u, s) for u, s in _UNITS if seconds % s == 0)
    return seconds // size, unit


def _read(text: str, catalogue: Catalogue) -> Step:
    found = _STEP.fullmatch(text)
    if found is None:
        raise InvalidInput(
            "'%(step)s' is not a step. Write e.g. cart, cart? (may be left out), cart+ (may be met again), "
            "phone|chat (either), checkout<2h (within 2 hours of the step before), >checkout (right after it).",
            step=text,
        )
    direct, names, signs, limit = found.groups()
    for sign in "?+":
        if signs.count(sign) > 1:
            raise InvalidInput("'%(step)s' has '%(sign)s' twice. Once is enough.", step=text, sign=sign)
    touchpoints = tuple(dict.fromkeys(catalogue.touchpoint(n.strip()).key for n in names.split("|")))
    return Step(touchpoints, "?" not in signs, "+" in signs, bool(direct), _read_time(limit, text))


def _read_time(limit: str | None, step: str) -> int | None:
    if limit is None:
        return None
    try:
        return int(_duration.validate_python(limit).total_seconds())
    except ValidationError:
        raise InvalidInput(
            "'%(limit)s' in '%(step)s' is not a length of time. Write e.g. 30m, 12h, 5d or 2w.",
            limit=limit,
            step=step,
        ) from None


def _written_time(seconds: int) -> str:
    value, unit = in_units(seconds)
    return f"{value}{unit}"
