"""Polku: every touchpoint, one path per customer."""
