"""`polku`: make a data folder, serve it, bring data in, ask."""

from __future__ import annotations

import errno
import gc
import logging
import os
import sys
from importlib import import_module
from typing import Any, Final

import click

from polku.cli.language import chosen_language, teach_click
from polku.errors import PolkuError, system_reason
from polku.i18n import LazyText, _l, at_a_terminal, gettext, in_words, translate, use_language

COMMANDS: Final[dict[str, tuple[str, LazyText]]] = {
    "init": ("polku.cli.folder:init", _l("Make an empty data folder.")),
    "serve": ("polku.cli.server:serve", _l("Serve pages, the API and the collectors.")),
    "import": (
        "polku.cli.importing:import_files",
        _l("Import events from files (CSV, JSON lines, Parquet) and logs (XES, OCEL 2.0), also gzipped."),
    ),
    "export": (
        "polku.cli.exporting:export_events",
        _l("Write every event to a file: Parquet, or a log in XES."),
    ),
    "demo": ("polku.cli.demo:demo", _l("Make a data folder with a year of a made-up outdoor shop.")),
    "journeys": ("polku.cli.queries:journeys", _l("Ask about journeys: the map, funnels, paths, volumes.")),
    "touchpoints": (
        "polku.cli.queries:touchpoints",
        _l("Ask about touchpoints and the events that are none yet."),
    ),
    "lake": (
        "polku.cli.lake:lake",
        _l("Share events with other Polkus, and ask a cluster about all of them."),
    ),
    "surveys": (
        "polku.cli.surveys:surveys",
        _l("Check the definition of a survey, begin with a ready one, convert one of LimeSurvey."),
    ),
    "feedback": (
        "polku.cli.feedback:feedback",
        _l("Ask what customers say in their own words, and analyse the comments of a file."),
    ),
    "cases": (
        "polku.cli.queries:cases",
        _l("Ask about cases that low scores opened: who has them, and how soon they are dealt with."),
    ),
    "sources": ("polku.cli.queries:sources", _l("Ask where events come from.")),
    "rejected": ("polku.cli.queries:rejected", _l("Ask what could not be taken, and why.")),
    "mail": ("polku.cli.mail:mail", _l("Look into the outbox, and try whether letters arrive.")),
    "webhooks": ("polku.cli.queries:webhooks", _l("Look at the calls made to other systems.")),
    "profiles": ("polku.cli.queries:profiles", _l("Ask about customers: search, one customer, who is who.")),
}
"""Where each command is made, by a function of its help, and what that says in `polku --help` too."""

_OF_THE_MACHINE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})


class _LoadedWhenUsed(click.Group):
    """A group whose commands are imported when they are run: half of Polku is not needed to tell its version."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        place, summary = COMMANDS[cmd_name]
        module, _, name = place.partition(":")
        gc.disable()  # what is imported is no garbage: looking for it takes a third of the start
        command: Any = getattr(import_module(module), name)(str(summary))
        gc.freeze()
        gc.enable()
        assert isinstance(command, click.Command)
        return _with_spoken_usage(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(translate("Commands")):
            formatter.write_dl([(name, str(summary)) for name, (_, summary) in COMMANDS.items()])


def _with_spoken_usage(command: click.Command) -> click.Command:
    """Click writes [OPTIONS] in English only."""
    command.options_metavar = gettext("[OPTIONS]")
    if isinstance(command, click.Group):
        command.subcommand_metavar = gettext("COMMAND [ARGS]...")
        if not isinstance(command, _LoadedWhenUsed):
            for inner in command.commands.values():
                _with_spoken_usage(inner)
    return command


def root() -> click.Group:
    """The whole command line, in the language of this moment."""

    @click.group(
        cls=_LoadedWhenUsed,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=gettext("Polku: every touchpoint, one path per customer."),
    )
    @click.version_option(package_name="polku")
    @click.option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
        help=gettext("How much to tell on standard error"),
    )
    def polku(log_level: str | None) -> None:
        level = (log_level or "warning").upper()
        logging.basicConfig(
            level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
        )

    _with_spoken_usage(polku)
    return polku


def main() -> None:
    """Run the command line; an error on purpose is a message, not a traceback."""
    with use_language(chosen_language(sys.argv[1:], os.environ)):
        teach_click()
        _run()


def _run() -> None:
    try:
        root()(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except PolkuError as e:
        click.echo(f"polku: {at_a_terminal(e)}", err=True)
        sys.exit(1)
    except OSError as e:
        if e.errno not in _OF_THE_MACHINE:
            raise
        where = f" ({e.filename})" if e.filename else ""
        advice = gettext("Free some space or give Polku the right to write there.")
        click.echo(f"polku: {in_words(system_reason(e))}{where}. {advice}", err=True)
        sys.exit(1)
