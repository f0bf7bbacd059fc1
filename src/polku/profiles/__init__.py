"""Profiles: who events belong to, and all that is known of them."""

from polku.profiles.identity import Identities, IdentityMap
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = ()

__all__ = ["QUERIES", "Identities", "IdentityMap"]
