"""Spreadsheets (.xlsx): a sheet as rows of texts, the same that a CSV of it would have."""

from polku.sheets.reading import LARGEST_FILE, Row, Sheet, is_workbook, read_sheet

__all__ = ["LARGEST_FILE", "Row", "Sheet", "is_workbook", "read_sheet"]
