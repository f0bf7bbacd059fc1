"""How often intervals of NPS and of means on short scales hold the truth: of what the product tells, and of others.

NPS: every outcome of n answers has its probability, so up to 100 answers nothing is left to chance; with more, draws.
The grid has promoters, passives and detractors in steps of 5%, each at least 5%; corners, where one of them is missing,
are told apart, since there hardly more than two outcomes decide and no interval of 95% can be right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy import special

from benchmarks.measure import Figure, median_seconds
from polku.stats import NET, mean_intervals, net_share, of_scale, scale_mean

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Interval = Callable[[int, int, int], tuple[float, float]]
"""Of promoters, detractors and n."""

Z = float(special.ndtri(0.975))
EXACT_TO, DRAWS = 100, 4_000
SIZES = (10, 12, 15, 20, 30, 50, 100, 500)


def mixes(*, corners: bool = False, step: float = 0.05) -> list[tuple[float, float]]:
    """Shares of promoters and detractors."""
    steps = round(1 / step)
    each = [(i, j) for i in range(steps + 1) for j in range(steps + 1 - i)]
    return [(i / steps, j / steps) for i, j in each if (0 in (i, j, steps - i - j)) == corners]


def told(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """What the product tells."""
    passives = n - promoters - detractors
    e = net_share(np.repeat([1, 0, -1], [promoters, passives, detractors]))
    assert e.low is not None
    assert e.high is not None
    return e.low, e.high


def adjusted_wald(promoters: int, detractors: int, n: int, *, add: float = 0.75) -> tuple[float, float]:
    """¾ more promoters and detractors, 3 more answers."""
    total = n + 4 * add
    p, d = (promoters + add) / total, (detractors + add) / total
    half = Z * math.sqrt((p + d - (p - d) ** 2) / total)
    return p - d - half, p - d + half


def wald(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    return adjusted_wald(promoters, detractors, n, add=0)


def score(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Tango's score interval (Statistics in Medicine 17, 1998)."""
    net = (promoters - detractors) / n

    def far(t: float) -> float:
        b, c = -promoters - detractors + (2 * n - promoters + detractors) * t, -detractors * t * (1 - t)
        q = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        variance = n * (2 * q + t * (1 - t))
        return abs(promoters - detractors - n * t) / math.sqrt(variance) if variance > 0 else math.inf

    limits = []
    for end in (-1.0, 1.0):
        inside, outside = net, end
        for _ in range(25):
            t = (inside + outside) / 2
            inside, outside = (t, outside) if far(t) <= Z else (inside, t)
        limits.append(inside if far(end) > Z else end)
    return limits[0], limits[1]


def coverage(interval: Interval, n: int, grid: list[tuple[float, float]]) -> tuple[Values, Values]:
    """How often the interval holds each mix's net share, and how wide it is on average."""
    if n <= EXACT_TO:
        outcomes = np.array([(p, d) for p in range(n + 1) for d in range(n + 1 - p)])
        weights = [_probabilities(outcomes, n, p, d) for p, d in grid]
    else:
        rng = np.random.default_rng(n)
        drawn = np.array([rng.multinomial(n, [p, d, max(0.0, 1 - p - d)], DRAWS)[:, :2] for p, d in grid])
        outcomes, of = np.unique(drawn.reshape(-1, 2), axis=0, return_inverse=True)
        of = of.reshape(len(grid), DRAWS)
        weights = [np.bincount(row, minlength=len(outcomes)) / DRAWS for row in of]
    limits = (
        np.array([interval(p, d, n) for p, d in outcomes.tolist()])
        if interval is not told
        else _all(outcomes, n)
    )
    held = [(limits[:, 0] <= p - d + 1e-9) & (p - d - 1e-9 <= limits[:, 1]) for p, d in grid]
    wide = limits[:, 1] - limits[:, 0]
    return (
        np.array([w[h].sum() for w, h in zip(weights, held, strict=True)]),
        np.array([w @ wide for w in weights]),
    )


def _all(outcomes: Counts, n: int) -> Values:
    """What `told` says of every outcome, at once; of some it is asked whether it does."""
    promoters, detractors = outcomes.T
    counts = np.column_stack([detractors, n - promoters - detractors, promoters])
    limits = mean_intervals(NET.points, counts + np.array(NET.masses))
    limits[promoters == n, 1], limits[detractors == n, 0] = 1, -1
    for i in np.linspace(0, len(outcomes) - 1, 25).astype(int):
        own = told(int(promoters[i]), int(detractors[i]), n)
        assert np.allclose(limits[i], own, atol=1e-4), f"{outcomes[i]}: {limits[i]}, {own}"
    return limits


def _probabilities(outcomes: Counts, n: int, p: float, d: float) -> Values:
    promoters, detractors = outcomes.T
    passives = n - promoters - detractors
    log = special.gammaln(n + 1) - sum(special.gammaln(k + 1) for k in (promoters, detractors, passives))
    log = log + special.xlogy(promoters, p) + special.xlogy(detractors, d)
    found: Values = np.exp(log + special.xlogy(passives, max(0.0, round(1 - p - d, 12))))
    return found


