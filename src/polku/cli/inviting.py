"""`polku surveys invite`: ask a list or a segment; without --go only what would come of it is told."""

from __future__ import annotations

import json
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import click
import httpx
from pydantic import TypeAdapter

from polku.cli.options import data_option, from_options
from polku.cli.output import show
from polku.errors import InvalidInput, NotReady
from polku.i18n import gettext, use_language
from polku.library import client_of, open_workspace, raise_for_error
from polku.settings import read_settings
from polku.store import running_server
from polku.surveys.distribution.addresses import rows_of
from polku.surveys.distribution.inviting import Invitations, Invite, invite


def invite_command() -> click.Command:
    summary = gettext(
        "Ask a list of addresses or a segment. Without --go nobody is asked: it is told who would be, who not, and why."
    )

    @click.command("invite", help=summary)
    @click.argument("survey")
    @click.option(
        "--list",
        "file",
        type=click.Path(),
        help=gettext("A spreadsheet (.xlsx), CSV or text file with addresses, one a line"),
    )
    @click.option(
        "--name",
        default="",
        help=gettext("Name of the mailing: nobody is asked twice in mailings of one name"),
    )
    @click.option("--stage", default="", help=gettext("Only customers at this stage, by its key"))
    @click.option(
        "--segment", default="", help=gettext("Only customers of this segment: the name of a saved analysis")
    )
    @click.option(
        "--who",
        multiple=True,
        help=gettext("Only customers of whom this holds, e.g. plan=pro; may be given again"),
    )
    @click.option(
        "--channel", type=click.Choice(["email", "sms"]), default="email", help=gettext("email or sms")
    )
    @click.option("--percent", type=float, default=100.0, help=gettext("Per cent of them, chosen by lot"))
    @click.option(
        "--words", default="", help=gettext("The text message in your own words, with {link} and {stop}")
    )
    @click.option("--go", is_flag=True, help=gettext("Ask them"))
    @click.option("--json", "as_json", is_flag=True, help=gettext("Print the answer as JSON, in English"))
    @data_option
    def run(survey: str, file: str | None, folder: str, as_json: bool, **given: Any) -> None:
        asked = from_options(Invite, {"survey": survey, **given, "who": list(given["who"])})
        with use_language("en") if as_json else nullcontext(), ExitStack() as closing:
            opened = closing.enter_context(_opened(file)) if file else None
            answer = _invited(folder, asked, opened)
        if as_json:
            plain = TypeAdapter(Invitations).dump_python(answer, mode="json")
            click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        else:
            show(answer)

    return run


def _opened(file: str) -> BinaryIO:
    path = Path(file)
    if not path.is_file():
        raise InvalidInput("There is no file %(file)s.", file=file)
    return path.open("rb")


def _invited(folder: str, asked: Invite, file: BinaryIO | None) -> Invitations:
    """By the server that has the folder open, else here: then letters go when a server is started."""
    settings = read_settings(folder)
    server = running_server(settings.folder)
    if server is None:
        with open_workspace(settings) as workspace:
            workspace.local.refresh()
            return invite(workspace, asked, rows_of(file) if file else None, by=gettext("the command line"))
    with client_of(server) as client:
        try:
            content = iter(lambda: file.read(1 << 16), b"") if file else b""
            answer = client.post("surveys/invite", params=asked.model_dump(mode="json"), content=content)
        except httpx.HTTPError as e:
            raise NotReady(
                "The server at %(address)s does not answer (%(why)s). Try again in a moment.",
                address=server.url,
                why=e,
            ) from e
    raise_for_error(answer)
    return TypeAdapter(Invitations).validate_json(answer.content)
