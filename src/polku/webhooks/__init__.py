"""Webhooks: other systems called when something happens; none of it is lost when one is down."""

from polku.webhooks.caller import Caller, forgetting
from polku.webhooks.calls import Ended, Notify, Timing, listeners, put, send, withdraw
from polku.webhooks.kinds import TRIAL, WebhookKind
from polku.webhooks.queries import QUERIES
from polku.webhooks.reasons import REASONS
from polku.webhooks.store import add

__all__ = [
    "QUERIES",
    "REASONS",
    "TRIAL",
    "Caller",
    "Ended",
    "Notify",
    "Timing",
    "WebhookKind",
    "add",
    "forgetting",
    "listeners",
    "put",
    "send",
    "withdraw",
]
