"""Inviting: who is asked and when, their personal links, reminders, and who does not want to be asked."""

from polku.surveys.inviting.cohort import Cohort, cohort
from polku.surveys.inviting.deciding import (
    AddressKind,
    Asked,
    Candidate,
    Decision,
    History,
    Rules,
    decide,
    decide_all,
)
from polku.surveys.inviting.letters import Invited, Question, invitation_letter
from polku.surveys.inviting.links import Visit, answer, look, make_link, note_opened, note_started, refuse
from polku.surveys.inviting.opting_out import How, opt_in, opt_out
from polku.surveys.inviting.quiet import SendingHours, next_sending_time
from polku.surveys.inviting.reasons import REASONS
from polku.surveys.inviting.sending import SMS, TextMessage, note_call, note_outcome, remind, send_due
from polku.surveys.inviting.triggers import EVENTS, Contact, Trigger, batches, listed, triggered
from polku.surveys.inviting.upkeep import expiring

__all__ = [
    "EVENTS",
    "REASONS",
    "SMS",
    "AddressKind",
    "Asked",
    "Candidate",
    "Cohort",
    "Contact",
    "Decision",
    "History",
    "How",
    "Invited",
    "Question",
    "Rules",
    "SendingHours",
    "TextMessage",
    "Trigger",
    "Visit",
    "answer",
    "batches",
    "cohort",
    "decide",
    "decide_all",
    "expiring",
    "invitation_letter",
    "listed",
    "look",
    "make_link",
    "next_sending_time",
    "note_call",
    "note_opened",
    "note_outcome",
    "note_started",
    "opt_in",
    "opt_out",
    "refuse",
    "remind",
    "send_due",
    "triggered",
]
