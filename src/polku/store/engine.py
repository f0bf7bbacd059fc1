"""Questions over journey blocks, and the engines that answer them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from polku.errors import NotReady
from polku.store.background import background_pool
from polku.store.blocks import Block, Blocks
from polku.store.kernels import check_ready, in_request
from polku.store.memory import give_back
from polku.store.refresh import Refresher
from polku.store.snapshot import Snapshot

P = TypeVar("P")
R_co = TypeVar("R_co", covariant=True)

TOGETHER: Final = 4
"""Blocks whose partials one thread makes and merges, before it takes the next: fewer are held at a time, and what is
freed is taken again. A power of two, as `merged` wants it."""
MANY: Final = 20_000_000
"""Events; questions about more of them leave enough freed memory behind to give it back."""

Through = Sequence[Callable[[Block], Block]]
"""For each block how it is looked at, e.g. only some of its profiles."""


class Question(Protocol[P, R_co]):
    """Asked of each block by itself; exact, since all of a profile's events are in one block."""

    def partial(self, block: Block) -> P:
        """The answer for one block (which may be empty)."""

    def merge(self, a: P, b: P) -> P:
        """The answer for two sets of blocks together; associative and commutative."""

    def finish(self, partial: P) -> R_co:
        """The result."""


class Stored(Protocol):
    """Where events are found by the numbers that blocks have for them."""

    def rows(self, seqs: npt.NDArray[np.int64], names: Sequence[str]) -> pa.Table:
        """The events with these numbers (those that are there): `seq` and these columns."""


class Engine(Protocol):
    """Answers questions over the blocks it has."""

    @property
    def blocks(self) -> Blocks:
        """The blocks as of the last refresh."""

    def ask(
        self,
        question: Question[P, R_co],
        blocks: Blocks | None = None,
        through: Through | None = None,
        *,
        background: bool = False,
    ) -> R_co:
        """Answer over all blocks (or those given), each seen as `through` makes it, one function a block.

        Raises NotReady in a request while kernels are being compiled.
        """

    def refresh(self) -> Blocks:
        """Bring the blocks up to date now."""

    @property
    def statements(self) -> Snapshot | None:
        """What is said of profiles (identify events), each under its profile's id as key; None: what the folder's
        own events say."""

    @property
    def stored(self) -> Stored | None:
        """The events that its blocks are made of; None: the folder's own."""

    def before_new(self, prepare: Callable[[Blocks], None]) -> None:
        """Have `prepare` called with new blocks before they replace the old ones."""

    def start(self) -> None:
        """Keep the blocks fresh in the background until `close`."""

    def soon(self) -> None:
        """Refresh in the background without waiting for the usual pause."""

    def close(self) -> None: ...


class LocalEngine:
    """Answers on threads of this process over memory-mapped blocks."""

    def __init__(self, refresher: Refresher, *, threads: int = 2) -> None:
        self._refresher = refresher
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="engine")
        self._background = background_pool(1)
        self._giving_back: Future[None] | None = None

    @property
    def blocks(self) -> Blocks:
        return self._refresher.blocks

    def ask(
        self,
        question: Question[P, R_co],
        blocks: Blocks | None = None,
        through: Through | None = None,
        *,
        background: bool = False,
    ) -> R_co:
        """The answer over the newest blocks, or those given; nobody waits for one in the background.

        Raises NotReady in a request while kernels are being compiled, and until the first blocks are built.
        """
        check_ready()
        if in_request.get() and self._refresher.has_none_yet:
            raise NotReady("Events are being put in the order of customers' paths. Try again in a moment.")
        pool, asked = self._background if background else self._pool, blocks or self.blocks
        seen = through or [_as_it_is] * len(asked.blocks)
        waited_for = in_request.get()

        def partial(first: int) -> P:
            in_request.set(waited_for)  # a thread of the pool does not know for whom it works
            run = slice(first, first + TOGETHER)
            of_each = [
                question.partial(look(b)) for look, b in zip(seen[run], asked.blocks[run], strict=True)
            ]
            return merged(of_each, question.merge)

        partials = pool.map(partial, range(0, len(asked.blocks), TOGETHER))
        answer = question.finish(merged(list(partials), question.merge))
        if asked.events >= MANY and not (self._giving_back and self._giving_back.running()):
            self._giving_back = self._background.submit(give_back)
        return answer

    @property
    def statements(self) -> None:
        return None

    @property
    def stored(self) -> None:
        return None

    def before_new(self, prepare: Callable[[Blocks], None]) -> None:
        self._refresher.before_new.append(prepare)

    def refresh(self) -> Blocks:
        return self._refresher.refresh()

    def start(self) -> None:
        self._refresher.start()

    def soon(self) -> None:
        self._refresher.soon()

    def close(self) -> None:
        self._refresher.stop()
        self._pool.shutdown()
        self._background.shutdown()


def merged(partials: Sequence[P], merge: Callable[[P, P], P]) -> P:
    """All partials as one: neighbours by two and two, until one is left.

    The same tree wherever it is computed: sums of fractions, whose last digits depend on their order, are the same on
    one machine and on many, as long as each has a piece whose length is a power of two.
    """
    left = list(partials)
    while len(left) > 1:
        pairs = [merge(a, b) for a, b in zip(left[::2], left[1::2], strict=False)]
        left = pairs if len(left) % 2 == 0 else [*pairs, left[-1]]
    return left[0]


def _as_it_is(block: Block) -> Block:
    return block
