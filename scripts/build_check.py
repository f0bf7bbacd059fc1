"""Refuses to build a wheel without the browser code that its pages need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserCodeCheck(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own generic is private
    """Hatchling calls `initialize` before each build; an editable install may come before `make assets`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        vendor = Path(self.root, "src/polku/web/static/vendor")
        if version != "editable" and not (vendor / "htmx.min.js").exists():
            raise RuntimeError(f"{vendor} has no browser code. Run: make assets")
