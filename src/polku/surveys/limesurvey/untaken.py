"""What cannot be brought from one format to the other."""

from __future__ import annotations

from dataclasses import dataclass

from polku.errors import Words


@dataclass(frozen=True, slots=True)
class Untaken:
    """Where it stands (a question's code, a table), and what is left out or changed."""

    place: str
    said: Words
