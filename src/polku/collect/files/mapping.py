"""The mapping: which files are which tables, and which of their rows are events. Read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from polku.collect.files.contradictions import contradictions
from polku.errors import InvalidInput, Words, did_you_mean, lines, system_reason
from polku.metrics import metrics
from polku.store import EventType
from polku.validation import problem

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
"""Of a table: small letters, digits and _."""

Expression = str
"""A column's name, or an SQL expression over columns: `price`, `lower(mail)`, `customers.city`."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            Words("'%(name)s' is not a time zone; write it as Europe/Helsinki", name=name)
        ) from None
    return name


def _metric(key: str) -> str:
    if key not in metrics():
        raise ValueError(Words("it should be one of %(allowed)s", allowed=", ".join(metrics())))
    return key


class Part(BaseModel):
    """A piece of the mapping: what is not known is an error, so that a slip is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, coerce_numbers_to_str=True)


class Reading(Part):
    """How text files are read; a table's own settings go before those of [read]."""

    timezone: Annotated[str, AfterValidator(_zone)] | None = None  # of times that do not say theirs
    time_format: str | list[str] | None = None  # strptime's, or unix, unix_ms; default: ISO 8601
    encoding: str | None = None  # default: found out
    delimiter: Annotated[str, Field(min_length=1, max_length=4)] | None = None  # default: found out
    quote: Annotated[str, Field(max_length=1)] | None = None
    decimal: Literal[".", ","] | None = None
    null: list[str] | None = None  # texts that mean 'nothing', besides the empty one

    def over(self, general: Reading) -> Reading:
        """These settings, completed from more general ones."""
        return Reading(**{n: getattr(self, n) if getattr(self, n) is not None else getattr(general, n)
                          for n in Reading.model_fields})  # fmt: skip


class Source(Part):
    """Where the events say they come from."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    channel: str = "web"


class TableSpec(Reading):
    """A table: read from files, or made of another table."""

    files: str | list[str] | None = None  # names or patterns: orders*.csv; default: every file
    format: Literal["csv", "parquet", "jsonl", "xes", "xlsx"] | None = None  # default: by the file's name
    sheet: str = ""  # of spreadsheets; default: the first that is not hidden and holds something
    header: list[str] | None = None  # column names, when the files have none
    numbers: list[str] = []  # columns of text files that are numbers
    made_from: Name | None = Field(None, alias="from")
    group_by: list[str] = []
    columns: dict[str, Expression] = {}
    when: Expression | None = None
    join: dict[Name, str | list[str]] = {}  # other table → key column, or 'mine = theirs'

    def keys(self, table: str) -> list[tuple[str, str]]:
        """The pairs (own column, other's column) that join `table`."""
        given = self.join[table]
        pairs = [
            tuple(p.strip() for p in k.split("=")) for k in ([given] if isinstance(given, str) else given)
        ]
        return [(p[0], p[-1]) for p in pairs]


class Response(Part):
    """An answer to a survey; becomes `Survey Responded`."""

    survey: str
    metric: Annotated[str, AfterValidator(_metric)]
    score: Expression
    comment: Expression | None = None
    language: str | None = None
    touchpoint: str | None = None


class EventSpec(Part):
    """Rows of a table that are events of one kind."""

    table: Name
    at: Expression
    type: Literal["track", "page", "screen", "identify", "group"] = "track"
    name: str | None = None
    name_from: Expression | None = None
    rename: dict[str, str] = {}
    id: Expression | None = None
    user_id: Expression | None = None
    anonymous_id: Expression | None = None
    identifiers: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")], Expression] = {}
    path: Expression | None = None
    value: Expression | None = None
    properties: dict[str, Expression] | list[str] | Expression = {}
    traits: dict[str, Expression] | list[str] | Expression = {}
    response: Response | None = None
    when: Expression | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    time_format: str | list[str] | None = None

    @property
    def event_type(self) -> EventType:
        return EventType[self.type.upper()]

    @property
    def label(self) -> str:
        """What a person calls it."""
        if self.response:
            return self.response.survey
        return self.name or (f"({self.name_from})" if self.name_from else self.type)

    @property
    def carried(self) -> dict[str, Expression] | Expression:
        """Properties, or traits, by name; or what is a JSON object of them all."""
        given = self.traits or self.properties
        return {n: n for n in given} if isinstance(given, list) else given


class Match(Part):
    """What an event must be to be a touchpoint: everything that is given must hold; `*` stands for any text."""

    source: str | None = None  # default: the mapping's own source
    type: str | None = None
    name: str | None = None
    path: str | None = None
    property: str | None = None
    equals: str | bool | float | None = None
    contains: str | None = None


class TouchpointPlan(Part):
    """A touchpoint that the import brings with it, as plain data; any of its matches will do."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    fi: str
    en: str
    channel: str
    stage: str | None = None
    position: int | None = None
    match: list[Match]


class Mapping(Part):
    """A whole mapping file."""

    source: Source
    read: Reading = Reading()
    table: dict[Name, TableSpec]
    event: Annotated[list[EventSpec], Field(min_length=1)]
    touchpoint: list[TouchpointPlan] = []

    def reading(self, table: str) -> Reading:
        """How a table is read; of one that is made of another, as that one."""
        spec = self.table[table]
        return spec.over(self.reading(spec.made_from) if spec.made_from else self.read)


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises InvalidInput that names the place, the value and what is allowed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as e:
        raise InvalidInput(
            "The mapping %(file)s cannot be read: %(why)s.", file=path, why=system_reason(e)
        ) from e
    except UnicodeDecodeError as e:
        raise InvalidInput("The mapping %(file)s is not UTF-8 text. Save it as UTF-8.", file=path) from e
    return parse_mapping(text, name=path.name)


def parse_mapping(text: str, *, name: str = "mapping.toml") -> Mapping:
    """As load_mapping, of text."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        raise InvalidInput("%(file)s is not valid TOML: %(why)s. Correct that line.", file=name, why=e) from e
    try:
        mapping = Mapping.model_validate(raw)
    except ValidationError as e:
        problems = lines(Words("%(file)s: %(problem)s", file=name, problem=m) for m in _messages(e))
        raise InvalidInput("%(problems)s", problems=problems) from e
    for found in contradictions(mapping):
        raise InvalidInput("%(file)s: %(problem)s", file=name, problem=found)
    return mapping


def _messages(error: ValidationError) -> Iterator[Words]:
    for e in error.errors()[:5]:
        where = ".".join(str(p + 1) if isinstance(p, int) else p for p in e["loc"])
        if e["type"] == "extra_forbidden":
            key, known = str(e["loc"][-1]), _known(e["loc"])
            yield Words(
                "unknown key '%(key)s'.%(hint)s Allowed here: %(allowed)s.",
                key=where,
                hint=did_you_mean(key, known),
                allowed=", ".join(known),
            )
        elif e["type"] == "missing":
            yield Words("'%(key)s' is missing.", key=where)
        else:
            yield Words(
                "'%(key)s' is %(given)s: %(problem)s.",
                key=where,
                given=repr(e["input"]),
                problem=problem(dict(e)),
            )


def _known(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that are allowed where an unknown one stood."""
    kinds: dict[str, type[Part]] = {
        "source": Source, "read": Reading, "table": TableSpec, "event": EventSpec,
        "response": Response, "touchpoint": TouchpointPlan, "match": Match,
    }  # fmt: skip
    within = [p for p in loc[:-1] if p in kinds]
    kind = kinds[str(within[-1])] if within else Mapping
    return [f.alias or n for n, f in kind.model_fields.items()]
