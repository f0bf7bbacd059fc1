"""Customers: who they are, their whole path, and people's decisions about who is who."""

from polku.profiles.asides import Asides
from polku.profiles.customers import Customers
from polku.profiles.identity import Identities, IdentityMap
from polku.profiles.naming import Naming, TouchpointLabel, TouchpointNames
from polku.profiles.queries import ProfileList, ProfileSearch, ProfileShow, ProfileTimeline, customers_of
from polku.profiles.reading import Customer
from polku.profiles.reviews import ProfileReviews
from polku.profiles.rules import IdentityRules
from polku.profiles.rules_queries import ProfileRules
from polku.profiles.search import IdentifierIndex
from polku.workspace import Query, Workspace

QUERIES: tuple[type[Query], ...] = (
    ProfileShow,
    ProfileTimeline,
    ProfileSearch,
    ProfileList,
    ProfileReviews,
    ProfileRules,
)

__all__ = [
    "QUERIES",
    "Asides",
    "Customer",
    "IdentifierIndex",
    "Identities",
    "IdentityMap",
    "IdentityRules",
    "Naming",
    "ProfileList",
    "ProfileReviews",
    "ProfileRules",
    "ProfileSearch",
    "ProfileShow",
    "ProfileTimeline",
    "TouchpointLabel",
    "TouchpointNames",
    "customers_of",
    "warm",
]


def warm(workspace: Workspace) -> None:
    """Make ready what the first page of customers needs: seconds on millions of them, so not for a request."""
    workspace.part(Identities).current()
    workspace.part(IdentifierIndex).named((), workspace.store.snapshot)
    workspace.part(Customers).columns()
    workspace.store.snapshot.prepare()
