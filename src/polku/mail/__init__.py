"""E-mail: messages made from templates, sent one by one, none lost when a server is down."""

from polku.mail.address import InvalidAddress, checked_address
from polku.mail.letter import Letter, Sender, as_mime, new_message_id
from polku.mail.outbox import Ended, Notify, put, waiting, withdraw
from polku.mail.postman import Postman, Trouble
from polku.mail.queries import QUERIES
from polku.mail.reasons import REASONS
from polku.mail.smtp import Connection, Reply, Server, ServerTrouble
from polku.mail.template import Rendered, Template, TemplateBroken, Value, render
from polku.mail.upkeep import forgetting, postman_of

__all__ = [
    "QUERIES",
    "REASONS",
    "Connection",
    "Ended",
    "InvalidAddress",
    "Letter",
    "Notify",
    "Postman",
    "Rendered",
    "Reply",
    "Sender",
    "Server",
    "ServerTrouble",
    "Template",
    "TemplateBroken",
    "Trouble",
    "Value",
    "as_mime",
    "checked_address",
    "forgetting",
    "new_message_id",
    "postman_of",
    "put",
    "render",
    "waiting",
    "withdraw",
]
