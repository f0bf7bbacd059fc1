"""Demo data: a believable year of a Finnish outdoor shop, with planted truths."""

from polku.demo.sources import SOURCES, DemoSource
from polku.demo.world import World, make_demo, make_world, truths

__all__ = ["SOURCES", "DemoSource", "World", "make_demo", "make_world", "truths"]
