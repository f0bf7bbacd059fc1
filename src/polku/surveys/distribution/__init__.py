"""Bringing surveys to customers: mailings, triggers, the rules that hold for all, what a server does by itself."""

from polku.surveys.distribution.jobs import asking

__all__ = ["asking"]
