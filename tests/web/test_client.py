import pytest
from starlette.requests import HTTPConnection

from polku.settings import Settings
from polku.web.client import Origin, browser_name, is_loopback, local_path


def request(peer: str, **headers: str) -> HTTPConnection:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection(
        {
            "type": "http",
            "client": (peer, 1),
            "headers": raw,
            "scheme": "http",
            "server": ("x", 80),
            "path": "/",
        }
    )


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger's claim
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # the client's own claim is left of ours
        ("10.0.0.2", "198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "nonsense", "nonsense"),
    ],
)
def test_the_client_s_address(tmp_path, peer, forwarded, address):
    origin = Origin(Settings(tmp_path, trusted_proxies="10.0.0.0/8, ::1"))
    assert origin.address(request(peer, x_forwarded_for=forwarded)) == address


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("polku.example.fi", False),
    ],
)
def test_loopback(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("path", ["/", "/a?b=//c", "/ä", "/a#b"])
def test_local_paths_stay(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path", [None, "", "a", "//a", "/\\a", "\\/a", "http://a", "/\n/a", "/a\r\nSet-Cookie: x"]
)
def test_other_addresses_do_not(path):
    assert local_path(path, "/home") == "/home"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        ("curl/8.0", "curl"),
        ("", "?"),
    ],
)
def test_browsers_have_names(agent, name):
    assert browser_name(agent) == name
