"""Customers: who they are, their whole path, and people's decisions about who is who."""

from polku.profiles.identity import Identities, IdentityMap
from polku.profiles.naming import Naming, TouchpointLabel, TouchpointNames
from polku.profiles.queries import ProfileList, ProfileSearch, ProfileShow, ProfileTimeline
from polku.profiles.reviews import ProfileReviews
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = (
    ProfileShow,
    ProfileTimeline,
    ProfileSearch,
    ProfileList,
    ProfileReviews,
)

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
