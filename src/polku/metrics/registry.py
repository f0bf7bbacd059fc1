"""Which metrics there are: a file each in `catalogue`, and those of other packages."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Final

from polku.errors import InvalidInput, nearest
from polku.metrics import catalogue
from polku.metrics.metric import Metric

ENTRY_POINTS: Final = "polku.metrics"
"""The group of entry points in which a package names its metrics: each is a `Metric`."""


@cache
def metrics() -> MappingProxyType[str, Metric]:
    """Every metric by its key, Polku's own first, then those of installed packages by name.

    Raises InvalidInput where an entry point gives no Metric, or one whose key is taken.
    """
    found: dict[str, Metric] = {}
    for module in pkgutil.iter_modules(catalogue.__path__):
        own: Metric = import_module(f"{catalogue.__name__}.{module.name}").METRIC
        found[own.key] = own
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda p: p.name):
        made = point.load()
        if not isinstance(made, Metric):
            raise InvalidInput(
                "The entry point %(point)s is no metric: it should give a polku.metrics.Metric. "
                "Mend or remove the package %(package)s.",
                point=point.name,
                package=point.value,
            )
        if made.key in found:
            raise InvalidInput(
                "There are two metrics '%(key)s'. Rename the one of the entry point %(point)s.",
                key=made.key,
                point=point.name,
            )
        found[made.key] = made
    return MappingProxyType(found)


def metric(key: str) -> Metric:
    """The metric of this key, in small letters or large. Raises InvalidInput with the nearest if there is none."""
    known = metrics()
    found = known.get(key) or known.get(key.lower())
    if found is None:
        near = nearest(key, known)
        raise InvalidInput(
            "Unknown metric '%(metric)s'. Nearest: %(near)s. Allowed: %(allowed)s",
            metric=key,
            near=near or "–",
            allowed=", ".join(known),
        )
    return found
