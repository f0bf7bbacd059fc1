"""Filling a data folder with the demo shop's year."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import click
import numpy as np
import pyarrow as pa

from polku import demo as shop
from polku.cli.options import data_option
from polku.collect.store import ensure_source
from polku.errors import Conflict
from polku.i18n import gettext, number
from polku.journeys import Rule, TouchpointSpec, install_touchpoints
from polku.library import make_folder, open_workspace
from polku.settings import Settings, read_settings
from polku.store import kernels
from polku.workspace import Workspace

CHANNELS = {
    "email": "email",
    "phone": "phone",
    "chat": "chat",
    "till": "shop",
    "delivery": "delivery",
    "survey": "survey",
}
"""The channel of a demo source, by its kind, when that is not a kind of Polku's."""


def demo(help: str) -> click.Command:
    @click.command("demo", help=help)
    @data_option
    @click.option(
        "--customers",
        type=click.IntRange(100),
        default=20_000,
        show_default=True,
        help=gettext("How many customers"),
    )
    @click.option(
        "--seed", type=int, default=1, show_default=True, help=gettext("The same number makes the same shop")
    )
    @click.option(
        "--until", type=click.DateTime(["%Y-%m-%d"]), help=gettext("The last day  [default: today]")
    )
    def run(folder: str, customers: int, seed: int, until: datetime | None) -> None:
        fill_demo(
            read_settings(folder), seed=seed, customers=customers, until=until.date() if until else None
        )

    return run


def fill_demo(settings: Settings, *, seed: int, customers: int, until: date | None) -> None:
    """Make a data folder with demo data and `planted_truths.json`.

    The same seed, number and day make the same data. Raises Conflict if the folder has events already.
    """
    make_folder(settings, touchpoints=False)
    day = until or datetime.now(UTC).date()
    now = datetime.combine(day, time(), UTC)
    with open_workspace(settings) as workspace:
        if workspace.store.snapshot.next_seq > 1:
            raise Conflict(
                "%(folder)s has events already. Choose a new folder for the demo.", folder=settings.folder
            )
        numbers = _install(workspace)
        world, stored = shop.make_world(seed, now=now, customers=customers), 0
        with click.progressbar(length=0, label=gettext("Making events"), show_eta=False) as bar:
            for table in world.log.tables():
                sources = pa.array(numbers[table["source"].to_numpy()])
                stored += workspace.store.append(table.set_column(0, table.schema.field(0), sources)).accepted
                bar.update(table.num_rows)
        truths = json.dumps(shop.truths(world), ensure_ascii=False, indent=2)
        (settings.folder / "planted_truths.json").write_text(truths, encoding="utf-8")
        blocks = workspace.engine.refresh()
        kernels.compile_all()
        shop.deal_with_cases(workspace, seed=seed, now=now)
    click.echo(
        gettext(
            "%(events)s events of %(profiles)s profiles, %(first)s to %(last)s. Planted truths: %(file)s",
            events=number(stored),
            profiles=number(blocks.profiles),
            first=day - timedelta(days=365),
            last=day,
            file=settings.folder / "planted_truths.json",
        )
    )


def _install(workspace: Workspace) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Install sources and touchpoints; returns the source numbers here by those of the demo."""
    with workspace.db.session() as session:
        numbers = np.zeros(len(shop.SOURCES) + 1, np.int16)
        for s in shop.SOURCES:
            kind, channel = ("server", CHANNELS[s.kind]) if s.kind in CHANNELS else (s.kind, s.kind)
            made = ensure_source(
                session, name=s.name, kind=kind, channel=channel, public=kind in ("web", "app")
            )
            numbers[s.id] = made.id
        names = {s.id: s.name for s in shop.SOURCES}
        install_touchpoints(session, [_spec(t, i, names) for i, t in enumerate(shop.TOUCHPOINTS, 1)])
    return numbers


def _spec(touchpoint: shop.DemoTouchpoint, place: int, sources: dict[int, str]) -> TouchpointSpec:
    rules = tuple(
        Rule(
            source=sources[r.source] if r.source else "",
            type=r.type or "",
            name=r.name or "",
            path=r.path or "",
            property=r.property or "",
            operator="equals" if r.property else "",
            value=r.equals or "",
            position=place,  # the first that matches wins
        )
        for r in touchpoint.match
    )
    t = touchpoint
    return TouchpointSpec(t.key, t.name_fi, t.name_en, t.channel, t.stage, rules)
