"""What every page is asked: accessibility by axe-core, and whether it fits the screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def axe(page: Page) -> None:
    """Fail, naming every violation and where it is, unless axe-core finds the page free of them."""
    page.evaluate(_source())  # not a script tag: the page's own content security policy stays in force
    violations = page.evaluate("async () => (await axe.run()).violations")
    told = [
        f"{v['id']} ({v['impact']}): {v['help']}\n"
        + "\n".join(f"    {' '.join(map(str, n['target']))}: {n['html'][:160]}" for n in v["nodes"][:5])
        for v in violations
    ]
    assert not told, f"{page.url} has {len(told)} violations:\n" + "\n".join(told)


def fits(page: Page) -> None:
    """Fail if the page scrolls sideways."""
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= shown, f"{page.url} scrolls sideways: {wide} px in {shown}"
