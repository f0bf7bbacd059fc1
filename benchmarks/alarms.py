"""Letters about themes: how many of them are false, and how soon true ones come: `python -m benchmarks.alarms`.

A world is a year of comments after thirteen weeks of them. Words are as frequent as in a language (Zipf), more comments
come on Mondays than on Sundays and in some weeks than in others. In a world that *swings* a tenth of the words are more
common in some weeks than in others, as words are. Nothing else changes, so that every letter is false. Each day is
looked at as the product does, and what it would tell is counted: a theme that was told of is not told of again for four
weeks.

In worlds of the second kind a word grows from 2% to 6% of the comments and another, new, comes with 3% of them, both on
one day, and it is counted in how many days a letter names each.

`python -m benchmarks.alarms 25 swings 5` counts five years of 25 comments a day, `planted 25 20` plants twenty times
(`planted 25 20 swings`: where words swing), `real 25 2 FILE fi` takes the Finnish comments of a file, a comment a line,
in an order by chance. `python -m benchmarks alarms` is a small version.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.measure import Figure
from polku.feedback.rising import MOST_BEFORE, MOST_READ, QUIET, WEEK_S, WEEKS, Rise, rising, untold
from polku.text import theme_terms, themes_of_terms

DAY_S = 86_400
BEFORE = WEEKS * 7
YEAR = 365
WORDS = np.array([f"w{i}" for i in range(800)])
SHARES = 1 / np.arange(2, 802)
RHYTHM = np.array([1.3, 1.15, 1.1, 1.05, 1.0, 0.75, 0.65])
SWINGING, SWING = 0.1, 0.3
"""The share of words that swing, and the standard deviation of the logarithm of how common they are in a week."""
BUSY = 0.15
"""The standard deviation of the logarithm of how many comments a week has."""
GROWS, IS_NEW = "kasvava", "uusi"
FOLLOWED = 42
"""Days within which a planted word must be told of."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class World:
    """Comments in order of time: `at` in seconds, `lots` by which they are drawn where there are too many."""

    terms: Sequence[Sequence[str]]
    at: Numbers
    lots: npt.NDArray[np.float64]
    days: int


