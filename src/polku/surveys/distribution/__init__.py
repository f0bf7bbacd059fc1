"""Bringing surveys to customers: mailings and triggers, the rules that hold for all, and what a server does by itself."""

from polku.surveys.distribution.jobs import asking

__all__ = ["asking"]
