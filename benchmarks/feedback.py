"""A million stored comments: storing, searching, and what each page asks: `python -m benchmarks feedback`.

Comments are put together of phrases, with words inflected as people do and a long tail of rare ones; what they say
is taken from the analysis of the phrases, so that what is measured is storing and asking, not the models
(`benchmarks.listening` measures those). `BENCH_COMMENTS` sets how many.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.measure import Figure, quantile
from polku.feedback import CommentKeeper, Comments, FeedbackComments, FeedbackPains, FeedbackThemes
from polku.feedback.file import CommentFile, Read
from polku.feedback.said import Said
from polku.feedback.search import Wanted, search
from polku.library import make_folder, open_workspace
from polku.settings import read_settings
from polku.store import kernels
from polku.text import Analysis, analyzed
from polku.workspace import Query, Workspace

COMMENTS = int(float(os.environ.get("BENCH_COMMENTS", "1_000_000")))
BATCH = 5_000
BUSY_S = 60
FIRST, SECONDS = 1_700_000_000, 80_000_000
CUSTOMERS, TOUCHPOINTS = 300_000, 12
PHRASES = (
    "Toimitus oli myöhässä jo toisen kerran.", "Toimituksen kanssa oli ongelmia.", "Paketti tuli rikkinäisenä perille.",
    "Asiakaspalvelijanne oli todella ystävällinen.", "Jonotin puhelimessa tunnin.", "Hinta oli liian korkea.",
    "Laskussa oli virhe.", "Verkkokaupassanne on helppo asioida.", "Tuotteen laatu yllätti iloisesti.",
    "Palautus kesti kolme viikkoa.", "En saanut vastausta sähköpostiini.", "Suosittelen teitä ystävillenikin!",
    "The delivery was late again.", "Your staff were very helpful.", "I waited on the phone for an hour.",
    "The invoice was wrong.", "It is easy to buy from you.", "The quality is excellent.",
)  # fmt: skip
LETTERS = str.maketrans("0123456789", "aeioubcdfg")
MONTH = (1_760_000_000, 1_762_592_000)
DAYS = {"since": date(2025, 10, 9), "until": date(2025, 11, 7)}
SEARCHES = {
    "a common word": Wanted("toimitus"),
    "an inflected word": Wanted("laskuissa"),
    "two words": Wanted("toimituksen hinta"),
    "three words": Wanted("paketti puhelin virhe"),
    "a rare word": Wanted("zq4711".translate(LETTERS)),
    "a beginning": Wanted("asiakaspalv*"),
    "a word, negative": Wanted("toimitus", sentiment="negative"),
    "a word at a touchpoint": Wanted("toimitus", touchpoint="t7"),
    "a word in a month": Wanted("toimitus", low=MONTH[0], high=MONTH[1]),
    "negative, of a level": Wanted(sentiment="negative", level="action"),
    "no word": Wanted(),
}
QUESTIONS: dict[str, Query] = {
    "pain points and levels": FeedbackPains(limit=10),
    "pain points and levels of a month": FeedbackPains(limit=10, **DAYS),  # type: ignore[arg-type]
    "pain points and levels at a touchpoint": FeedbackPains(limit=10, touchpoint="t7"),
    "themes over months": FeedbackThemes(),
    "themes of a month by day": FeedbackThemes(every="day", **DAYS),  # type: ignore[arg-type]
    "themes at a touchpoint": FeedbackThemes(touchpoint="t7"),
    "a page of comments": FeedbackComments(text="toimitus", limit=25),
}


def figures() -> Iterator[Figure]:
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(Path(folder) / "data")
        make_folder(settings)
        with open_workspace(settings) as workspace:
            kernels.compile_all()
            yield from _stored(workspace.part(Comments).file, rng)
            yield from _searched(workspace.part(Comments).file)
            keeper = CommentKeeper(workspace)
            keeper.start()  # as in a server
            try:
                yield from _asked(workspace, rng)
                yield from _while_others_come(workspace, rng)
            finally:
                keeper.stop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    yield Figure("most memory of this process", peak, "GiB", target=2)


def _stored(file: CommentFile, rng: np.random.Generator) -> Iterator[Figure]:
    file.prepare(1)
    phrases = analyzed(PHRASES, expected="fi")
    start = time.perf_counter()
    for first in range(0, COMMENTS, BATCH):
        file.add([_read(first + i, rng, phrases) for i in range(min(BATCH, COMMENTS - first))], seq=0)
    took = time.perf_counter() - start
    yield Figure(f"{COMMENTS:,} comments stored, without analysis", COMMENTS / took, "/s")
    yield Figure("room of a comment", file.path.stat().st_size / COMMENTS, "bytes")


def _searched(file: CommentFile) -> Iterator[Figure]:
    every = []
    for name, wanted in SEARCHES.items():
        times = []
        for _ in range(9):
            start = time.perf_counter()
            with file.reading() as connection:
                search(connection, wanted, limit=50)
            times.append(1000 * (time.perf_counter() - start))
        every += times
        yield Figure(f"search: {name}", median(times), "ms", target=200)
    yield Figure("search: slowest of all", max(every), "ms", target=200)


def _asked(workspace: Workspace, rng: np.random.Generator) -> Iterator[Figure]:
    """What pages ask the first time, again, and after other comments came."""
    phrases = analyzed(PHRASES, expected="fi")
    for name, query in QUESTIONS.items():
        yield Figure(f"{name}: first", _milliseconds(query, workspace), "ms")
        yield Figure(f"{name}: again", _milliseconds(query, workspace), "ms", target=200)
    for nth, (name, query) in enumerate(QUESTIONS.items()):
        fresh = [_read(COMMENTS + 10 * nth + i, rng, phrases, FIRST + SECONDS) for i in range(10)]
        workspace.part(Comments).file.add(fresh, seq=0)
        yield Figure(f"{name}: after others came", _milliseconds(query, workspace), "ms", target=200)


def _while_others_come(workspace: Workspace, rng: np.random.Generator) -> Iterator[Figure]:
    """Pages asked over and over while ten comments come each half second and the keeper works answers out anew."""
    phrases = analyzed(PHRASES, expected="fi")
    times: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    until, come = time.monotonic() + BUSY_S, 0.0
    nth = 2 * COMMENTS
    while time.monotonic() < until:
        if time.monotonic() >= come:
            fresh = [_read(nth + i, rng, phrases, FIRST + SECONDS + 1) for i in range(10)]
            workspace.part(Comments).file.add(fresh, seq=0)
            nth, come = nth + 10, time.monotonic() + 0.5
        for name, query in QUESTIONS.items():
            times[name].append(_milliseconds(query, workspace))
    for name, taken in times.items():
        yield Figure(f"{name}: while others come", median(taken), "ms", target=200)
    every = [t for taken in times.values() for t in taken]
    yield Figure("all of these: 99 of 100 within", quantile(every, 0.99), "ms", target=200)
    slowest = max(times, key=lambda name: max(times[name]))
    yield Figure(f"slowest: {slowest}", max(times[slowest]), "ms")


def _milliseconds(query: Query, workspace: Workspace) -> float:
    start = time.perf_counter()
    query.answer(workspace)
    return 1000 * (time.perf_counter() - start)


def _read(nth: int, rng: np.random.Generator, phrases: Sequence[Analysis], at: int | None = None) -> Read:
    chosen = rng.integers(0, len(PHRASES), int(rng.integers(1, 4)))
    rare = f"zq{int(rng.zipf(1.2)) % 200_000}".translate(LETTERS)
    text = " ".join([*(PHRASES[i] for i in chosen), rare])
    told = phrases[int(chosen[0])]
    told = replace(told, redacted=replace(told.redacted, text=text))
    at = FIRST + int(rng.integers(0, SECONDS)) if at is None else at
    touchpoint = f"t{int(rng.integers(0, TOUCHPOINTS))}"
    return Read(Said(nth + 1, 0, int(rng.integers(1, CUSTOMERS)), at, touchpoint, None, None, text), told)