def world(rng: np.random.Generator, a_day: float, days: int, *, swings: bool) -> World:
    """A world in which nothing changes."""
    at = _times(rng, a_day, days)
    sd = np.where(rng.random(len(WORDS)) < SWINGING, SWING, 0.0) if swings else np.zeros(len(WORDS))
    terms: list[list[str]] = []
    for week in range(days // 7 + 1):
        n = int(np.searchsorted(at, (week + 1) * WEEK_S) - np.searchsorted(at, week * WEEK_S))
        logs = np.log(SHARES) + rng.normal(0, 1, len(WORDS)) * sd
        # six words without replacement, each as likely as it is common (Gumbel's trick)
        chance = np.maximum(rng.standard_exponential((n, len(WORDS)), np.float32), 1e-30)
        keys = logs.astype(np.float32) - np.log(chance)
        terms += WORDS[np.argpartition(-keys, 6, axis=1)[:, :6]].tolist()
    return World(terms, at, rng.random(len(at)), days)


def of_texts(rng: np.random.Generator, texts: Sequence[str], language: str, a_day: float, days: int) -> World:
    """A world of comments that somebody wrote, drawn by chance."""
    at = _times(rng, a_day, days)
    told = theme_terms(texts, language)
    order = np.concatenate([rng.permutation(len(told)) for _ in range(len(at) // len(told) + 1)])
    return World([told[i] for i in order[: len(at)]], at, rng.random(len(at)), days)


def letters(made: World) -> Iterator[tuple[int, Rise]]:
    """What a user is told, and on which day, by the code that decides it in the product."""
    told: list[tuple[int, Rise]] = []
    for day in range(BEFORE, made.days + 1):
        recent = [rise.words for at, rise in told if day - at <= QUIET.days]
        for rise in untold(_look(made, day * DAY_S), recent):
            told.append((day, rise))
            yield day, rise


def planted(rng: np.random.Generator, a_day: float, *, swings: bool) -> dict[str, int | None]:
    """In how many days a letter names each planted word; None: not within FOLLOWED days."""
    made = world(rng, a_day, BEFORE + FOLLOWED, swings=swings)
    late = made.at >= BEFORE * DAY_S
    grown = rng.random(len(late)) < np.where(late, 0.06, 0.02)
    new = late & (rng.random(len(late)) < 0.03)
    terms = [
        [*said, *[GROWS] * int(g), *[IS_NEW] * int(n)]
        for said, g, n in zip(made.terms, grown, new, strict=True)
    ]
    found: dict[str, int | None] = {GROWS: None, IS_NEW: None}
    for day, rise in letters(World(terms, made.at, made.lots, made.days)):
        for word in found:
            if found[word] is None and word in rise.words:
                found[word] = day - BEFORE
        if None not in found.values():
            break
    return found


def _times(rng: np.random.Generator, a_day: float, days: int) -> Numbers:
    busy = np.exp(rng.normal(0, BUSY, days // 7 + 1))
    counts = rng.poisson(a_day * RHYTHM[np.arange(days) % 7] * busy[np.arange(days) // 7])
    at = np.repeat(np.arange(days), counts) * DAY_S + rng.integers(0, DAY_S, counts.sum())
    return np.sort(at)


def _look(made: World, end: int) -> list[Rise]:
    low, week, high = np.searchsorted(made.at, [end - WEEKS * WEEK_S, end - WEEK_S, end])
    read = np.concatenate(
        [_drawn(made.lots, week, high, MOST_READ), _drawn(made.lots, low, week, MOST_BEFORE)]
    )
    told = [made.terms[i] for i in read]
    return rising(told, themes_of_terms(told), read.tolist(), made.at[read].tolist(), end)


def _drawn(lots: npt.NDArray[np.float64], low: int, high: int, most: int) -> Numbers:
    return low + np.argsort(lots[low:high])[:most]


def figures() -> Iterator[Figure]:
    """The small version: a year and a few planted words."""
    told = list(letters(world(np.random.default_rng(0), 25, BEFORE + YEAR, swings=True)))
    yield Figure("false letters in a year, 25 comments a day, swinging words", len(told), "letters", target=1)
    found = [planted(np.random.default_rng(1_000 + seed), 100, swings=False) for seed in range(5)]
    for word, what in ((IS_NEW, "a new word at 3%"), (GROWS, "a word that grows from 2% to 6%")):
        days = [FOLLOWED if (d := f[word]) is None else d for f in found]
        yield Figure(f"{what} is told of, 100 comments a day", float(np.median(days)), "days", target=7)


def main() -> None:
    match sys.argv[1:]:
        case ["planted", a_day, times, *rest]:
            _tell_planted(float(a_day), int(times), swings="swings" in rest)
        case ["real", a_day, years, file, language]:
            texts = Path(file).read_text(encoding="utf-8").splitlines()
            _tell_letters(
                of_texts(np.random.default_rng(seed), texts, language, float(a_day), BEFORE + YEAR)
                for seed in range(int(years))
            )
        case [a_day, *rest, years]:
            _tell_letters(
                world(np.random.default_rng(seed), float(a_day), BEFORE + YEAR, swings="swings" in rest)
                for seed in range(int(years))
            )
        case _:
            print(__doc__)


def _tell_letters(worlds: Iterable[World]) -> None:
    counts = []
    for one in worlds:
        told = list(letters(one))
        counts.append(len(told))
        print("  ", *(f"day {day - BEFORE}: {rise.name} ({rise.count})" for day, rise in told), flush=True)
    print(f"{np.mean(counts):.2f} letters a year: {counts}")


def _tell_planted(a_day: float, times: int, *, swings: bool) -> None:
    found = [planted(np.random.default_rng(1_000 + seed), a_day, swings=swings) for seed in range(times)]
    for word in (GROWS, IS_NEW):
        days = sorted(d for f in found if (d := f[word]) is not None)
        print(f"{word}: {len(days)} of {times} within {FOLLOWED} days: {days}")


if __name__ == "__main__":
    main()
