"""`polku`: make a data folder, serve it, bring data in, ask."""

from __future__ import annotations

import errno
import gc
import logging
import sys
from importlib import import_module
from typing import Any, Final

import click

from polku.errors import PolkuError

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("polku.cli.folder:init", "Make an empty data folder."),
    "serve": ("polku.cli.server:serve", "Serve pages, the API and the collectors."),
    "import": (
        "polku.cli.importing:import_files",
        "Import events from files: CSV, JSON lines and Parquet, also gzipped.",
    ),
    "demo": ("polku.cli.demo:demo", "Make a data folder with a year of a made-up outdoor shop."),
    "journeys": ("polku.cli.queries:journeys", "Ask about journeys: the map, funnels, paths, volumes."),
    "touchpoints": (
        "polku.cli.queries:touchpoints",
        "Ask about touchpoints and the events that are none yet.",
    ),
    "sources": ("polku.cli.queries:sources", "Ask where events come from."),
    "rejected": ("polku.cli.queries:rejected", "Ask what could not be taken, and why."),
    "profiles": ("polku.cli.queries:profiles", "Ask about customers: search, one customer, who is who."),
}
"""Where each command is, and what `polku --help` says of it."""

_OF_THE_MACHINE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})


class _LoadedWhenUsed(click.Group):
    """A group whose commands are imported when they are run: half of Polku is not needed to tell its version."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        gc.disable()  # what is imported is no garbage: looking for it takes a third of the start
        command: Any = getattr(import_module(module), name)
        gc.freeze()
        gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=_LoadedWhenUsed, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="polku")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    help="How much to tell on standard error",
)
def root(log_level: str | None) -> None:
    """Polku: every touchpoint, one path per customer."""
    level = (log_level or "warning").upper()
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )


def main() -> None:
    """Run the command line; an error on purpose is a message, not a traceback."""
    try:
        root(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except PolkuError as e:
        click.echo(f"polku: {e.message}", err=True)
        sys.exit(1)
    except OSError as e:
        if e.errno not in _OF_THE_MACHINE:
            raise
        where = f" ({e.filename})" if e.filename else ""
        click.echo(
            f"polku: {e.strerror}{where}. Free some space or give Polku the right to write there.", err=True
        )
        sys.exit(1)
