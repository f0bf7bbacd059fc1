"""`polku mail`: what is in the outbox, and whether letters arrive."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from polku.cli.options import data_option
from polku.cli.queries import query_group
from polku.errors import Conflict, Words
from polku.i18n import gettext
from polku.mail import (
    REASONS,
    Connection,
    Sender,
    Server,
    ServerTrouble,
    as_mime,
    checked_address,
    new_message_id,
)
from polku.mail.frame import trial_letter
from polku.settings import Settings, read_settings


def mail(help: str) -> click.Group:
    group = query_group("mail", help)
    group.add_command(_test())
    return group


def _test() -> click.Command:
    @click.command("test", help=gettext("Send a letter now, past the outbox, and tell what the server said."))
    @click.argument("address")
    @data_option
    def run(address: str, folder: str) -> None:
        said = send_trial(read_settings(folder), address)
        click.echo(gettext("The mail server took the letter: %(said)s", said=said))

    return run


def send_trial(settings: Settings, address: str) -> str:
    """Send a letter to an address, and return what the server answered.

    Raises InvalidInput (an address, no server set) and Conflict with what the server said.
    """
    server, to = Server.of(settings), checked_address(address)
    sender = Sender(settings.mail_from, settings.mail_name, settings.mail_reply_to)
    letter = trial_letter(to, language=settings.language, company=settings.mail_name or settings.mail_from)
    content = as_mime(letter, sender, message_id=new_message_id(sender), now=datetime.now(UTC))
    try:
        connection = Connection(server)
        try:
            reply = connection.hand_over(content, sender=sender.address, recipient=to)
        finally:
            connection.close()
    except ServerTrouble as e:
        raise _not_sent(settings, e.reason, e.status, e.said) from e
    if reply.outcome != "sent":
        raise _not_sent(settings, reply.outcome, reply.status, reply.said)
    return f"{reply.status} {reply.said}"


def _not_sent(settings: Settings, reason: str, status: int, said: str) -> Conflict:
    return Conflict(
        "%(why)s (%(server)s: %(said)s). Look at the settings smtp_… and mail_from.",
        why=Words(REASONS[reason].text),
        server=f"{settings.smtp_host}:{settings.smtp_port}",
        said=f"{status or ''} {said}".strip() or "–",
    )
