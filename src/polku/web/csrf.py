"""Forms are taken only from our own pages."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.datastructures import UploadFile

from polku.errors import NotAllowed
from polku.security import same
from polku.web.visitor import visitor_of

FIELD: Final = "csrf_token"
HEADER: Final = "X-CSRF-Token"
_SAFE = {"GET", "HEAD", "OPTIONS"}


async def check_csrf(request: Request) -> None:
    """Raises NotAllowed when a change comes without the token of this visitor's session.

    An API key needs none: a browser never sends one by itself.
    """
    visitor = getattr(request.state, "visitor", None)
    if request.method in _SAFE or visitor is None or visitor_of(request).by_key:
        return
    given = request.headers.get(HEADER, "")
    if not given:
        field = (await request.form()).get(FIELD, "")
        given = "" if isinstance(field, UploadFile) else field
    if not same(given, visitor_of(request).csrf_token):
        raise NotAllowed(
            "This form has expired or did not come from this page. Go back, reload and try again."
        )
