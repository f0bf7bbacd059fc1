"""Where a request comes from, also behind a proxy with TLS."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from polku.errors import InvalidInput
from polku.settings import Settings

_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}


class Origin:
    """Reads addresses and schemes of requests, believing `X-Forwarded-*` only from `trusted_proxies`.

    Raises InvalidInput when a trusted proxy is neither an address nor a network (10.0.0.0/8), or when
    `public_url` has no scheme.
    """

    def __init__(self, settings: Settings) -> None:
        self._public = urlsplit(settings.public_url)
        if settings.public_url and self._public.scheme not in ("http", "https"):
            raise InvalidInput(
                "Setting 'public_url' cannot be '%(given)s'. Give the address that browsers "
                "use, with its scheme, e.g. https://polku.example.fi",
                given=settings.public_url,
            )
        self._listens_here = is_loopback(settings.host)
        names = [name.strip() for name in settings.trusted_proxies.split(",") if name.strip()]
        try:
            self._proxies = [ip_network(name) for name in names]
        except ValueError as e:
            raise InvalidInput(
                "Setting 'trusted_proxies' cannot be read: %(why)s. Allowed: addresses and networks, "
                "separated by commas, e.g. 127.0.0.1, 10.0.0.0/8",
                why=e,
            ) from e

    def address(self, request: HTTPConnection) -> str:
        """The client's address: the nearest one that is not a trusted proxy."""
        peer = request.client.host if request.client else ""
        hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        while self._trusts(peer) and hops:
            peer = hops.pop()
        return peer

    def is_https(self, request: HTTPConnection) -> bool:
        if self._public.scheme:
            return self._public.scheme == "https"
        peer = request.client.host if request.client else ""
        if self._trusts(peer) and "x-forwarded-proto" in request.headers:
            return request.headers["x-forwarded-proto"] == "https"
        return request.url.scheme == "https"

    def is_this_machine(self, request: HTTPConnection) -> bool:
        """Whether the browser must be on this machine: we listen on it alone, and nothing passes others on.

        The Host header is looked at too: a foreign page may point its own name at 127.0.0.1.
        """
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
        forwarded = "forwarded" in request.headers or "x-forwarded-for" in request.headers
        return self._listens_here and host in _LOOPBACK_NAMES and not forwarded and not self._public.scheme

    def _trusts(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def is_loopback(host: str) -> bool:
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def local_path(path: str | None, default: str = "/") -> str:
    """`path` if it leads to a page of this Polku, else `default`: never to another site."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return default
    return path if path.isprintable() else default


def browser_name(user_agent: str) -> str:
    """What a person calls the browser: 'Firefox, Linux'."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
        ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (browsers, systems)]
    return ", ".join(name for name in found if name) or user_agent.split("/")[0][:40] or "?"
