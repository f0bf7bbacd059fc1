"""The whole application, with every slice: a stranger gets nowhere, whatever address there is."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from polku import library
from polku.app import create_app
from polku.collect import PUBLIC_PATHS
from polku.settings import read_settings
from polku.surveys.public import PUBLIC_PATHS as OF_SURVEYS
from polku.web.app import OPEN_PATHS
from tests.folders import empty_folder
from tests.web.visits import ADMIN, paths, post


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_stranger_gets_nowhere(tmp_path: Path, method: str) -> None:
    settings = read_settings(empty_folder(tmp_path))
    with library.open_workspace(settings) as workspace:
        app = create_app(workspace)
        post(TestClient(app, base_url="http://127.0.0.1:8000"), "/setup", ADMIN)
        stranger = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
        every = [
            p for p in paths(app) if not p.startswith((*OPEN_PATHS, *PUBLIC_PATHS, *OF_SURVEYS, "/static"))
        ]
        assert {"/profiles/1", "/live/1", "/api/v1/profiles/split", "/api/v1/touchpoints/1"} <= set(every)
        for path in sorted(set(every) - {"/login", "/preferences", "/setup"}):
            answer = stranger.request(method, path)
            allowed = (401,) if path.startswith("/api/") else (303,) if method == "GET" else (403,)
            assert answer.status_code in allowed, f"{method} {path}"
            assert "Anna" not in answer.text
