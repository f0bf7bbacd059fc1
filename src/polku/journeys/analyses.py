"""The pages that analyse journeys stand together: one entry of the navigation, a tab for each."""

from __future__ import annotations

from typing import Final

from polku.i18n import LazyText, _l
from polku.journeys.asking.filters import CUSTOMERS
from polku.web import navigation
from polku.web.navigation import NavItem

_MAIN: Final = "/journeys/paths"

_paths: list[str] = [CUSTOMERS]


def analysis(path: str, title: LazyText, icon: str, order: int) -> None:
    """Add the tab of a page; the map, which stands by itself in the navigation, has none."""
    navigation.add(NavItem(path, title, icon, order, section="analyses"))
    _paths.append(path)
    navigation.add(NavItem(_MAIN, _l("Analyses"), "funnel", 25, also=tuple(_paths)))
