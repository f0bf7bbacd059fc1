"""Importing files: CSV, Parquet and JSON lines as events, by a mapping."""

from polku.collect.files.importing import Progress, import_files
from polku.collect.files.mapping import (
    EventSpec,
    Mapping,
    Match,
    Source,
    TableSpec,
    TouchpointPlan,
    load_mapping,
    parse_mapping,
)
from polku.collect.files.summary import EventSummary, ImportSummary, Rejection
from polku.collect.files.target import Collected, Target, receive
from polku.collect.files.text import DamagedFile

__all__ = [
    "Collected",
    "DamagedFile",
    "EventSpec",
    "EventSummary",
    "ImportSummary",
    "Mapping",
    "Match",
    "Progress",
    "Rejection",
    "Source",
    "TableSpec",
    "Target",
    "TouchpointPlan",
    "import_files",
    "load_mapping",
    "parse_mapping",
    "receive",
]