def scale_coverage(
    points: int, n: int, *, draws: int = 2_000, seed: int = 1
) -> tuple[Values, Values, list[str]]:
    """Of scales with so many points: how often Dirichlet's and Student's intervals hold the mean, each of 28 shapes of
    answers, from even to nearly all at the top, bell-shaped, flat and U-shaped."""
    rng, x = np.random.default_rng(seed), np.arange(points) / (points - 1)
    t = float(special.stdtrit(n - 1, 0.975))
    ours, students, names = [], [], []
    for mean in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        for precision in (0.8, 2, 5, 20):
            shares = _beta_binomial(points - 1, mean * precision, (1 - mean) * precision)
            truth = float(shares @ x)
            counts, of = np.unique(rng.multinomial(n, shares, draws), axis=0, return_inverse=True)
            limits = _all_limits(x, counts)[of]
            means = counts @ x / n
            half = t * np.sqrt(np.maximum(0, counts @ x**2 / n - means**2) / (n - 1))
            ours.append(np.mean((limits[:, 0] <= truth) & (truth <= limits[:, 1])))
            students.append(np.mean((np.abs(means - truth) <= half)[of]))
            names.append(f"mean {mean:g}, precision {precision:g}")
    return np.array(ours), np.array(students), names


def _all_limits(x: Values, counts: Counts) -> Values:
    """What `scale_mean` says of every row of counts, at once; of some it is asked whether it does."""
    prior = of_scale(0, 1)
    limits = mean_intervals(x, counts + np.bincount([0, len(x) - 1], prior.masses, minlength=len(x)))
    total = counts.sum(axis=1)
    limits[counts[:, -1] == total, 1], limits[counts[:, 0] == total, 0] = 1, 0
    for i in np.linspace(0, len(counts) - 1, 5).astype(int):
        own = _limits(np.repeat(x, counts[i]))
        assert np.allclose(limits[i], own, atol=1e-4), f"{counts[i]}: {limits[i]}, {own}"
    return limits


def _limits(values: Values) -> tuple[float, float]:
    e = scale_mean(values, 0, 1)
    assert e.low is not None
    assert e.high is not None
    return e.low, e.high


def _beta_binomial(n: int, a: float, b: float) -> Values:
    k = np.arange(n + 1)
    found: Values = special.binom(n, k) * np.exp(special.betaln(k + a, n - k + b) - special.betaln(a, b))
    return found


def figures() -> Iterator[Figure]:
    inner, corners = mixes(), mixes(corners=True)
    print(
        f"  coverage of NPS, 95% intervals: {len(inner)} mixes, each group ≥ 5%; and {len(corners)} corners"
    )
    print(
        "     n  interval        lowest  highest  mean   <93%   >97%   width   corners: lowest  <93%   >97%"
    )
    within = {}
    for n in SIZES:
        for name, interval in (("Wald", wald), ("adjusted Wald", adjusted_wald), ("score (Tango)", score),
                               ("Dirichlet", told)):  # fmt: skip
            everywhere, wide = coverage(interval, n, [*inner, *corners])
            held, at_corners = everywhere[: len(inner)], everywhere[len(inner) :]
            print(
                f"  {n:>4}  {name:<14}  {held.min():.3f}   {held.max():.3f}    {held.mean():.3f}  {_low(held):.3f}"
                f"  {_high(held):.3f}  {100 * wide[: len(inner)].mean():5.1f}   {at_corners.min():>15.3f}"
                f"  {_low(at_corners):.3f}  {_high(at_corners):.3f}"
            )
            if name == "Dirichlet":
                within[n] = held
    for n, held in within.items():
        off = [f"{100 * p:.0f}/{100 * d:.0f} {h:.3f}" for (p, d), h in zip(inner, held, strict=True)
               if not 0.93 <= h <= 0.97 and p >= d]  # fmt: skip
        if off:
            print(f"  {n} answers, promoters/detractors outside 93–97%: {', '.join(off)}")
    for n, held in within.items():
        yield Figure(
            f"NPS, {n} answers: lowest coverage", 100 * held.min(), "%", target=93, more_is_better=True
        )
        share = 100 * float(np.mean((held >= 0.93) & (held <= 0.97)))
        yield Figure(f"NPS, {n} answers: mixes covered 93–97%", share, "%", target=90, more_is_better=True)
    for points in (5, 7, 11):
        ours, students, names = scale_coverage(points, 10)
        name = f"mean on {points} points, n 10: lowest ({names[int(ours.argmin())]})"
        least = 100 * ours.min()
        yield Figure(
            name,
            least,
            "%",
            target=93,
            more_is_better=True,
            baseline=100 * students.min(),
            baseline_name="Student",
        )
    yield Figure("1,000 intervals of NPS of 100 answers", _seconds(), "s", target=1)


def _low(held: Values) -> float:
    return float(np.mean(held < 0.93))


def _high(held: Values) -> float:
    return float(np.mean(held > 0.97))


def _seconds() -> float:
    counts = np.random.default_rng(1).multinomial(100, [0.2, 0.3, 0.5], 1_000) + 0.6
    return median_seconds(lambda: mean_intervals([-1, 0, 1], counts))
