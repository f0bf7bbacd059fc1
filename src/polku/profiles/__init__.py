"""Customers: who they are, their whole path, and people's decisions about who is who.

`Naming` is given the touchpoints' names by the application, since journeys lie above.
"""

from polku.profiles.api import router as _api
from polku.profiles.identity import Identities, IdentityMap
from polku.profiles.naming import Naming, TouchpointLabel, TouchpointNames
from polku.profiles.pages import router as _pages
from polku.profiles.queries import ProfileList, ProfileSearch, ProfileShow, ProfileTimeline
from polku.profiles.reviewing import router as _reviewing
from polku.profiles.reviews import ProfileReviews

QUERIES = (ProfileShow, ProfileTimeline, ProfileSearch, ProfileList, ProfileReviews)

ROUTERS = (_pages, _reviewing, _api)
"""Pages, and the API's decisions; the API's questions are derived from QUERIES."""

__all__ = [
    "QUERIES",
    "ROUTERS",
    "Identities",
    "IdentityMap",
    "Naming",
    "TouchpointLabel",
    "TouchpointNames",
]
