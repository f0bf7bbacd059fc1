"""The guide: the same pages in both languages, all reachable, and settings as they are in the code."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from polku.settings import Settings

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
LANGUAGES = ["en", "fi"]


def test_both_languages_have_the_same_pages() -> None:
    english, finnish = ({p.name for p in (GUIDE / language).iterdir()} for language in LANGUAGES)
    assert english == finnish


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_leads_to_every_page(language: str) -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", (GUIDE / language / "index.md").read_text()))
    assert linked == {p.name for p in (GUIDE / language).glob("*.md")} - {"index.md"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_somewhere(language: str) -> None:
    for page in (GUIDE / language).glob("*.md"):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_pictures_are_those_of_the_pages_and_small() -> None:
    images = GUIDE.parent / "images"
    pages = "".join(p.read_text() for p in GUIDE.rglob("*.md"))
    shown = {Path(p) for p in re.findall(r"!\[[^\]]+\]\(\.\./\.\./images/(guide/[^)]+)\)", pages)}
    taken = {p.relative_to(images) for p in (images / "guide").rglob("*.png")}
    assert shown == taken
    assert sum(p.stat().st_size for p in images.rglob("*.png")) < 1_500_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_told_with_its_default(language: str) -> None:
    text = (GUIDE / language / "install.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", text, re.MULTILINE)
    told = {name: default for name, default, _ in rows}
    settings = [f for f in fields(Settings) if f.name != "folder"]
    assert list(told) == [f.name for f in settings]
    assert told == {f.name: str(f.default) for f in settings}
