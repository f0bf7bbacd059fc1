"""Where each visit is: its clock, its device, whether it is known; and how a step becomes an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from polku.demo.calendar import CAMPAIGNS, SECOND, Flags, Floats, Ints
from polku.demo.catalogue import HOST
from polku.demo.log import Log, late_arrivals
from polku.demo.people import KINDS, MOBILE, People
from polku.demo.sources import APP, WEB, DemoSource
from polku.demo.visits import ENTRIES, NEVER, Visits, identifies, known_since
from polku.store.schema import EventType

_REFERRERS: Final = {
    "search": "https://www.hakukone.example/",
    "social": "https://somevirta.example/",
    "ad": "https://ilmoitus.example/",
    "referral": "https://retkiblogi.example/",
    "internal": f"{HOST}/",
}
_CAMPAIGN_SOURCES: Final = {"social": "somevirta", "ad": "ilmoitus", "email": "uutiskirje"}


class Footsteps:
    """All visits at once: a step emits the events of those who take it and moves their clocks."""

    def __init__(self, log: Log, people: People, rng: np.random.Generator, visits: Visits) -> None:
        self.log, self.visits = log, visits
        self._people, self._rng = people, rng
        self.clock = visits.at.copy()
        self._device = visits.device(people)
        since = known_since(people, visits)[visits.person, visits.slot]
        self._known = since < visits.at
        self.linked = since < NEVER
        self.app = visits.in_app()
        self.mobile = people.device.kind[self._device] == MOBILE
        self._kind = [KINDS[k] for k in people.device.kind[self._device]]
        self._came = [ENTRIES[e] for e in visits.entry]
        self._about = self._contexts()

    def see(self, who: Flags, name: str, paths: Sequence[str], *, landing: bool = False) -> None:
        """Pages seen on the web; in the app the same is a screen without a path."""
        titles = [f'"title":"{name}"'] * len(who)
        self._emit(who & ~self.app, name, titles, paths, kind=EventType.PAGE, landing=landing)
        self._emit(who & self.app, name, titles, None, kind=EventType.SCREEN, source=APP, landing=landing)

    def track(
        self,
        who: Flags,
        name: str,
        details: Sequence[str],
        paths: Sequence[str] | str,
        *,
        value: Floats | None = None,
    ) -> None:
        """A Segment track call; in the app without a path."""
        self._emit(who & ~self.app, name, details, paths, value=value)
        self._emit(who & self.app, name, details, None, source=APP, value=value)

    def tell(self, who: Flags) -> None:
        """Say who they are, those who ever do in this visit: an identify call with traits."""
        people, visits = self._people, self.visits
        tells = who & identifies(people, visits)
        self._known = self._known | tells
        for source in (WEB, APP):
            rows = np.flatnonzero(tells & (self.app == (source is APP)))
            person = visits.person[rows]
            self.clock[rows] += SECOND
            self.log.add(
                source,
                "",
                kind=EventType.IDENTIFY,
                at=self.clock[rows],
                device=self._device[rows],
                user=people.user_of(person, visits.slot[rows]),
                identifiers=[people.identifiers(p) for p in person],
                properties=[people.traits(p) for p in person],
                context=self._context(rows, None if source is APP else ["/kirjaudu"] * len(rows)),
            )

    def meet(self, key: str, who: Flags) -> None:
        """Those visits met `key` just now; on devices that stay unknown it does not count."""
        met = who & self.linked
        self.log.meet(key, self.visits.person[met], self.clock[met])

    def _emit(
        self,
        who: Flags,
        name: str,
        details: Sequence[str],
        paths: Sequence[str] | str | None,
        *,
        kind: EventType = EventType.TRACK,
        source: DemoSource = WEB,
        value: Floats | None = None,
        landing: bool = False,
    ) -> None:
        rows = np.flatnonzero(who)
        self.clock[rows] += (self._rng.lognormal(3.4, 0.9, len(rows)) * SECOND).astype(np.int64)
        person, slot = self.visits.person[rows], self.visits.slot[rows]
        path = None if paths is None else [paths if isinstance(paths, str) else paths[int(i)] for i in rows]
        came = [self._came[i] if landing else "internal" for i in rows]
        self.log.add(
            source,
            name,
            kind=kind,
            at=self.clock[rows],
            device=self._device[rows],
            user=np.where(self._known[rows], self._people.user_of(person, slot), -1),
            path=path,
            value=None if value is None else value[rows],
            properties=[
                f'{{{details[int(i)]},"referrer_kind":"{c}","device":"{self._kind[i]}"}}'
                for i, c in zip(rows, came, strict=True)
            ],
            context=self._context(rows, path, came),
            delay=late_arrivals(self._rng, len(rows), 0.03) if source is APP else None,
        )

    def _context(self, rows: Ints, path: Sequence[str] | None, came: Sequence[str] = ()) -> list[str]:
        about = self._about
        if path is None:
            return [f'{{{about[i]},"app":{{"name":"Polkuvaruste","version":"4.2"}}}}' for i in rows]
        pages = zip(rows, path, came or ["internal"] * len(rows), strict=True)
        return [
            f'{{{about[i]},"page":{{"path":"{p}","url":"{HOST}{p}","referrer":"{_REFERRERS.get(c, "")}"}}}}'
            for i, p, c in pages
        ]

    def _contexts(self) -> list[str]:
        """The part of the context that stays the same through a visit."""
        people, visits = self._people, self.visits
        parts = []
        for i, device in enumerate(self._device):
            person = visits.person[i]
            locale = "en-GB" if people.english[person] else "sv-FI" if people.swedish[person] else "fi-FI"
            about = (
                f'"userAgent":"{people.device.agent[device]}","device":{{"type":"{self._kind[i]}"}},'
                f'"locale":"{locale}","timezone":"Europe/Helsinki"'
            )
            if visits.campaign[i] >= 0:
                came, name = self._came[i], CAMPAIGNS[visits.campaign[i]].name
                source = _CAMPAIGN_SOURCES[came]
                about += f',"campaign":{{"name":"{name}","source":"{source}","medium":"{came}"}}'
            parts.append(about)
        return parts
