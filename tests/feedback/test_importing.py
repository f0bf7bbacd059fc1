"""A mapping makes comments of any column: reviews and the like become comments as events of programs do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from polku import library
from tests.commands import Ran, run

__all__ = ["run"]

MAPPING = """
[source]
name = "Reviews"
channel = "web"

[table.reviews]
files = "reviews.csv"

[[event]]
name = "Product Reviewed"
table = "reviews"
at = "day"
id = "number"
user_id = "who"
properties = { comment = '"verbatim words"' }
"""
REVIEWS = "number,day,who,verbatim words\n1,2026-03-01,u1,Toimitus oli hidas\n2,2026-03-02,u2,Kaikki hyvin\n"


def test_a_mapping_makes_comments_of_any_column(tmp_path: Path, run: Callable[..., Ran]) -> None:
    folder, mapping, table = tmp_path / "d", tmp_path / "m.toml", tmp_path / "reviews.csv"
    mapping.write_text(MAPPING)
    table.write_text(REVIEWS)
    assert run("init", folder).code == 0
    imported = run("import", table, "--mapping", mapping, "--data", folder)
    assert imported.code == 0, imported.err
    with library.open(folder) as opened:
        found = opened.feedback.comments()
    assert [c.text for c in found.comments] == ["Kaikki hyvin", "Toimitus oli hidas"]
    assert all(c.profile for c in found.comments)
