"""What rooms above tell beside a customer's path, each by a template of its own; the application supplies them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from polku.workspace import Workspace

Tell = Callable[[Workspace, int], Mapping[str, Any] | None]
"""Of a profile, what the template is given; None: there is nothing to tell."""


class Asides:
    """A part of the workspace. Until `add` is called there are none."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._made: dict[str, Tell] = {}

    def add(self, template: str, tell: Tell) -> None:
        """Show `template` on the page of every customer of whom there is something to tell, as `told`."""
        self._made[template] = tell

    def of(self, profile: int) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Templates and what each is given."""
        found = ((template, tell(self._workspace, profile)) for template, tell in self._made.items())
        return [(template, told) for template, told in found if told is not None]
