"""Commands made of queries: `polku journeys funnel --steps a,b,c --within 30d --data D --json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from pydantic import TypeAdapter
from pydantic_core import PydanticUndefined

from polku import library
from polku.cli.output import show
from polku.workspace import Query

data_option = click.option(
    "--data", "folder", type=click.Path(), envvar="POLKU_DATA", default="data", show_default=True,
    help="The data folder",
)  # fmt: skip


def add_queries(root: click.Group, queries: Sequence[type[Query]]) -> None:
    """Give each query a command under the group of its slice."""
    for query in queries:
        slice_name, *rest = query.path.split("/")
        group = root.commands.get(slice_name)
        if not isinstance(group, click.Group):
            group = click.Group(slice_name, help=f"Ask of {slice_name}")
            root.add_command(group)
        group.add_command(_command(query, "-".join(rest)))


def _command(query: type[Query], name: str) -> click.Command:
    def run(folder: str, as_json: bool, **given: Any) -> None:
        asked = library.make_query(query, {k: v for k, v in given.items() if v not in (None, ())})
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
