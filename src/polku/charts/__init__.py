"""Figures: a chart with its title, its text and its table; one serves page, notebook and PDF."""

from polku.charts.drawing import Specification
from polku.charts.figure import Cell, Figure
from polku.charts.lengths import Bar, lengths
from polku.charts.theme import NARROW, WIDE, Frame, Theme
from polku.charts.time_series import Point, Series, time_series
from polku.charts.warming import warm

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "Cell",
    "Figure",
    "Frame",
    "Point",
    "Series",
    "Specification",
    "Theme",
    "lengths",
    "time_series",
    "warm",
]
