"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from polku.i18n import gettext


def data_option(command: Callable[..., Any]) -> Any:
    """Adds `--data`, whose value is called `folder`; its words are in the language of this moment."""
    option = click.option(
        "--data", "folder", type=click.Path(), envvar="POLKU_DATA", default="data", show_default=True,
        help=gettext("The data folder"),
    )  # fmt: skip
    return option(command)
