"""Commands made of queries: `polku journeys funnel --steps a,b,c --within 30d --data D --json`."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from typing import Any

import click
from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined

from polku import library
from polku.cli.options import data_option
from polku.cli.output import show
from polku.i18n import gettext, translate, use_language
from polku.workspace import Query


def query_group(slice_name: str, help: str) -> click.Group:
    """A group with a command for each query of a slice, in the language of this moment."""
    group = click.Group(slice_name, help=help)
    for query in library.QUERIES:
        first, *rest = query.path.split("/")
        if first == slice_name:
            group.add_command(_command(query, "-".join(rest) or "list"))
    return group


def _command(query: type[Query], name: str) -> click.Command:
    def run(folder: str, as_json: bool, **given: Any) -> None:
        asked = query.of({k: v for k, v in given.items() if v not in (None, ())})
        # what programs read is in English, whoever asks
        with use_language("en") if as_json else nullcontext(), library.open(folder) as polku:
            answer = polku.ask(asked)
        if as_json:
            plain = TypeAdapter(query.result_type()).dump_python(answer, mode="json")
            click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
        else:
            show(answer)

    parameters: list[click.Parameter] = []
    for field, info in query.model_fields.items():
        required = info.is_required()
        if field in query.positional:
            parameters.append(click.Argument([field], required=required))
            continue
        default = None if info.default in (None, PydanticUndefined) else info.default
        help_ = translate(info.description) if info.description else ""
        if default not in (None, [], ()):
            told = translate("default: {default}").format(default=default)
            help_ = f"{help_} [{told}]".strip()
        parameters.append(click.Option([f"--{field.replace('_', '-')}"], required=required, help=help_))
    paragraphs = [translate(p) for p in query.paragraphs()]
    command = click.Command(
        name, callback=run, params=parameters, help="\n\n".join(paragraphs), short_help=paragraphs[0]
    )
    json_option = click.option(
        "--json", "as_json", is_flag=True, help=gettext("Print the answer as JSON, in English")
    )
    made: click.Command = json_option(data_option(command))
    return made


journeys = partial(query_group, "journeys")
profiles = partial(query_group, "profiles")
touchpoints = partial(query_group, "touchpoints")
cases = partial(query_group, "cases")
sources = partial(query_group, "sources")
rejected = partial(query_group, "rejected")
webhooks = partial(query_group, "webhooks")
