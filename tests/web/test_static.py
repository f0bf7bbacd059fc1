"""Static files: kept by browsers for ever when asked for by their content, packed for those who can unpack."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from polku.web.rendering import STATIC, static


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    return make_client()


@pytest.mark.parametrize("name", ["tokens.css", "polku.js", "icons.svg"])
def test_texts_go_packed_and_are_the_same(client: TestClient, name: str) -> None:
    packed = client.get(static(name), headers={"Accept-Encoding": "gzip"})
    plain = client.get(static(name), headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == (STATIC / name).read_bytes()
    assert int(packed.headers["content-length"]) < len(plain.content)
    for answer in (packed, plain):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("accepted", ["gzip, deflate, br, zstd", "br;q=0.5", "br"])
def test_browser_code_goes_by_brotli_to_who_can_unpack_it(client: TestClient, accepted: str) -> None:
    packed = client.get("/static/vendor/survey.core.min.js", headers={"Accept-Encoding": accepted})
    assert packed.headers["content-encoding"] == "br"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < 260_000


def test_brotli_that_is_refused_is_not_sent(client: TestClient) -> None:
    packed = client.get("/static/vendor/htmx.min.js", headers={"Accept-Encoding": "gzip, br; q=0"})
    assert packed.headers["content-encoding"] == "gzip"


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/tokens.css")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/static/tokens.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pictures_and_what_is_not_there_go_as_they_are(client: TestClient) -> None:
    assert "content-encoding" not in client.get("/static/vendor/inter.woff2").headers
    assert client.get("/static/nothing.css").status_code == 404
