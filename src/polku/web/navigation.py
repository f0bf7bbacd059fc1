"""What stands in the navigation: each slice adds its own pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from polku.i18n import LazyText


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation, or (section `settings`) a tab of the settings."""

    path: str
    title: LazyText
    icon: str
    order: int
    section: Literal["main", "settings"] = "main"
    admin_only: bool = False

    def is_current(self, path: str) -> bool:
        return path == self.path or path.startswith(self.path.rstrip("/") + "/")


_items: dict[str, NavItem] = {}


def add(item: NavItem) -> None:
    """Show this entry; adding a path again replaces it."""
    _items[item.path] = item


def items(*, section: Literal["main", "settings"] = "main", admin: bool) -> list[NavItem]:
    """Entries in their order that a user may see."""
    shown = (i for i in _items.values() if i.section == section and (admin or not i.admin_only))
    return sorted(shown, key=lambda i: (i.order, i.path))
