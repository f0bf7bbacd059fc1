"""Logs of processes as events of customers: XES (IEEE 1849) and OCEL 2.0. They say themselves what is what."""

from polku.collect.files.logs.importing import import_logs

__all__ = ["import_logs"]
