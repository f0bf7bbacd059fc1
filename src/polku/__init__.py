"""Polku: every touchpoint, one path per customer.

>>> import polku                                                        # doctest: +SKIP
>>> with polku.open("data") as p:                                       # doctest: +SKIP
...     p.journeys.funnel(steps=["product_page", "cart", "order"], within="30d")
"""

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polku.library import Polku, open

__all__ = ["Polku", "open"]


def __getattr__(name: str) -> Any:
    """The library is loaded when first used: parts of Polku alone (a kernel on a worker) start without it."""
    if name in __all__:
        enabled = gc.isenabled()
        gc.disable()  # what is imported is no garbage: looking for it takes a fifth of the time
        try:
            return getattr(import_module("polku.library"), name)
        finally:
            if enabled:
                gc.enable()
    raise AttributeError(f"module 'polku' has no attribute '{name}'")
