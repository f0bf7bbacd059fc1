"""`polku`: make a data folder, serve it, bring data in, ask."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click

from polku import library
from polku.cli.queries import add_queries, data_option
from polku.cli.server import serve as run_server
from polku.errors import PolkuError
from polku.settings import read_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="polku")
@click.option("--log-level", default=None, help="debug, info, warning or error")
def root(log_level: str | None) -> None:
    """Polku: every touchpoint, one path per customer."""
    level = (log_level or "warning").upper()
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )


@root.command()
@click.argument("folder", type=click.Path())
def init(folder: str) -> None:
    """Make an empty data folder."""
    settings = read_settings(folder)
    library.make_folder(settings)
    click.echo(f"{settings.folder} is ready. Next: polku serve --data {folder}")


@root.command()
@data_option
@click.option("--host", help="The address to listen on  [default: 127.0.0.1]")
@click.option("--port", type=int, help="The port to listen on  [default: 8000]")
def serve(folder: str, host: str | None, port: int | None) -> None:
    """Serve pages, the API and the collectors."""
    settings = read_settings(folder, host=host, port=port)
    if not Path(settings.folder).exists():
        library.make_folder(settings)
    logging.getLogger().setLevel(settings.log_level.upper())
    run_server(settings)


add_queries(root, library.QUERIES)


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
