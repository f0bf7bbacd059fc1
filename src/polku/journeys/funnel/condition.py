"""Those who dropped out of a funnel as a condition on profiles: `funnel:product>cart>purchase:2:30d`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from polku.errors import InvalidInput
from polku.i18n import gettext
from polku.journeys.asking.marks import cut, quoted, unquoted
from polku.journeys.funnel.dropouts import Dropped
from polku.journeys.funnel.queries import JourneyDropouts
from polku.journeys.funnel.steps import read, step_label
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.workspace import Workspace

KIND: Final = "funnel"
FIELDS: Final = ("within", "between", "since", "until", "source", "channel")
"""What may follow steps and step, as name=value; the name of `within` may be left out."""

_UNITS: Final = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def dropped(text: str, workspace: Workspace) -> Dropped:
    """What holds of those who got to a step and no further, from `STEPS:STEP` and more fields.

    Raises InvalidInput, and UnknownTouchpoint.
    """
    return _read(text).dropped(workspace)


def said(text: str, catalogue: Catalogue, language: str) -> str:
    """The same in words."""
    query = _read(text)
    labels = [step_label(s.any_of, catalogue, language) for s in read(query.steps, catalogue)]
    way = " → ".join(labels)
    if query.at >= len(labels):
        return gettext("Got through %(way)s", way=way)
    return gettext("Got to %(step)s and no further: %(way)s", step=labels[query.at - 1], way=way)


def _read(text: str) -> JourneyDropouts:
    steps, *rest = cut(text, ":")
    given: dict[str, Any] = {"steps": steps}
    if not rest or not rest[0].isdecimal():
        raise _unreadable(text)
    given["at"], *more = rest
    for field in more:
        name, sign, value = field.partition("=")
        name, value = (name.strip(), value) if sign else ("within", field)
        if name not in FIELDS or name in given:
            raise _unreadable(text)
        given[name] = unquoted(value)
    return JourneyDropouts.of(given)


def written(query: JourneyDropouts) -> str:
    """The condition that holds of those whom the query finds, in the query's own period, source and channel."""
    within, between = query.within, query.between
    fields = {
        "between": between and length_written(between),
        "since": query.since,
        "until": query.until,
        "source": query.source and quoted(query.source),
        "channel": query.channel,
    }
    told = [f"{name}={value}" for name, value in fields.items() if value]
    steps = ">".join(s for s in query.steps if s)
    return ":".join([KIND, steps, str(query.at), *([length_written(within)] if within else []), *told])


def length_written(length: timedelta) -> str:
    """A length of time as queries read it: 30d, 12h, 90s."""
    seconds = int(length.total_seconds())
    size, unit = next((u for u in _UNITS if seconds % u[0] == 0), _UNITS[-1])
    return f"{seconds // size}{unit}"


def _unreadable(text: str) -> InvalidInput:
    return InvalidInput(
        "'%(text)s' is not a step of a funnel. Write e.g. funnel:product>cart>purchase:2 (got to step 2 and no "
        "further), with a window funnel:product>cart>purchase:2:30d; also: %(fields)s.",
        text=text,
        fields=", ".join(f"{name}=…" for name in FIELDS),
    )
