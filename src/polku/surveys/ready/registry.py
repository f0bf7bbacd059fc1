"""Finds the ready surveys: every module of this folder that has a TEMPLATE."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from polku.errors import NotFound, did_you_mean
from polku.surveys import ready
from polku.surveys.ready.template import ReadySurvey


@cache
def ready_surveys() -> tuple[ReadySurvey, ...]:
    """All of them, what most begin with first."""
    modules = [import_module(f"{ready.__name__}.{m.name}") for m in iter_modules(ready.__path__)]
    found = [m.TEMPLATE for m in modules if isinstance(getattr(m, "TEMPLATE", None), ReadySurvey)]
    return tuple(sorted(found, key=lambda t: (t.order, t.key)))


def ready_survey(key: str) -> ReadySurvey:
    """The one of this key. Raises NotFound, with the nearest key."""
    known = {t.key: t for t in ready_surveys()}
    if key not in known:
        raise NotFound(
            "There is no ready survey '%(key)s'.%(near)s See: polku surveys templates",
            key=key,
            near=did_you_mean(key, known),
        )
    return known[key]
