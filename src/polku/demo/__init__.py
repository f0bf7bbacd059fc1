"""Demo data: a believable year of a Finnish outdoor shop, with planted truths."""

from polku.demo.cases import deal_with_cases
from polku.demo.sources import SOURCES, DemoSource
from polku.demo.touchpoints import TOUCHPOINTS, DemoRule, DemoTouchpoint
from polku.demo.world import World, make_demo, make_world, truths

__all__ = [
    "SOURCES",
    "TOUCHPOINTS",
    "DemoRule",
    "DemoSource",
    "DemoTouchpoint",
    "World",
    "deal_with_cases",
    "make_demo",
    "make_world",
    "truths",
]
