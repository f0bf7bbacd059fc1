"""Profiles: who events belong to, and all that is known of them."""

from polku.profiles.identity import Identities, IdentityMap
from polku.profiles.naming import Naming, TouchpointLabel, TouchpointNames
from polku.profiles.queries import ProfileList, ProfileReviews, ProfileSearch, ProfileShow, ProfileTimeline

QUERIES = (ProfileShow, ProfileTimeline, ProfileSearch, ProfileList, ProfileReviews)

__all__ = [
    "QUERIES",
    "Identities",
    "IdentityMap",
    "Naming",
    "ProfileList",
    "ProfileReviews",
    "ProfileSearch",
    "ProfileShow",
    "ProfileTimeline",
    "TouchpointLabel",
    "TouchpointNames",
]
