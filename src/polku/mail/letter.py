"""A letter as it goes over the wire: MIME (RFC 2045), headers (RFC 5322), one-click unsubscribing (RFC 8058)."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from polku.errors import InvalidInput
from polku.mail.address import checked_address
from polku.mail.template import Rendered

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_URL: Final = re.compile(
    r"[!-;=?-~]+"
)  # printable ASCII without < and >, which end the address in the header
_LONGEST_URL: Final = 900


@dataclass(frozen=True, slots=True)
class Sender:
    """Who letters come from. `reply_to` empty: answers go to `address`."""

    address: str
    name: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person. `unsubscribe_url` is https: a POST to it ends such letters, a GET only shows."""

    to: str
    words: Rendered
    language: str = "fi"
    reply_to: str = ""
    unsubscribe_url: str = ""


def new_message_id(sender: Sender) -> str:
    """A Message-ID that no other letter has (RFC 5322, 3.6.4)."""
    return f"<{uuid.uuid4().hex}@{checked_address(sender.address).rpartition('@')[2]}>"


def as_mime(letter: Letter, sender: Sender, *, message_id: str, now: datetime) -> bytes:
    """The letter with all its headers, lines ended by CRLF, none longer than 998 octets, ASCII only.

    What a template was filled with cannot make a header of its own: control characters in a subject or name become
    spaces, addresses are checked. Raises InvalidInput (an address, or a `unsubscribe_url` that is not https).
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _mailbox(sender.address, sender.name)
    message["To"] = _mailbox(letter.to)
    message["Subject"] = _one_line(letter.words.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    if reply_to := letter.reply_to or sender.reply_to:
        message["Reply-To"] = _mailbox(reply_to)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday answers are not sent to it
    message.set_content(letter.words.text, subtype="plain", charset="utf-8", cte="quoted-printable")
    message.add_alternative(letter.words.html, subtype="html", charset="utf-8", cte="quoted-printable")
    # Set last: Python moves earlier headers of this kind into the first part.
    message["Content-Language"] = _one_line(letter.language)
    return _unsubscribing(letter.unsubscribe_url) + message.as_bytes()


def _unsubscribing(url: str) -> bytes:
    """The two headers of RFC 8058, or nothing.

    TRICKY: written by hand, since Python encodes an address longer than a line as if it were words, and no client
    finds it then.
    """
    if not url:
        return b""
    if urlsplit(url).scheme != "https" or not _URL.fullmatch(url) or len(url) > _LONGEST_URL:
        raise InvalidInput(
            "One-click unsubscribing needs an address that begins with https://. Set 'public_url' to how browsers "
            "reach Polku."
        )
    return f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()


def _mailbox(address: str, name: str = "") -> Address:
    return Address(_one_line(name), addr_spec=checked_address(address))


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()
