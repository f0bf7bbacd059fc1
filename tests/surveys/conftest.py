from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from polku.app import create_app
from polku.library import open_workspace
from polku.settings import read_settings
from polku.store import kernels
from polku.web import entrance
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.web.visits import ADMIN
from tests.web.visits import post as post_on


@pytest.fixture(scope="package")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    settings = read_settings(empty_folder(tmp_path_factory.mktemp("asking")))
    with open_workspace(settings) as workspace:
        kernels.compile_all()
        yield workspace


@pytest.fixture(scope="package")
def browser(workspace: Workspace) -> TestClient:
    entrance.log_in_attempts.__init__(most=50, within=entrance.log_in_attempts.within)  # type: ignore[misc]
    browser = TestClient(create_app(workspace), base_url="http://127.0.0.1:8000", follow_redirects=False)
    assert post_on(browser, "/setup", {**ADMIN, "language": "en"}).status_code == 303
    return browser


@pytest.fixture(scope="package")
def stranger(browser: TestClient) -> TestClient:
    return TestClient(browser.app, base_url="http://127.0.0.1:8000", follow_redirects=False)
