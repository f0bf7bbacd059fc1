"""Answers as tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import pyarrow as pa
import pytest

from polku import library
from polku.answer import Answer, pictured
from polku.errors import InvalidInput
from polku.i18n import use_language
from polku.stats import Estimate, proportion
from polku.web.files import as_csv


@dataclass(frozen=True, slots=True)
class Named:
    key: str
    name_fi: str


@dataclass(frozen=True, slots=True)
class Part:
    step: Named
    count: int
    share: Estimate | None


@dataclass(frozen=True, slots=True)
class Over:
    step: Named
    volume: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outer:
    key: str
    inner: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Told(Answer):
    starts: tuple[date, ...]
    parts: tuple[Part, ...]
    over: tuple[Over, ...]
    outer: tuple[Outer, ...]


@dataclass(frozen=True, slots=True)
class Plain(Answer):
    total: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Met:
    key: str
    name_fi: str
    name_en: str
    channel: str


@dataclass(frozen=True, slots=True)
class Meeting:
    touchpoint: Met | None
    took_s: float
    share: Estimate


@dataclass(frozen=True, slots=True)
class Meetings(Answer):
    meetings: tuple[Meeting, ...]


SHARE = proportion(5, 10)
PART = Part(Named("cart", "Kori"), 5, SHARE)
TOLD = Told(
    (date(2026, 1, 1), date(2026, 2, 1)),
    (PART, Part(Named("=cmd|' /C calc'!A0", "x"), 0, None)),
    (Over(Named("cart", "Kori"), (3, 4)),),
    (Outer("a", (PART, PART)), Outer("b", ())),
)


def test_estimates_and_what_is_nested_take_columns() -> None:
    table = TOLD.to_arrow()
    assert TOLD.tables == ("parts", "over", "outer")
    assert table.to_pylist()[0] == {
        "step": "cart", "step_name_fi": "Kori", "count": 5,
        "share": 0.5, "share_low": SHARE.low, "share_high": SHARE.high, "share_n": 10,
    }  # fmt: skip
    assert table.to_pylist()[1]["share"] is None


def test_lists_over_time_become_rows() -> None:
    rows = TOLD.to_arrow("over").to_pylist()
    assert [(r["step"], r["starts"], r["volume"]) for r in rows] == [
        ("cart", date(2026, 1, 1), 3),
        ("cart", date(2026, 2, 1), 4),
    ]


def test_what_things_hold_becomes_rows() -> None:
    assert [(r["outer_key"], r["count"]) for r in TOLD.to_arrow("outer").to_pylist()] == [("a", 5), ("a", 5)]


def test_an_empty_table_has_its_columns() -> None:
    empty = Told((), (), (), ())
    for name in empty.tables:
        assert empty.to_arrow(name).schema == TOLD.to_arrow(name).schema
    assert empty.to_arrow().schema.field("count").type == pa.int64()


def test_without_a_table_the_answer_is_one_row() -> None:
    assert Plain(3, ("a", "b")).to_arrow().to_pylist() == [{"total": 3, "words": ["a", "b"]}]


def test_an_unknown_table_is_told() -> None:
    with pytest.raises(InvalidInput, match="There are: parts, over, outer"):
        TOLD.to_arrow("prats")


def test_csv_has_no_formulas() -> None:
    text = as_csv(TOLD.to_arrow()).decode("utf-8-sig")
    assert "\"'=cmd|' /C calc'!A0\"" in text
    assert '"a; b"' in as_csv(Plain(3, ("a", "b")).to_arrow()).decode("utf-8-sig")


def test_a_notebook_shows_picture_and_table() -> None:
    pictured(Plain, lambda answer: f"<svg>{answer.total}</svg>")
    shown = Plain(3, ("<b>",))._repr_html_()
    assert shown.startswith("<svg>3</svg><div")
    assert "<table>" in shown
    assert "&lt;b&gt;" in shown


def test_a_notebook_shows_how_sure_numbers_are_and_names_in_its_language() -> None:
    met = Met("cart", "Kori", "Cart", "web")
    shown = Meetings((Meeting(met, 12_345.6, SHARE), Meeting(None, 0.25, Estimate.unknown(3, "too_few"))))
    for language, name in (("fi", "Kori (cart)"), ("en", "Cart (cart)")):
        with use_language(language):
            head, *rows = (
                re.findall(r"<t[hd]>(.*?)</t[hd]>", r) for r in shown._repr_html_().split("<tr>")[1:]
            )
        assert head == ["touchpoint", "took_s", "share"]
        assert rows == [[name, "12,346", "0.5 ± 0.26 (n 10)"], ["–", "0.25", "– (n 3)"]]


def test_a_notebook_shows_the_first_rows() -> None:
    many = replace(TOLD, parts=(PART,) * 23)
    assert many._repr_html_().count("<tr>") == 21
    assert "<p>… 3</p>" in many._repr_html_()


@pytest.mark.parametrize("query", library.QUERIES, ids=lambda q: q.path)
def test_every_answer_is_one(query: type[library.Query]) -> None:
    assert issubclass(query.result_type(), Answer)
