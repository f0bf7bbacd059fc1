"""Kernels: the inner loops, compiled once and cached, never while a request waits.

A kernel is a function decorated with its argument types. It is compiled (or loaded from the cache) at its first
call, or ahead by `compile_all`, which a server runs in the background.
"""

from __future__ import annotations

import fcntl
import functools
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, cast

from polku.errors import NotReady

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

_registered: list[Kernel[Any, Any]] = []
_cache_folder: Path | None = None
_lock = threading.RLock()

in_request: ContextVar[bool] = ContextVar("in_request", default=False)
"""True where a person waits for an answer: then a kernel that is not compiled raises NotReady."""


class Kernel(Generic[P, R]):
    """A function that is compiled with numba for one set of argument types; holds no GIL while it runs."""

    def __init__(self, function: Callable[P, R], arguments: str, *, awaited: bool) -> None:
        self._function = function
        self._arguments = arguments
        self.awaited = awaited
        self._compiled: Callable[P, R] | None = None
        functools.update_wrapper(self, function)
        _registered.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._compiled is None:
            check_ready()
            if in_request.get():
                raise _not_ready(*_done(_registered))
            self.compile()
        assert self._compiled is not None
        return self._compiled(*args, **kwargs)

    @property
    def compiled(self) -> bool:
        return self._compiled is not None

    def compile(self) -> None:
        with _lock:
            if self._compiled is not None:
                return
            with _alone(f"{self._function.__module__}.{self._function.__qualname__}"):
                numba = _numba()
                types = tuple(_type(a) for a in self._arguments.split())
                options = {"nogil": True, "cache": True, "error_model": "numpy"}
                self._compiled = cast("Callable[P, R]", numba.njit(types, **options)(self._function))


def kernel(arguments: str, *, awaited: bool = True) -> Callable[[Callable[P, R]], Kernel[P, R]]:
    """Make a kernel. `arguments`: numpy type codes separated by spaces; `u2[]` is a read-only column
    (memory-mapped ones are), `u2[:]` and `u2[:,:]` are written to, `i8` is a scalar. One that is not `awaited`
    has another, slower way beside it, or is for some questions only, which wait for it alone; it is compiled last.
    """
    return lambda function: Kernel(function, arguments, awaited=awaited)


def use_cache(folder: Path) -> None:
    """Keep compiled kernels in this folder; only the first call in a process counts."""
    global _cache_folder
    if _cache_folder is None:
        folder.mkdir(parents=True, exist_ok=True)
        _cache_folder = folder


def use_own_cache() -> None:
    """As `use_cache`, in a process that works for others: in POLKU_KERNEL_CACHE, else in the user's home, else where
    the process runs. Never where others may write: what is kept there is run."""
    given = os.environ.get("POLKU_KERNEL_CACHE")
    for folder in (
        Path(given) if given else Path.home() / ".cache" / "polku" / "kernels",
        Path.cwd() / "kernels",
    ):
        try:
            use_cache(folder)
            if os.access(folder, os.W_OK):
                return
        except (OSError, RuntimeError):
            continue


def compile_all() -> float:
    """Compile every registered kernel; returns the seconds it took."""
    start = time.perf_counter()
    for one in sorted(_registered, key=lambda k: not k.awaited):
        one.compile()
    return time.perf_counter() - start


def progress() -> tuple[int, int]:
    """How many of the kernels that pages wait for are compiled, of how many."""
    return _done([k for k in _registered if k.awaited])


def check_ready() -> None:
    """Raises NotReady in a request as long as the kernels that all pages wait for are being compiled."""
    done, of = progress()
    if in_request.get() and done < of:
        raise _not_ready(done, of)


def _done(kernels: Sequence[Kernel[Any, Any]]) -> tuple[int, int]:
    return sum(k.compiled for k in kernels), len(kernels)


def _not_ready(done: int, of: int) -> NotReady:
    return NotReady(
        "Polku is getting its calculations ready (%(done)s of %(of)s). Try again in a moment.",
        done=done,
        of=of,
    )


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process at a time compiles the kernel `name`: the next that wants it finds it in the cache."""
    if _cache_folder is None:
        yield
        return
    try:
        descriptor = os.open(_cache_folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # a full disk or another user's cache: compiling twice is better than not at all
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # which lets go


def _numba() -> Any:
    import numba  # takes half a second: only when something is to be compiled

    if _cache_folder is not None:
        config: Any = numba.config
        config.CACHE_DIR = str(_cache_folder)
    return numba


def _type(code: str) -> Any:
    from numba import from_dtype, types
    from numpy import dtype

    name, _, dimensions = code.partition("[")
    scalar = types.boolean if name == "b1" else from_dtype(dtype(name))
    if not dimensions:
        return scalar
    return types.Array(scalar, 1 + dimensions.count(","), "C", readonly=dimensions == "]")
