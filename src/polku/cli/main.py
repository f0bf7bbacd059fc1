"""`polku`: make a data folder, serve it, bring data in, ask."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from datetime import datetime
from pathlib import Path

import click

from polku import library
from polku.cli.demo import fill_demo
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


@root.command()
@data_option
@click.option("--customers", type=click.IntRange(100), default=20_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day  [default: today]")
def demo(folder: str, customers: int, seed: int, until: datetime | None) -> None:
    """Make a data folder with a year of a made-up outdoor shop."""
    fill_demo(read_settings(folder), seed=seed, customers=customers, until=until.date() if until else None)


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
