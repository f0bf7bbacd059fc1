"""Giving memory that was freed back to the system."""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

_C: Final[Any] = ctypes.CDLL(None) if sys.platform == "linux" else None


def give_back() -> None:
    """Return what was freed to the system, where its allocator would keep it; nothing where it gives it by itself.

    The C library of most Linux systems keeps freed arrays of some megabytes for the next ones: after questions about
    100 million events that was a gigabyte. Takes 1–200 ms.
    """
    trim = getattr(_C, "malloc_trim", None)
    if trim is not None:
        trim(0)
