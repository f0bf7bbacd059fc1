"""What somebody did, by the type of the event that tells it: for events without a name of their own."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l

EVENT_TITLES: Final[dict[str, LazyText]] = {
    "page": _l("Viewed a page"),
    "screen": _l("Viewed a screen"),
    "identify": _l("Told who they are"),
    "group": _l("Joined a group"),
    "alias": _l("Got a new identifier"),
    "track": _l("Did something"),
}
