"""Making a data folder."""

from __future__ import annotations

import click

from polku import library
from polku.settings import read_settings


@click.command()
@click.argument("folder", type=click.Path())
def init(folder: str) -> None:
    """Make an empty data folder."""
    settings = read_settings(folder)
    library.make_folder(settings)
    click.echo(f"{settings.folder} is ready. Next: polku serve --data {folder}")
