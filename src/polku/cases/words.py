"""What statuses, outcomes and the lines of a history are called."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from polku.cases.history import Entry
from polku.i18n import LazyText, _l, current_language, gettext, moment, number
from polku.journeys import Touchpoints
from polku.metrics import metrics
from polku.workspace import Workspace

STATUSES: Final[dict[str, LazyText]] = {
    "open": _l("Open"),
    "in_progress": _l("In progress"),
    "waiting": _l("Waiting"),
    "closed": _l("Closed"),
}
STATES: Final[dict[str, LazyText]] = {
    "active": _l("All that are not closed"),
    "overdue": _l("Overdue"),
    **STATUSES,
    "all": _l("All"),
}
OUTCOMES: Final[dict[str, LazyText]] = {
    "solved": _l("Solved"),
    "compensated": _l("Compensated"),
    "not_reached": _l("Could not be reached"),
    "no_case": _l("Was no case"),
    "other": _l("Something else"),
}
PRIORITIES: Final[dict[str, LazyText]] = {"normal": _l("Normal"), "high": _l("High")}
CONTACTS: Final[dict[str, LazyText]] = {
    "call": _l("Spoke by phone"),
    "missed_call": _l("Called, no answer"),
    "meeting": _l("Met in person"),
    "message": _l("Exchanged messages"),
    "note": _l("Note for colleagues"),
}
SATISFIED: Final[dict[str, LazyText]] = {
    "": _l("Not known"),
    "yes": _l("Yes"),
    "no": _l("No"),
}
UNITS: Final[dict[str, LazyText]] = {"days": _l("working days"), "hours": _l("working hours")}
LETTER_STATES: Final[dict[str, LazyText]] = {
    "": _l("waits to be sent"),
    "letter_sent": _l("sent"),
    "letter_failed": _l("not delivered"),
    "letter_unsure": _l("nobody knows whether it went"),
}


def scored(metric: str, score: float) -> str:
    """NPS 2 / 10."""
    known = metrics().get(metric)
    highest = f" / {number(known.scale[1])}" if known else ""
    return f"{metric.upper()} {number(score, 0 if score == round(score) else 1)}{highest}"


def line(entry: Entry) -> str:
    """What a line of the history says happened."""
    about = entry.about
    match entry.kind:
        case "opened":
            return gettext("The case was opened: %(score)s", score=scored(about["metric"], about["score"]))
        case "answer":
            return gettext(
                "The customer answered again: %(score)s", score=scored(about["metric"], about["score"])
            )
        case "owner" if not about["to"]:
            return gettext("The owner was taken away: %(before)s", before=about["from"])
        case "owner":
            return gettext("The owner is now %(name)s", name=about["to"])
        case "status":
            return gettext("The state is now: %(state)s", state=STATUSES[about["to"]])
        case "due":
            return gettext("Due now %(when)s", when=moment(datetime.fromisoformat(about["to"])))
        case "priority":
            return gettext("The priority is now: %(priority)s", priority=PRIORITIES[about["to"]])
        case "overdue":
            return gettext("The time ran out")
        case "letter":
            subject, state = about["subject"], LETTER_STATES[entry.ended]
            return gettext("E-mail to the customer: %(subject)s (%(state)s)", subject=subject, state=state)
        case "closed":
            return gettext("Closed: %(outcome)s", outcome=OUTCOMES[about["outcome"]])
        case "reopened":
            return gettext("Reopened")
    return str(CONTACTS[entry.kind])


def in_pages(workspace: Workspace) -> dict[str, Any]:
    """What templates call things, in the reader's language."""
    language = current_language()
    return {
        "statuses": STATUSES,
        "outcomes": OUTCOMES,
        "priorities": PRIORITIES,
        "contacts": CONTACTS,
        "satisfied": SATISFIED,
        "scored": scored,
        "line": line,
        "touchpoints": {t.key: t.name(language) for t in workspace.part(Touchpoints).catalogue().touchpoints},
    }
