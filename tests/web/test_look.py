"""What can be checked of the look without a browser."""

import re

import pytest

from polku.web.channels import CHANNELS
from polku.web.rendering import PACKAGE, STATIC

GROUNDS = ("paper", "card")
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")


def colour(name: str, theme: int) -> tuple[float, ...]:
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", TOKENS)
    assert found, name
    code = found[theme + 1]
    return tuple(int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))


def luminance(rgb: tuple[float, ...]) -> float:
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """WCAG 2.2, relative luminance."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("ink", "muted", "accent", "good", "bad") for ground in GROUNDS),
        *(("accent", "tint"), ("ink", "tint"), ("on-accent", "accent")),
        *(("good", "good-tint"), ("bad", "bad-tint")),
    ],
)
def test_text_is_readable(text, ground, theme):
    assert contrast(colour(text, theme), colour(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_signs_and_edges_are_seen(stage, theme):
    assert contrast(colour("edge", theme), colour("card", theme)) >= 3
    assert contrast(colour("edge", theme), colour("paper", theme)) >= 3
    assert contrast(colour(f"stage-{stage}", theme), colour("card", theme)) >= 3


def test_every_icon_that_is_used_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    assert set(CHANNELS) <= drawn
    used = {"theme-light", "theme-dark", "theme-auto"}
    for template in PACKAGE.glob("*/templates/**/*.html"):
        used |= set(re.findall(r'icon\("([\w-]+)"[,)]', template.read_text(encoding="utf-8")))
    for module in PACKAGE.rglob("*.py"):
        used |= set(re.findall(r'NavItem\([^)]*\), "(\w+)"', module.read_text(encoding="utf-8")))
    assert used <= drawn


def test_every_colour_of_the_styles_is_a_token():
    for sheet in STATIC.glob("*.css"):
        names = set(re.findall(r"var\(--([\w-]+)", sheet.read_text(encoding="utf-8")))
        assert names - set(re.findall(r"--([\w-]+):", TOKENS)) <= {"stage", "heat", "share"}, sheet.name
