"""What Polku stands on is told: each package, why, and under which licence."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {"psycopg", "pyspark"}
OF_EXTRAS = {"pyspark", "py4j"}
"""What is imported only where an extra is installed; py4j is how PySpark talks to Java."""
DECLARED = {re.split(r"[\[<>=; ]", d)[0] for d in PROJECT["dependencies"]}


def test_every_dependency_is_told_with_its_reason() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", (ROOT / "docs/architecture.md").read_text(), re.M)
    told = {name.strip() for row in rows for name in row.replace(" (extra)", "").split(",")}
    assert told - {"package", "---"} == DECLARED | EXTRAS


def test_every_import_is_of_a_declared_dependency() -> None:
    """What comes only with something else may go with it."""
    imported = {
        name.split(".")[0]
        for file in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    foreign = imported - set(sys.stdlib_module_names) - {"polku"} - OF_EXTRAS
    known = packages_distributions()
    used = {re.sub(r"[-_.]+", "-", known[name][0]).lower() for name in foreign if name != "pydantic_core"}
    assert used <= DECLARED
    assert DECLARED - used == {"python-multipart"}, (
        "declared, but nobody imports it (Starlette's forms need one)"
    )
