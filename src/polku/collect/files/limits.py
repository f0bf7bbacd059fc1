"""How large an event of a file may be; what is larger is rejected row by row, not with all that is stored beside it."""

from __future__ import annotations

from typing import Final

LONGEST_NAME: Final = 200
"""Letters: as long as a touchpoint rule's."""
LONGEST_USER_ID: Final = 200
LONGEST_EVENT_ID: Final = 300
MOST_PROPERTIES: Final = 65_000
"""Bytes of JSON."""
