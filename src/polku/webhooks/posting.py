"""One call made: signed, sent, and its outcome read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx

TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Post:
    """A call that is to be made now, read for good: it needs no session."""

    id: int
    message_id: str
    url: str
    secret: str
    authorization: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is "" when it was taken, else a code of `polku.webhooks.reasons`; `status` is HTTP's, 0 without an
    answer; `after_s` is for how long the receiver wants to be left alone."""

    reason: str
    status: int = 0
    after_s: int = 0

    @property
    def is_of_receiver(self) -> bool:
        """Whether another call would fare no better now."""
        return self.reason in ("receiver_unreachable", "receiver_silent", "receiver_busy", "receiver_broken")


def new_secret() -> str:
    """A secret to sign with: 32 bytes, as Standard Webhooks writes it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp_s: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC-SHA256 of "id.timestamp.body", by which the receiver knows that the call is
    ours, and recent. Standard Webhooks 1.0, "Signature scheme"."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def post(client: httpx.Client, call: Post, now: datetime) -> Outcome:
    """Make a call. What the receiver says besides its status is not read."""
    timestamp_s = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Polku",
        "webhook-id": call.message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": signature(call.secret, call.message_id, timestamp_s, call.body),
    }
    if call.authorization:
        headers["Authorization"] = call.authorization
    try:
        with client.stream("POST", call.url, content=call.body, headers=headers, timeout=TIMEOUT) as answer:
            return _outcome(answer)
    except httpx.ConnectTimeout:
        return Outcome("receiver_unreachable")
    except httpx.TimeoutException:
        return Outcome("receiver_silent")
    except (httpx.TransportError, httpx.InvalidURL):
        return Outcome("receiver_unreachable")


def _outcome(answer: httpx.Response) -> Outcome:
    status = answer.status_code
    if 200 <= status < 300:
        return Outcome("", status)
    after = answer.headers.get("retry-after", "")
    after_s = min(int(after), 86_400) if after.isascii() and after.isdecimal() and len(after) < 9 else 0
    if status == 410:
        return Outcome("receiver_gone", status)
    if status in (408, 425, 429) or (status == 503 and after_s):
        return Outcome("receiver_busy", status, after_s)
    if 300 <= status < 400:
        return Outcome("receiver_moved", status)
    return Outcome("receiver_broken" if status >= 500 else "receiver_refuses", status)
