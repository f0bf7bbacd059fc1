"""Options that several commands have."""

from __future__ import annotations

import click

data_option = click.option(
    "--data", "folder", type=click.Path(), envvar="POLKU_DATA", default="data", show_default=True,
    help="The data folder",
)  # fmt: skip
