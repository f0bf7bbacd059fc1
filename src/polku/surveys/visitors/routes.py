"""What a site's script asks: whether its visitor is asked something, and that it was shown. Open to all sites."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from polku.collect import Oversized, not_post, receive_body, reply, reply_error
from polku.collect import Unfinished as Gone
from polku.errors import InvalidInput, PolkuError, TooLarge
from polku.surveys.pace import Pace
from polku.surveys.visitors.asking import Visitors
from polku.web.client import Origin
from polku.workspace import Workspace

log = logging.getLogger("polku.surveys")

QUESTIONS: Final = 60
"""How many times as often may be asked as answered: once a page."""
Text = Annotated[str, msgspec.Meta(max_length=200)]
Key = Annotated[str, msgspec.Meta(max_length=60)]


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """Who is there, as far as the script knows, and what fits the page."""

    surveys: list[Key]
    user_id: Text = ""
    signature: Text = ""
    anonymous_id: Text = ""


class Shown(msgspec.Struct, forbid_unknown_fields=True):
    ticket: Text


_ASKED: Final = msgspec.json.Decoder(Asked)
_SHOWN: Final = msgspec.json.Decoder(Shown)


def routes(workspace: Workspace) -> Sequence[BaseRoute]:
    """Before those of surveys' own keys."""
    visitors = workspace.part(Visitors)
    return [
        Route("/s/widget/ask", _Ask(workspace, visitors)),
        Route("/s/widget/shown", _Shown(workspace, visitors)),
    ]


class _Told:
    """What both have in common: nothing is told but whether to ask, however it went."""

    def __init__(self, workspace: Workspace, visitors: Visitors) -> None:
        self._visitors = visitors
        self._origin = Origin(workspace.settings)
        self._pace = Pace(workspace.settings.answers_an_hour * QUESTIONS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await not_post(scope, send)
            return
        try:
            body = await receive_body(receive)
            self._pace.check(self._origin.address(Request(scope)), datetime.now(UTC))
            told = await run_in_threadpool(self.tell, body)
        except Gone:
            return
        except Oversized:
            await reply_error(scope, send, TooLarge("That is more than a page asks."))
            return
        except (msgspec.DecodeError, UnicodeDecodeError) as e:
            await reply_error(scope, send, InvalidInput("This cannot be read: %(why)s", why=e))
            return
        except PolkuError as e:
            await reply_error(scope, send, e)
            return
        except Exception:
            log.exception("visitor_not_told")
            told = {}
        await reply(scope, send, 200, msgspec.json.encode(told), [(b"cache-control", b"no-store")])

    def tell(self, body: bytes) -> dict[str, str]:
        raise NotImplementedError


class _Ask(_Told):
    def tell(self, body: bytes) -> dict[str, str]:
        given = _ASKED.decode(body)
        try:
            found = self._visitors.ask(
                given.surveys, user_id=given.user_id, signed=given.signature,
                anonymous_id=given.anonymous_id, now=datetime.now(UTC),
            )  # fmt: skip
        except PolkuError as e:  # silence, as for every other reason
            log.warning("visitor_not_asked reason=%s", e.message)
            return {}
        return {"survey": found[0], "ticket": found[1]} if found else {}


class _Shown(_Told):
    def tell(self, body: bytes) -> dict[str, str]:
        self._visitors.note_shown(_SHOWN.decode(body).ticket, datetime.now(UTC))
        return {}
