"""Why an answer is not taken."""

from __future__ import annotations

from typing import Final

from polku.errors import Words
from polku.surveys.definition.localised import Localised

NO_ANSWER: Final = Words("This cannot be an answer to this question.")


class Refused(Exception):
    """An answer that cannot be taken: a stable code, and why, for the respondent."""

    def __init__(self, code: str, said: Words | Localised) -> None:
        super().__init__(code)
        self.code, self.said = code, said
