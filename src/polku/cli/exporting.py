"""`polku export`: events to a file, from a folder that is opened here or from the server that has it open."""

from __future__ import annotations

from pathlib import Path

import click

from polku import library
from polku.cli.options import data_option
from polku.exports import EventExport, form_of
from polku.i18n import gettext, number, translate


def export_events(help: str) -> click.Command:
    how = gettext("The file's name says what it is: events.parquet, log.xes or log.xes.gz.")

    def run(file: str, folder: str, **given: str | None) -> None:
        form_of(Path(file))  # a name that will not do is told before a folder is opened
        with library.open(folder) as polku:
            done = polku.export(file, **{k: v for k, v in given.items() if v is not None})
        told = gettext(
            "%(file)s: %(events)s events of %(customers)s customers.",
            file=done.file,
            events=number(done.events),
            customers=number(done.customers),
        )
        click.echo(told)

    options = [
        click.Option([f"--{name}"], help=translate(field.description or ""))
        for name, field in EventExport.model_fields.items()
    ]
    command = click.Command(
        "export",
        callback=run,
        params=[click.Argument(["file"], type=click.Path()), *options],
        help=f"{help}\n\n{how}",
        short_help=help,
    )
    made: click.Command = data_option(command)
    return made
