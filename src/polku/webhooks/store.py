"""The rows of webhooks. Each function works in the unit of work it is given."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from polku.errors import InvalidInput, NotFound
from polku.webhooks.posting import new_secret
from polku.webhooks.tables import WebhookRow

LONGEST_URL: Final = 2_000


def webhooks(session: Session) -> Sequence[WebhookRow]:
    """All webhooks, in the order of their making."""
    return session.scalars(select(WebhookRow).order_by(WebhookRow.id)).all()


def webhook(session: Session, id: int) -> WebhookRow:
    """Raises NotFound."""
    row = session.get(WebhookRow, id)
    if row is None:
        raise NotFound("There is no webhook with number %(webhook)s.", webhook=id)
    return row


def add(
    session: Session, name: str, url: str, kinds: Iterable[str], now: datetime, *, authorization: str = ""
) -> WebhookRow:
    """Add a webhook. Raises InvalidInput when its address or header cannot be used."""
    if authorization and not (authorization.isascii() and authorization.isprintable()):
        raise InvalidInput("An Authorization header holds letters, digits and signs of ASCII on one line.")
    row = WebhookRow(
        name=name,
        url=checked_url(url),
        kinds=" ".join(kinds),
        secret=new_secret(),
        authorization=authorization,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def checked_url(url: str) -> str:
    """An address that can be called. Raises InvalidInput.

    Without encryption only in one's own network: calls may hold personal data.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("https", "http") or not parsed.host or len(url) > LONGEST_URL:
        raise InvalidInput(
            "'%(url)s' is no address of a webhook. Give one such as https://example.fi/polku.", url=url[:200]
        )
    if parsed.userinfo:
        raise InvalidInput(
            "Leave the user name and password out of the address; use an Authorization header."
        )
    if parsed.scheme == "http" and not _is_own(parsed.host):
        raise InvalidInput(
            "What is sent to %(host)s could be read on the way. Give an address that begins with https://.",
            host=parsed.host,
        )
    if _is_link_local(parsed.host):
        raise InvalidInput("%(host)s is an address of the machine's own services.", host=parsed.host)
    return url


def _is_own(host: str) -> bool:
    address = _address(host)
    if address is None:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))
    return address.is_private or address.is_loopback


def _is_link_local(host: str) -> bool:
    address = _address(host)
    return address is not None and address.is_link_local


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def remove(session: Session, id: int) -> None:
    """Remove a webhook with its calls. Raises NotFound."""
    session.delete(webhook(session, id))
