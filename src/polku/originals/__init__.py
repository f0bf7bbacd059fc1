"""Texts as customers wrote them, kept apart from events and comments, for a time."""

from polku.originals.keeping import forgetting, keep, without
from polku.originals.store import Look, Original, erase, looks, note_look, original

__all__ = ["Look", "Original", "erase", "forgetting", "keep", "looks", "note_look", "original", "without"]
