"""Responses as an SPSS file: labels, measure levels and missing values told, what SPSS cannot hold said."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat

from polku.surveys.results.questions import Choice
from polku.surveys.results.responses import ANSWERS, Responses
from polku.surveys.results.variables import Variable, variables

MEDIA_TYPE: Final = "application/x-spss-sav"
LONGEST_NAME: Final = 64
LONGEST_LABEL: Final = 255
LONGEST_VALUE_LABEL: Final = 120
LONGEST_TEXT: Final = 32_767
"""What SPSS holds, in bytes of UTF-8 (IBM SPSS Statistics 29, Command Syntax Reference: variable names, labels)."""
MOST_MISSING: Final = 3
"""So many single values may be marked as missing in a variable."""

_RESERVED: Final = frozenset(
    ["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"]
)


@dataclass(frozen=True, slots=True)
class Shortened:
    """What SPSS could not hold as it was: of which variable, what of it, what it was and what is in the file."""

    variable: str
    what: str  # name, label, value label, text, missing value
    full: str
    told: str


@dataclass(frozen=True, slots=True)
class SpssFile:
    """`names` are the variables' names in the file by those that other exports have."""

    content: bytes
    names: dict[str, str]
    shortened: tuple[Shortened, ...]


@dataclass(slots=True)
class _Sheet:
    """What is written: columns and what is said of each."""

    columns: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str | None] = field(default_factory=dict)
    value_labels: dict[str, dict[int | float, str]] = field(default_factory=dict)
    missing: dict[str, list[Any]] = field(default_factory=dict)
    measures: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    shortened: list[Shortened] = field(default_factory=list)

    def named(self, name: str) -> str:
        """A name that SPSS takes and no other variable has."""
        made = spss_name(name, self.columns)
        if made != name:
            self.shortened.append(Shortened(name, "name", name, made))
        self.names[name] = made
        return made

    def cut(self, variable: str, what: str, text: str, most: int) -> str:
        made = within_bytes(text, most)
        if made != text:
            self.shortened.append(Shortened(variable, what, text, made))
        return made


def as_spss(responses: Responses) -> SpssFile:
    """All responses: what is known of each, then a variable for each answer, labelled in the reader's language.

    Choices are numbered in their order from 1, with their titles as value labels; those that count as no answer are
    marked as missing values (SPSS takes three). A checkbox is a multiple-response set of 0/1 variables. What is not
    answered is system-missing; a text that is not there is empty.
    """
    sheet = _Sheet()
    own = {q.key for q in responses.questions} | {ANSWERS}
    for name in responses.table.column_names:
        if name not in own:
            _add_known(sheet, name, responses.table[name])
    if responses.weights is not None:
        _add(sheet, Variable("weight", "weight", "scale", "number", responses.weights.tolist()))
    for variable in variables(responses, keep_missing=True):
        _add(sheet, variable)
    return SpssFile(_written(sheet), sheet.names, tuple(sheet.shortened))


def spss_name(name: str, taken: Iterable[str] = ()) -> str:
    """A variable's name: letters of ASCII, digits and _, at most 64, none that is `taken` (large or small letters).

    >>> spss_name("Miten todennäköisesti?")
    'Miten_todennakoisesti'
    >>> spss_name("1. kysymys"), spss_name("or"), spss_name("Q", ["q"])
    ('v1_kysymys', 'v_or', 'Q_2')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", plain).strip("_") or "v"
    if not plain[0].isalpha():
        plain = f"v{plain}"
    if plain.upper() in _RESERVED:
        plain = f"v_{plain}"
    used, made, nth = {t.upper() for t in taken}, plain[:LONGEST_NAME].rstrip("_"), 1
    while made.upper() in used:
        nth += 1
        ending = f"_{nth}"
        made = plain[: LONGEST_NAME - len(ending)] + ending
    return made


def within_bytes(text: str, most: int) -> str:
    """As much of a text as fits into so many bytes of UTF-8, with … where something is left out; no letter is cut.

    >>> within_bytes("ääkköset", 9)
    'ääkk…'
    """
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - len("…".encode())].decode(errors="ignore") + "…"


def _add_known(sheet: _Sheet, name: str, column: pa.ChunkedArray) -> None:
    values: Sequence[Any] = column.to_pylist()
    if pa.types.is_timestamp(column.type):
        made = sheet.named(name)
        naive = [None if v is None else v.astimezone(UTC).replace(tzinfo=None) for v in values]
        sheet.columns[made] = pd.Series(naive, dtype="datetime64[us]")
        sheet.labels[made], sheet.measures[made] = f"{name} (UTC)", "scale"
        return
    if (
        pa.types.is_boolean(column.type)
        or pa.types.is_integer(column.type)
        or pa.types.is_floating(column.type)
    ):
        values = [None if v is None else float(v) for v in values]
        _add(sheet, Variable(name, name, "nominal", "number", values))
        return
    values = [None if v is None else str(v) for v in values]
    _add(sheet, Variable(name, name, "nominal", "text", values))


def _add(sheet: _Sheet, variable: Variable) -> None:
    name = sheet.named(variable.name)
    sheet.labels[name] = sheet.cut(name, "label", variable.label, LONGEST_LABEL)
    sheet.measures[name] = variable.measure
    if variable.choices:
        _add_choices(sheet, name, variable)
    elif variable.holds == "text":
        texts = ["" if v is None else sheet.cut(name, "text", v, LONGEST_TEXT) for v in variable.values]
        sheet.columns[name] = pd.Series(texts, dtype=object)
    else:
        sheet.columns[name] = _numbers(variable.values)
        if all(v is None or float(v).is_integer() for v in variable.values):
            sheet.formats[name] = "F8.0"


def _add_choices(sheet: _Sheet, name: str, variable: Variable) -> None:
    """Codes are the choices' own numbers where all of them, and all answers, are whole numbers; else 1, 2, 3…"""
    keys = [c.key for c in variable.choices]
    if _all_whole(keys) and _all_whole(variable.values):
        codes = {k: int(k) for k in keys}
        numbers = [None if v is None else float(v) for v in variable.values]
    else:
        codes = {k: i for i, k in enumerate(keys, start=1)}
        numbers = [None if v is None else float(codes[v]) for v in variable.values]
    sheet.columns[name], sheet.formats[name] = _numbers(numbers), "F8.0"
    sheet.value_labels[name] = {
        codes[c.key]: sheet.cut(name, "value label", c.title, LONGEST_VALUE_LABEL) for c in variable.choices
    }
    missing = [c for c in variable.choices if c.is_missing]
    if missing:
        sheet.missing[name] = [codes[c.key] for c in missing[:MOST_MISSING]]
        left_out: list[Choice] = missing[MOST_MISSING:]
        sheet.shortened += [Shortened(name, "missing value", c.title, "") for c in left_out]


def _all_whole(values: Sequence[Any]) -> bool:
    return all(v is None or re.fullmatch(r"-?\d{1,9}(\.0)?", str(v)) for v in values)


def _numbers(values: Sequence[Any]) -> Any:
    return pd.Series([np.nan if v is None else float(v) for v in values], dtype="float64")


def _written(sheet: _Sheet) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.sav"
        pyreadstat.write_sav(
            pd.DataFrame(sheet.columns),
            path,
            column_labels=sheet.labels,
            variable_value_labels=sheet.value_labels,
            missing_ranges=sheet.missing,
            variable_measure=sheet.measures,
            variable_format=sheet.formats,
            row_compress=True,
        )
        return path.read_bytes()
