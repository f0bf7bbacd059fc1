"""Exports: every event on customers' paths as a Parquet file or as a log of processes (XES)."""

from polku.exports.files import Exported, form_of, write
from polku.exports.query import CUSTOMERS, EVENTS, FORMS, EventExport, Export

__all__ = ["CUSTOMERS", "EVENTS", "FORMS", "EventExport", "Export", "Exported", "form_of", "write"]
