"""What customers say in their own words, wherever they said it."""

from polku.feedback.comments import Comments
from polku.feedback.keeper import CommentKeeper
from polku.feedback.queries import FeedbackComments, FeedbackPains, FeedbackThemes
from polku.feedback.staging import sweeping
from polku.workspace import Query

QUERIES: tuple[type[Query], ...] = (FeedbackComments, FeedbackThemes, FeedbackPains)

__all__ = [
    "QUERIES",
    "CommentKeeper",
    "Comments",
    "FeedbackComments",
    "FeedbackPains",
    "FeedbackThemes",
    "sweeping",
]
