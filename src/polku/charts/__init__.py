"""Figures: a chart with its title, its text and its table; one serves page, notebook and PDF."""

from polku.charts.curve import Step, curve
from polku.charts.drawing import Specification
from polku.charts.figure import Cell, Figure
from polku.charts.lengths import Bar, lengths
from polku.charts.shares import Share, shares
from polku.charts.theme import NARROW, WIDE, Frame, Theme
from polku.charts.time_series import Measure, Point, Series, time_series
from polku.charts.up_and_down import Bars, up_and_down
from polku.charts.warming import warm

__all__ = [
    "NARROW",
    "WIDE",
    "Bar",
    "Bars",
    "Cell",
    "Figure",
    "Frame",
    "Measure",
    "Point",
    "Series",
    "Share",
    "Specification",
    "Step",
    "Theme",
    "curve",
    "lengths",
    "shares",
    "time_series",
    "up_and_down",
    "warm",
]
