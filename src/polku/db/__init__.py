"""Operational tables: SQLite in the data folder, or PostgreSQL by URL; the same code for both."""

from polku.db.base import Base, UtcDateTime
from polku.db.database import Database

__all__ = ["Base", "Database", "UtcDateTime"]
