"""What stands in the navigation: each slice adds its own pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from polku.i18n import LazyText
from polku.web.roles import covers
from polku.workspace import Role

Section = Literal["main", "settings", "sources", "analyses", "feedback", "cases"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation, or (another section) a tab of that entry's pages.

    `also` are paths that belong to the entry without standing under it.
    """

    path: str
    title: LazyText
    icon: str
    order: int
    section: Section = "main"
    role: Role = "agent"  # the least that may go there
    also: tuple[str, ...] = ()

    def is_current(self, path: str) -> bool:
        return any(path == own or path.startswith(own.rstrip("/") + "/") for own in (self.path, *self.also))


_items: dict[tuple[Section, str], NavItem] = {}


def add(item: NavItem) -> None:
    """Show this entry; adding a path to a section again replaces it."""
    _items[item.section, item.path] = item


def items(*, section: Section = "main", role: str) -> list[NavItem]:
    """Entries in their order that one with this role may use."""
    shown = (i for i in _items.values() if i.section == section and covers(role, i.role))
    return sorted(shown, key=lambda i: (i.order, i.path))
