"""Importing files: CSV, Parquet, JSON lines and XES as events by a mapping, logs (XES, OCEL) without one."""

from polku.collect.files.importing import import_files
from polku.collect.files.logs import import_logs
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
from polku.collect.files.progress import Progress
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
    "import_logs",
    "load_mapping",
    "parse_mapping",
    "receive",
]
