"""What somebody wrote in an e-mail: without the letter that it answers, and without the signature.

By form only: lines that are quoted (>), what stands under "On … wrote:" or the heads of a forwarded letter, and what
stands under the line "-- " (RFC 3676) or "Sent from my …". A signature without any mark stays; names and numbers in it
are taken out as everywhere.
"""

from __future__ import annotations

import email
import html
import re
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from polku.errors import InvalidInput
from polku.feedback.files.brought import Brought
from polku.feedback.files.columns import moment

_LONGEST_LETTER: Final = 25 << 20
_ANSWERED: Final = re.compile(
    r"^\s{0,4}(?:On\b.{4,200}\bwrote:|.{4,200}\bkirjoitti(?:\b.{0,60})?:|Den\b.{4,200}\bskrev\b.{0,100}:|"
    r"-{2,}\s?(?:Original Message|Forwarded message|Alkuperäinen viesti|Välitetty viesti|"
    r"Ursprungligt meddelande)\s?-{2,}|"
    r"_{10,}|(?:From|Lähettäjä|Från):\s.{3,200})\s*$",
    re.I,
)
_SIGNATURE: Final = re.compile(
    r"^(?:-- ?|—|__+|(?:Sent from my|Lähetetty|Get Outlook for|Hanki Outlook|Skickat från)\b.{0,80})$", re.I
)
_ENDS: Final = re.compile(r"(?i)</(?:p|div|li|tr|h\d|blockquote)\s*>|<br\s*/?>")
_GONE: Final = re.compile(r"(?is)<(style|script|head)\b.*?</\1\s*>|<!--.*?-->")
_QUOTED: Final = re.compile(
    r"(?is)<blockquote\b.*|<div[^>]{0,200}gmail_quote.*|<div[^>]{0,200}divRplyFwdMsg.*"
)


def letter(content: bytes, zone: ZoneInfo) -> Brought | None:
    """A letter as a comment of who sent it; None if nothing is left of it. Raises InvalidInput if it is no letter."""
    message = email.message_from_bytes(content, policy=policy.default)
    if not isinstance(message, EmailMessage) or not (
        message["from"] or message["date"] or message["subject"]
    ):
        raise InvalidInput("This is no e-mail: it has no sender, subject nor date.")
    return _brought(message, zone)


def letters(file: BinaryIO, zone: ZoneInfo) -> Iterator[Brought | None]:
    """The letters of an .mbox file one after another. Raises InvalidInput for a file that is none."""
    file.seek(0)
    if not file.readline(5).startswith(b"From "):
        raise InvalidInput("An .mbox file begins with 'From '; this one does not.")
    file.seek(0)
    held: list[bytes] = []
    size = 0
    for line in iter(lambda: file.readline(1 << 20), b""):
        if line.startswith(b"From ") and held:
            yield _of_lines(held, zone)
            held, size = [], 0
        elif size <= _LONGEST_LETTER:  # of a longer one the attachments at its end are not needed
            held.append(line[1:] if line.startswith(b">From ") else line)
            size += len(line)
    if held:
        yield _of_lines(held, zone)


def _of_lines(lines: list[bytes], zone: ZoneInfo) -> Brought | None:
    if lines[0].startswith(b"From "):
        lines = lines[1:]
    message = email.message_from_bytes(b"".join(lines), policy=policy.default)
    return _brought(message, zone) if isinstance(message, EmailMessage) else None


def _brought(message: EmailMessage, zone: ZoneInfo) -> Brought | None:
    text = own_words(_body(message))
    if not text:
        return None
    try:
        _, address = parseaddr(str(message["from"] or ""))
        at: datetime | None = moment(str(message["date"] or ""), zone)
    except (ValueError, TypeError, AttributeError, IndexError):  # a head that no program should have written
        address, at = "", None
    return Brought(text, at, email=address[:200] if "@" in address else None, kind="email")


def _body(message: EmailMessage) -> str:
    try:
        part = message.get_body(("plain", "html"))
        if part is None:
            return ""
        content = part.get_content()
        kind = part.get_content_type()
    except (LookupError, ValueError, AttributeError, TypeError):  # an encoding that nobody knows
        return ""
    if not isinstance(content, str):
        return ""
    return _of_html(content) if kind == "text/html" else content


def _of_html(content: str) -> str:
    text = _ENDS.sub("\n", _QUOTED.sub("", _GONE.sub("", content)))
    return html.unescape(re.sub(r"<[^<>]{0,5000}>", "", text)).replace("\u00a0", " ")


def own_words(text: str) -> str:
    """What the sender wrote: without quoted lines, the letter below and the signature."""
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for nth, line in enumerate(lines):
        # "On Monday … wrote:" may be broken into two lines
        both = f"{line} {lines[nth + 1]}" if nth + 1 < len(lines) and len(line) < 200 else line
        if _ANSWERED.match(line) or (line.lstrip().startswith(("On ", "Den ")) and _ANSWERED.match(both)):
            break
        if _SIGNATURE.match(line.strip()) or line == "-- ":
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
