"""The shop's year: seasons, weekdays, hours of the day in Finland, campaigns; daylight saving done right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_EPOCH = date(1970, 1, 1)
_MONTHS = (0.80, 0.85, 1.00, 1.25, 1.30, 0.95, 0.80, 1.15, 1.35, 1.20, 1.25, 1.30)
_WEEKDAYS = (1.05, 1.00, 1.00, 1.02, 0.85, 0.90, 1.20)

_AROUND_THE_CLOCK = (4, 2, 1, 1, 1, 3, 10, 22, 32, 36, 38, 40, 42, 40, 38, 38, 42, 48, 58, 72, 80, 66, 38, 14)
_OFFICE = (0, 0, 0, 0, 0, 0, 0, 0, 20, 34, 36, 30, 24, 28, 30, 28, 20, 12, 0, 0, 0, 0, 0, 0)
_LONG_DAY = (0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 24, 24, 22, 22, 22, 22, 26, 34, 40, 42, 36, 0, 0, 0)
_SHOP = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 18, 26, 28, 28, 32, 40, 42, 26, 0, 0, 0, 0, 0)
_COURIER = (0, 0, 0, 0, 0, 0, 0, 0, 10, 20, 26, 28, 24, 26, 30, 34, 36, 30, 24, 12, 0, 0, 0, 0)
_MORNING = (0, 0, 0, 0, 0, 0, 0, 10, 40, 40, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When in the day things happen (weight per local hour), and whether weekends are worked."""

    hours: tuple[int, ...]
    weekends: bool = True


