from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from polku import web
from polku.charts import Figure, Point, Series, Theme, time_series, warm
from polku.charts.theme import TOKENS
from polku.i18n import use_language

HOSTILE = """<script>alert("1")</script> & 'co' role="x" id="y" url(#z)"""


@pytest.fixture
def figure() -> Figure:
    series = [Series(n, [Point(date(2026, 1, 1) + timedelta(i), 9 * i) for i in range(40)]) for n in "ab"]
    return time_series(title="Volumes", description="Twice as many as before.", series=series)


def test_page_has_title_text_alternative_and_table(figure: Figure) -> None:
    with use_language("fi"):
        html = figure.to_html()
    assert "<figcaption>Volumes</figcaption>" in html
    assert html.count('role="img" aria-label="Twice as many as before."') == 2
    assert "<details><summary>Näytä taulukkona</summary>" in html
    assert html.count("<tr>") == 41
    ElementTree.fromstring(html)  # well-formed


def test_page_has_no_script_style_or_fixed_colour(figure: Figure) -> None:
    html = figure.to_html()
    assert "<script" not in html
    assert not re.findall(r"\bstyle=|\bon\w+=", html)
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', html)) - {"none", "transparent"}
    assert colours
    assert all(re.fullmatch(r"var\(--[\w-]+,#\w+\)", c) for c in colours), colours


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_file_has_the_colours_of_its_theme(figure: Figure, theme: Theme) -> None:
    drawn = figure.to_svg(theme)
    assert "var(" not in drawn
    assert TOKENS["accent"][0 if theme == "light" else 1] in drawn


def test_colours_are_those_of_the_pages() -> None:
    tokens = Path(web.__file__).with_name("static") / "tokens.css"
    pages = dict(re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\)", tokens.read_text()))
    assert {name: pages.get(name) for name in TOKENS} == {n: ", ".join(pair) for n, pair in TOKENS.items()}


def test_words_from_outside_are_escaped() -> None:
    series = [Series(n, [Point(date(2026, 1, 1), 1.0)]) for n in (HOSTILE, "b")]
    html = time_series(title=HOSTILE, description=HOSTILE, series=series).to_html()
    assert "<script" not in html
    root = ElementTree.fromstring(html)
    assert root.findtext("figcaption") == HOSTILE
    assert HOSTILE in [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert HOSTILE in [e.text for e in root.iter("th")]


def test_drawings_on_one_page_share_no_ids(figure: Figure) -> None:
    other = time_series(title="Other", description="d", series=[Series("x", [Point(date(2026, 1, 1), 1.0)])])
    ids = re.findall(r'\bid="([^"]+)"', figure.to_html() + other.to_html())
    assert len(ids) == len(set(ids))


def test_notebook_gets_picture_and_chart(figure: Figure) -> None:
    bundle = figure._repr_mimebundle_()
    assert str(bundle["image/svg+xml"]).startswith("<svg")
    assert bundle["text/plain"] == "Twice as many as before."


def test_warming_ends() -> None:
    thread = warm()
    thread.join(30)
    assert not thread.is_alive()
