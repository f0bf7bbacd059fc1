"""Options that several commands have, and what they say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
from pydantic import BaseModel, ValidationError

from polku.errors import InvalidInput
from polku.i18n import gettext
from polku.validation import problem

Model = TypeVar("Model", bound=BaseModel)


def data_option(command: Callable[..., Any]) -> Any:
    """Adds `--data`, whose value is called `folder`; its words are in the language of this moment."""
    option = click.option(
        "--data", "folder", type=click.Path(), envvar="POLKU_DATA", default="data", show_default=True,
        help=gettext("The data folder"),
    )  # fmt: skip
    return option(command)


def from_options(model: type[Model], given: Mapping[str, Any]) -> Model:
    """What options of a model's names say. Raises InvalidInput that names the first option that cannot be."""
    try:
        return model(**given)
    except ValidationError as e:
        first = e.errors()[0]
        raise InvalidInput(
            "--%(option)s: %(problem)s (given: %(given)s).",
            option=str(first["loc"][0]).replace("_", "-"),
            problem=problem(dict(first)),
            given=repr(first["input"]),
        ) from e