HOME: Final = Rhythm(_AROUND_THE_CLOCK)
PHONE_HOURS: Final = Rhythm(_OFFICE, weekends=False)
CHAT_HOURS: Final = Rhythm(_LONG_DAY)
SHOP_HOURS: Final = Rhythm(_SHOP)
COURIER: Final = Rhythm(_COURIER, weekends=False)
MORNING: Final = Rhythm(_MORNING, weekends=False)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that comes back every year: its first day, how long, and how much it raises visits."""

    name: str
    slug: str
    month: int
    day: int
    days: int
    lift: float


CAMPAIGNS: Final = (
    Campaign("Uudenvuoden ale", "uudenvuoden-ale", 1, 2, 10, 1.35),
    Campaign("Hiihtolomaviikot", "hiihtolomaviikot", 2, 13, 14, 1.20),
    Campaign("Kevään vaelluspäivät", "kevaan-vaelluspaivat", 4, 9, 10, 1.30),
    Campaign("Kesäretkelle", "kesaretkelle", 5, 21, 12, 1.20),
    Campaign("Ruskaviikot", "ruskaviikot", 8, 27, 12, 1.40),
    Campaign("Valoa pimeään", "valoa-pimeaan", 10, 8, 8, 1.20),
    Campaign("Musta viikko", "musta-viikko", 11, 21, 7, 1.80),
    Campaign("Joululahjat poluille", "joululahjat", 12, 3, 12, 1.30),
)


class Calendar:
    """The year before `now` in local days; times are microseconds since 1970 in UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = int(now.timestamp() * SECOND)
        first = (now - timedelta(days=365)).astimezone(HELSINKI).date() + timedelta(days=1)
        last = now.astimezone(HELSINKI).date()
        self.first_day = (first - _EPOCH).days
        self.days = (last - first).days + 1
        self._turns, self._offsets = _offsets(first, last)
        dates = [first + timedelta(days=i) for i in range(self.days)]
        self.campaign = np.array([_campaign_on(d) for d in dates], dtype=np.int64)
        lift = np.array([c.lift for c in CAMPAIGNS] + [1.0])
        self.weights = np.array([_weight(d) for d in dates]) * lift[self.campaign]
        self.start = self.day_start(0)

    def to_utc(self, local: Ints) -> Ints:
        """Wall clock to UTC, in microseconds: a skipped hour falls back, a doubled one is the first."""
        before = self._offsets[:-1]
        return local - self._offsets[np.searchsorted(self._turns + before, local, side="right")]

    def to_local(self, at: Ints) -> Ints:
        """UTC microseconds to wall-clock microseconds."""
        return at + self._offsets[np.searchsorted(self._turns, at, side="right")]

    def day_start(self, day: int) -> int:
        """Midnight that begins the year's `day` (0 is the first), in UTC."""
        return int(self.to_utc(np.array([(self.first_day + day) * DAY]))[0])

    def hour(self, at: Ints) -> Ints:
        """Local hour of the day, 0–23."""
        return self.to_local(at) % DAY // HOUR

    def campaign_at(self, at: Ints) -> Ints:
        """Which of CAMPAIGNS runs on the local day, −1 for none."""
        day = np.clip(self.to_local(at) // DAY - self.first_day, 0, self.days - 1)
        return self.campaign[day]

    def weight_at(self, at: Ints) -> Floats:
        """How busy the local day is; 1 is an ordinary day."""
        day = np.clip(self.to_local(at) // DAY - self.first_day, 0, self.days - 1)
        return np.asarray(self.weights[day])

    def moments(self, rng: np.random.Generator, n: int, rhythm: Rhythm) -> Ints:
        """`n` times of the year, by season, weekday and hour."""
        day = self.first_day + rng.choice(self.days, n, p=self.weights / self.weights.sum())
        return self._at_hour(rng, day, rhythm)

    def later(self, rng: np.random.Generator, at: Ints, days: Ints, rhythm: Rhythm) -> Ints:
        """A time of day by `rhythm`, `days` (1 or more) local days after `at`, off the weekend if need be."""
        return self._at_hour(rng, self.to_local(at) // DAY + days, rhythm)

    def _at_hour(self, rng: np.random.Generator, day: Ints, rhythm: Rhythm) -> Ints:
        if not rhythm.weekends:
            weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
            day = day + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))
        share = np.array(rhythm.hours, dtype=float)
        hour = rng.choice(24, len(day), p=share / share.sum())
        return self.to_utc(day * DAY + hour * HOUR + rng.integers(0, HOUR // 1000, len(day)) * 1000)


def _offsets(first: date, last: date) -> tuple[Ints, Ints]:
    """Instants at which Finland's offset changes, and the offsets before, between and after them."""
    hour = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=40)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=250)
    turns: list[int] = []
    offsets: list[int] = []
    while hour < end:
        shift = hour.astimezone(HELSINKI).utcoffset() or timedelta()
        offset = int(shift.total_seconds()) * SECOND
        if not offsets:
            offsets.append(offset)
        elif offset != offsets[-1]:
            turns.append(int(hour.timestamp()) * SECOND)
            offsets.append(offset)
        hour += timedelta(hours=1)
    return np.array(turns, dtype=np.int64), np.array(offsets, dtype=np.int64)


def _campaign_on(day: date) -> int:
    for i, campaign in enumerate(CAMPAIGNS):
        begins = date(day.year, campaign.month, campaign.day)
        if begins <= day < begins + timedelta(days=campaign.days):
            return i
    return -1


def _weight(day: date) -> float:
    ahead = (day.day - 15) / 30.5
    near = (day.month - 1 + (1 if ahead > 0 else -1)) % 12
    season = _MONTHS[day.month - 1] * (1 - abs(ahead)) + _MONTHS[near] * abs(ahead)
    return season * _WEEKDAYS[day.weekday()] * _quiet(day)


def _quiet(day: date) -> float:
    """Midsummer Eve (the Friday of 19–25 June) with its weekend, and Christmas."""
    if day.month == 12 and day.day >= 22:
        return 0.3 if day.day in (24, 25) else 0.6
    eve = date(day.year, 6, 19)
    eve += timedelta(days=(4 - eve.weekday()) % 7)
    return 0.35 if 0 <= (day - eve).days <= 2 else 1.0
