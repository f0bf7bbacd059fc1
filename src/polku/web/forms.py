"""Forms: what was typed, read into a pydantic model, with each error beside its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Generic, TypeVar, get_origin

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData as Posted

from polku.i18n import LazyText, _l, gettext
from polku.security import SHORTEST_PASSWORD

LONGEST_PASSWORD: Final = 200


class Form(BaseModel):
    """Base of forms: a field each, with its type and limits. Surrounding blanks are dropped."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, extra="ignore")


class FieldError(ValueError):
    """Raised by a form's validator, with a lazy text that stands beside the field."""

    def __init__(self, text: LazyText) -> None:
        super().__init__(text.text)
        self.text = text


F = TypeVar("F", bound=Form)


@dataclass(slots=True)
class Filled(Generic[F]):
    """A form as it was filled: values as typed, errors by field ('' is the whole form), the form if right."""

    raw: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    form: F | None = None

    def refuse(self, name: str, message: str) -> None:
        """Add an error that the form itself cannot know, e.g. that an address is taken."""
        self.errors[name] = message
        self.form = None


async def _posted(request: Request) -> Posted:
    return await request.form()


FormData = Annotated[Posted, Depends(_posted)]
"""What a page's form sent, for a route's parameter."""


def read_form(model: type[F], data: Posted) -> Filled[F]:
    """Read what was posted. An empty field is a missing one, so that a default or an error follows."""
    raw: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if get_origin(info.annotation) in (list, tuple):
            raw[name] = data.getlist(name)
        elif isinstance(value := data.get(name), str) and value.strip():
            raw[name] = value
    try:
        return Filled(raw, form=model.model_validate(raw))
    except ValidationError as e:
        errors: dict[str, str] = {}
        for error in e.errors():
            errors.setdefault(str(error["loc"][0]) if error["loc"] else "", _in_words(error))
        return Filled(raw, errors)


def _in_words(error: ErrorDetails) -> str:
    given: dict[str, Any] = error.get("ctx", {})
    cause = given.get("error")
    if isinstance(cause, FieldError):
        return str(cause.text)
    match error["type"]:
        case "missing":
            return gettext("Fill this in.")
        case "string_too_short":
            return gettext("Use at least %(least)s characters.", least=given["min_length"])
        case "string_too_long":
            return gettext("Use at most %(most)s characters.", most=given["max_length"])
        case "int_parsing" | "int_type" | "int_from_float":
            return gettext("Give a whole number.")
        case "float_parsing" | "float_type" | "finite_number" | "decimal_parsing":
            return gettext("Give a number.")
        case "greater_than_equal":
            return gettext("Give at least %(least)s.", least=given["ge"])
        case "less_than_equal":
            return gettext("Give at most %(most)s.", most=given["le"])
        case "literal_error" | "enum":
            return gettext("Choose one of these.")
        case kind if kind.startswith("date"):
            return gettext("Give a date, e.g. 2026-11-23.")
    return gettext("This cannot be used as it is.")


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+", text):
        raise FieldError(_l("Give an e-mail address, e.g. anna@example.fi."))
    return text.lower()


Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Name = Annotated[str, Field(max_length=200)]
NewPassword = Annotated[
    str,
    StringConstraints(strip_whitespace=False, min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD),
]
Password = Annotated[str, StringConstraints(strip_whitespace=False, max_length=LONGEST_PASSWORD)]
