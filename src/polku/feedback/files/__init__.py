"""Comments in files: tables, documents, transcripts and letters, read one after another in little memory."""

from polku.feedback.files import columns
from polku.feedback.files.brought import Brought, Wish
from polku.feedback.files.looking import Look, look
from polku.feedback.files.reading import ENDINGS, Filed, read

__all__ = ["ENDINGS", "Brought", "Filed", "Look", "Wish", "columns", "look", "read"]
