"""The closed loop: a low score opens a case, with an owner, a due time, a history and an outcome."""

from polku.cases.alerts import alerting
from polku.cases.announcing import WEBHOOK_KINDS
from polku.cases.beside import ASIDE
from polku.cases.handling import note_outcome
from polku.cases.keeper import CaseKeeper
from polku.cases.opening import Opening
from polku.cases.queries import QUERIES, CaseList, CaseReport, CaseShow

__all__ = [
    "ASIDE",
    "QUERIES",
    "WEBHOOK_KINDS",
    "CaseKeeper",
    "CaseList",
    "CaseReport",
    "CaseShow",
    "Opening",
    "alerting",
    "note_outcome",
]
