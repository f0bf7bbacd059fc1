"""Shares beside each other."""

from __future__ import annotations

import re

from polku.charts import Figure, Share, shares
from polku.charts.theme import NARROW

STEPS = [
    Share("Product page", 1.0, 0.98, 1.0, 200),
    Share("Cart & co", 0.5, 0.43, 0.57, 200),
    Share("Product page", 0.25, 0.2, 0.32, 200),
    Share("Order", None, None, None, 3),
]


def figure(told: list[Share]) -> Figure:
    return shares(title="Funnel", description="Half get on", names_are="Step", shares=told)


def test_each_has_its_bar_its_interval_and_its_figures_in_the_order_given() -> None:
    svg = figure(STEPS).to_svg()
    assert re.findall(r">(Product page|Cart &amp; co|Order)<", svg) == [
        "Product page",
        "Cart &amp; co",
        "Product page",
        "Order",
    ]
    assert re.findall(r">([\d.]+% ± [\d.]+|–)<", svg) == ["100.0% ± 1.0", "50.0% ± 7.0", "25.0% ± 6.0", "–"]
    assert svg.count("<line") >= 3


def test_the_table_tells_the_same_with_what_it_is_of() -> None:
    table = figure(STEPS).table
    assert table[1] == ("Cart & co", 0.5, 0.43, 0.57, "200")
    assert table[3] == ("Order", None, None, None, "3")


def test_a_long_name_is_cut_and_none_at_all_is_no_error() -> None:
    long = [Share("A touchpoint with a name that goes on and on " * 4, 0.5, 0.4, 0.6, 90)]
    assert "…" in figure(long).to_svg(frame=NARROW)
    assert figure([]).to_svg()
