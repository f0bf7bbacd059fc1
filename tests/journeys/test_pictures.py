"""What answers show of themselves in a notebook."""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from polku.answer import Answer
from polku.i18n import use_language
from polku.journeys import QUERIES
from polku.journeys.touchpoints import store
from polku.web.pictures import standalone
from tests.journeys.shop import Shop, busy

EVIL = '<script>alert("x & y")</script>'
STEPS = {"steps": ["product", "cart", "order"]}
ASKED: dict[str, dict[str, Any]] = {
    "journeys/between": {"start": "product", "end": "order"},
    "journeys/funnel": STEPS,
    "journeys/conversion": STEPS | {"by": "day", "within": "1d"},
    "journeys/dropouts": STEPS | {"at": 1},
    "journeys/compare": {"who_a": ["met:cart"]},
    "journeys/conformance": STEPS,
    "journeys/types": {"outcome": "order", "types": 2},
    "journeys/attribution": {"outcome": "order"},
    "journeys/next": {"so_far": ["product"], "within": "1d"},
    "journeys/retention": {"by": "day"},
    "journeys/lifecycle": {"by": "day"},
    "journeys/stages": {"by": "day"},
    "journeys/volumes": {"by": "day"},
    "journeys/paths": {"start": "product"},
}
"""What has to be asked, or makes the small shop's answer large enough to be drawn."""

PICTURED = {*ASKED, "journeys/map", "journeys/graph"} - {"journeys/dropouts"}
ALL = [q for q in QUERIES if q.path.startswith("journeys/")]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Answer]]:
    """Every question's answer in a shop in which a touchpoint has a name that means harm."""
    shop = busy(Shop(tmp_path_factory.mktemp("shop")))
    ways = (["ad", "product", "cart", "order", "delivery"], ["product", "answer", "product", "answer"])
    for i in range(60):
        shop.visits(f"d{i}", *[(i % 7 + k / 10, key) for k, key in enumerate(ways[i % 2])])
    workspace = shop.refreshed()
    with workspace.db.session() as session:
        spec = store.load_spec(session, "cart")
        store.change_touchpoint(session, "cart", replace(spec, name_en=EVIL, name_fi=EVIL))
    yield {q.path: q.of(ASKED.get(q.path, {})).answer(workspace) for q in ALL}
    shop.close()


@pytest.mark.parametrize("path", [q.path for q in ALL])
def test_an_answer_shows_itself_by_what_it_brings_along(answers: dict[str, Answer], path: str) -> None:
    for language in ("en", "fi"):
        with use_language(language):
            shown = answers[path]._repr_html_()
        pictures = pictures_of(shown)
        for text in (shown, *pictures):
            whole = ElementTree.fromstring(f"<div>{text}</div>" if text is shown else text)
            assert not [e for e in whole.iter() if e.tag.rpartition("}")[2] == "script"]
            assert not [e for e in whole.iter() if any(n.endswith("href") for n in e.attrib)]
        targets = re.findall(r"""(?:url\(|src=)["']?([^"')]*)""", "".join([shown, *pictures]))
        assert {t[:5] for t in targets if not t.startswith("#")} <= {"data:"}
        assert bool(pictures) == (path in PICTURED)


def test_harmful_names_are_told_as_they_are(answers: dict[str, Answer]) -> None:
    graph = answers["journeys/graph"]._repr_html_()
    assert EVIL not in graph
    assert "&lt;script&gt;" in graph
    (picture,) = pictures_of(graph)
    told = [e.text for e in ElementTree.fromstring(picture).iter() if e.tag.endswith("title")]
    assert EVIL in told


def test_a_picture_has_its_colours_for_light_and_dark(answers: dict[str, Answer]) -> None:
    for path in PICTURED:
        for picture in pictures_of(answers[path]._repr_html_()):
            light, dark = picture.split("prefers-color-scheme:dark", 1)
            assert "--card:#ffffff" in light
            assert "--card:#1a2128" in dark
            used = set(re.findall(r"var\((--[\w-]+)(?:\)|,#)", picture))
            assert used <= set(re.findall(r"(--[\w-]+):", picture)), path


def test_only_the_rules_of_what_is_drawn_are_brought_along() -> None:
    drawing = '<svg class="flow-wide" viewBox="0 0 10 20"><a class="stage-1" href="/x"><rect/></a></svg>'
    picture = standalone(drawing, "components", "journeys", within="flow-picture")
    assert ".flow-picture rect{fill:" in picture
    assert "--stage:var(--stage-1)" in picture.replace(" ", "")
    assert "hover" not in picture
    assert "href" not in picture
    assert ".whisker" not in picture
    assert "max-width" not in picture


def test_an_answer_without_anything_shows_itself_too(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    workspace = shop.refreshed()
    for query in ALL:
        if query.path not in ("journeys/compare", "journeys/conformance"):
            assert "<table>" in query.of(ASKED.get(query.path, {})).answer(workspace)._repr_html_()
    shop.close()


def test_nobody_draws_until_an_answer_is_shown() -> None:
    asked = "import polku.library, sys; print({'vl_convert', 'polku.journeys.pictures'} & {*sys.modules})"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def pictures_of(shown: str) -> list[str]:
    return [b64decode(d).decode() for d in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', shown)]
