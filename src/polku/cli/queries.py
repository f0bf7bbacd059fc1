"""Commands made of queries: `polku journeys funnel --steps a,b,c --within 30d --data D --json`."""

from __future__ import annotations

import json
from typing import Any

import click
from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined

from polku import library
from polku.cli.options import data_option
from polku.cli.output import show
from polku.workspace import Query


def query_group(slice_name: str, summary: str) -> click.Group:
    """A group with a command for each query of a slice."""
    group = click.Group(slice_name, help=summary)
    for query in library.QUERIES:
        first, *rest = query.path.split("/")
        if first == slice_name:
            group.add_command(_command(query, "-".join(rest) or "list"))
    return group


def _command(query: type[Query], name: str) -> click.Command:
    def run(folder: str, as_json: bool, **given: Any) -> None:
        asked = query.of({k: v for k, v in given.items() if v not in (None, ())})
        with library.open(folder) as polku:
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
        help_ = info.description or ""
        if default not in (None, [], ()):
            help_ = f"{help_} [default: {default}]".strip()
        parameters.append(click.Option([f"--{field.replace('_', '-')}"], required=required, help=help_))
    command = click.Command(
        name, callback=run, params=parameters, help=query.__doc__, short_help=query.summary()
    )
    json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON")
    return json_option(data_option(command))


journeys = query_group("journeys", "Ask about journeys: the map, funnels, paths, volumes.")
profiles = query_group("profiles", "Ask about customers: search, one customer, who is who.")
touchpoints = query_group("touchpoints", "Ask about touchpoints and the events that are none yet.")
sources = query_group("sources", "Ask where events come from.")
rejected = query_group("rejected", "Ask what could not be taken, and why.")
