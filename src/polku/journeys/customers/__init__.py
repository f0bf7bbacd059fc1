"""Customers of any choice as a list."""

from polku.journeys.customers.queries import JourneyCustomers

QUERIES = (JourneyCustomers,)

__all__ = ["QUERIES"]
