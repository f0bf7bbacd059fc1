"""`polku lake`: write to a shared folder, look at it, and have a cluster build blocks of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter

from polku import lake as lakes
from polku import library
from polku.cli.options import data_option
from polku.cli.output import show
from polku.i18n import gettext
from polku.settings import Settings, read_settings
from polku.store import running_server
from polku.store.lake.compacting import compact
from polku.store.lake.writing import Written


def lake(help: str) -> click.Group:
    group = click.Group("lake", help=help)
    for made in (_write(), _list(), _compact(), _build()):
        group.add_command(made)
    return group


def _write() -> click.Command:
    @click.command("write", help=gettext("Write the folder's events that the lake does not have yet."))
    @data_option
    @_lake_option
    @_json_option
    def run(folder: str, lake: str | None, as_json: bool) -> None:
        settings = _settings(folder, lake)
        place = lakes.named_lake(settings.lake)
        body = {"lake": place.url}
        _show(_done(settings, "write", body, Written, lambda w: lakes.write(w, place)), as_json)

    return run


def _list() -> click.Command:
    @click.command("list", help=gettext("Who writes to the lake, how much is there and how far each got."))
    @_lake_option
    @_json_option
    def run(lake: str | None, as_json: bool) -> None:
        _show(lakes.contents(lakes.named_lake(lake or "")), as_json)

    return run


def _compact() -> click.Command:
    @click.command("compact", help=gettext("Make big files of each collector's small ones."))
    @_lake_option
    @_json_option
    def run(lake: str | None, as_json: bool) -> None:
        _show(compact(lakes.named_lake(lake or "")), as_json)

    return run


def _build() -> click.Command:
    @click.command(
        "build",
        help=gettext(
            "Build journey blocks of the whole lake on a Spark cluster, for this folder's questions."
        ),
    )
    @data_option
    @_lake_option
    @click.option(
        "--engine",
        envvar="POLKU_ENGINE",
        help=gettext("The cluster, e.g. spark://host:7077  [default: POLKU_ENGINE]"),
    )
    @click.option(
        "--buckets",
        type=click.Choice([str(2**n) for n in range(6, 15)]),
        help=gettext("Into how many blocks  [default: as many as make two million events a block]"),
    )
    @_json_option
    def run(folder: str, lake: str | None, engine: str | None, buckets: str | None, as_json: bool) -> None:
        settings = _settings(folder, lake, engine=engine)
        number = int(buckets or 0)
        done = _done(
            settings, "build", {"buckets": number}, lakes.Built, lambda w: lakes.build(w, buckets=number)
        )
        _show(done, as_json)

    return run


def _settings(folder: str, lake: str | None, **more: Any) -> Settings:
    settings = read_settings(folder, lake=lake, **more)
    if settings.lake and "://" not in settings.lake:  # a server has another working directory
        return replace(settings, lake=str(Path(settings.lake).expanduser().resolve()))
    return settings


def _done(
    settings: Settings, path: str, body: dict[str, Any], kind: type[Any], here: Callable[[Any], Any]
) -> Any:
    """By the server that has the folder open, else here."""
    server = running_server(settings.folder)
    if server is None:
        with library.open_workspace(settings) as workspace:
            return here(workspace)
    with library.client_of(server) as client:
        answer = client.post(f"lake/{path}", json=body)
        library.raise_for_error(answer)
        return TypeAdapter(kind).validate_json(answer.content)


def _show(answer: Any, as_json: bool) -> None:
    if as_json:
        plain = TypeAdapter(type(answer)).dump_python(answer, mode="json")
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        show(answer)


def _lake_option(command: Callable[..., Any]) -> Any:
    option = click.option(
        "--lake",
        envvar="POLKU_LAKE",
        help=gettext("The folder or address of the lake  [default: POLKU_LAKE]"),
    )
    return option(command)


def _json_option(command: Callable[..., Any]) -> Any:
    option = click.option(
        "--json", "as_json", is_flag=True, help=gettext("Print the answer as JSON, in English")
    )
    return option(command)
