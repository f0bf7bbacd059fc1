"""Who makes a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request

from polku.errors import NotAllowed
from polku.security import hash_token
from polku.web.roles import covers
from polku.web.tables import User
from polku.workspace import Role


@dataclass(slots=True)
class Visitor:
    """Made by the gate for every request; `request.state.visitor`."""

    user: User | None = None
    role: str = ""  # of the user, or of the API key if that may less; empty: nobody is known
    company: str = ""
    language: str = "en"
    theme: str = "auto"
    https: bool = False
    address: str = ""
    token_hash: str = ""  # of the session; empty with an API key and before log-in
    csrf_seed: str = ""
    by_key: bool = False
    cookies: dict[str, tuple[str, int]] = field(default_factory=dict)  # to set: name → (value, seconds)

    @property
    def csrf_token(self) -> str:
        """What every form sends back. Bound to the session; before log-in, to a cookie of this browser."""
        return hash_token(self.csrf_seed, "csrf")

    @property
    def is_owner(self) -> bool:
        """Whether this is the command line or library of the data folder's owner, with the server's own token."""
        return self.user is not None and self.user.id == 0

    def may(self, needed: Role) -> bool:
        return self.user is not None and covers(self.role, needed)


def visitor_of(request: Request) -> Visitor:
    visitor: Visitor = request.state.visitor
    return visitor


def require_user(request: Request) -> User:
    """The user who is logged in. The gate lets nobody else to any page that is not public."""
    user = visitor_of(request).user
    if user is None:
        raise NotAllowed("Log in first.")
    return user


def require_analyst(request: Request) -> User:
    user = require_user(request)
    if not visitor_of(request).may("analyst"):
        raise NotAllowed("Only analysts and administrators may do this. Ask one of yours.")
    return user


def require_admin(request: Request) -> User:
    user = require_user(request)
    if not visitor_of(request).may("admin"):
        raise NotAllowed("Only an administrator may do this. Ask one of yours.")
    return user


RULES: Final[dict[Role, Callable[[Request], User]]] = {
    "agent": require_user,
    "analyst": require_analyst,
    "admin": require_admin,
}
"""What an address asks of who comes, by the least role that may use it: as a dependency, every one has its own."""

CurrentUser = Annotated[User, Depends(require_user)]
CurrentAnalyst = Annotated[User, Depends(require_analyst)]
CurrentAdmin = Annotated[User, Depends(require_admin)]
