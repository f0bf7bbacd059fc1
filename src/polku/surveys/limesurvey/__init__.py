"""LimeSurvey's survey files (.lss): brought into a definition, and written from one.

What cannot be brought is told with its place, never dropped in silence.
"""

from polku.surveys.limesurvey.reading import Brought, read_lss
from polku.surveys.limesurvey.untaken import Untaken
from polku.surveys.limesurvey.writing import Written, write_lss

__all__ = ["Brought", "Untaken", "Written", "read_lss", "write_lss"]
