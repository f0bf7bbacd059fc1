"""Making a data folder."""

from __future__ import annotations

import click

from polku import library
from polku.i18n import gettext
from polku.settings import read_settings


def init(help: str) -> click.Command:
    @click.command("init", help=help)
    @click.argument("folder", type=click.Path())
    def run(folder: str) -> None:
        settings = read_settings(folder)
        library.make_folder(settings)
        click.echo(
            gettext(
                "%(folder)s is ready. Next: polku serve --data %(given)s",
                folder=settings.folder,
                given=folder,
            )
        )

    return run
