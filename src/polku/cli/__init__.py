"""The command line."""

from polku.cli.main import main

__all__ = ["main"]
