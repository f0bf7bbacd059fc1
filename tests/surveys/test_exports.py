"""Responses as CSV, Parquet and SPSS, read back by other programs."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.i18n import use_language
from polku.surveys.results import Choice, Question, wide
from polku.surveys.results.spss import LONGEST_LABEL, LONGEST_VALUE_LABEL, as_spss, spss_name, within_bytes
from polku.web.files import as_csv, as_parquet
from tests.surveys.responses import EVERY, NPS, REASON, WORDS, drawn, responses


def read_sav(content: bytes, folder: Path, **more: Any) -> tuple[dict[str, list[Any]], Any]:
    path = folder / "read.sav"
    path.write_bytes(content)
    columns, told = pyreadstat.read_sav(path, output_format="dict", **more)
    return dict(columns), told


def test_the_table_has_a_column_for_each_answer() -> None:
    answers = drawn(20)
    answers[3] = {}
    table = wide(responses(answers, segment=["a"] * 20))
    assert table.column_names == [
        "response_id", "profile", "answered_at", "segment", "recommend", "reason", "channels__web", "channels__shop",
        "channels__phone", "grid__speed", "grid__tone", "ranks__a", "ranks__b", "ranks__c", "well", "words",
    ]  # fmt: skip
    assert table.schema.field("recommend").type == table.schema.field("ranks__a").type == pa.int64()
    rows = table.to_pylist()
    for row, answer in zip(rows, answers, strict=True):
        assert row["recommend"] == answer.get("recommend")
        assert row["reason"] == (None if answer.get("reason") == "dk" else answer.get("reason"))
        assert row["channels__web"] == (
            (int("web" in answer["channels"]) if answer["channels"] else None) if answer else None
        )
        assert row["ranks__b"] == (answer["ranks"].index("b") + 1 if answer else None)
        assert row["words"] == answer.get("words")
    assert pq.read_table(io.BytesIO(as_parquet(table))).equals(table)
    assert wide(responses(answers).weighted(np.ones(20)))["weight"].to_pylist() == [1.0] * 20


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), min_size=1), min_size=1, max_size=8
    )
)
@settings(max_examples=60)
def test_no_cell_of_a_csv_begins_a_formula_but_numbers_stay(texts: list[str]) -> None:
    asked = Question("=cmd()", "comment")
    given_answers = [
        {"=cmd()": t} for t in [*texts, "-5", "+358401234567", "=1+1", "@sum", "-5+2", "\tx", "＝1"]
    ]
    rows = list(
        csv.reader(
            io.StringIO(as_csv(wide(responses(given_answers, (asked,)))).decode("utf-8-sig"), newline="")
        )
    )
    assert rows[0][-1] == "'=cmd()"
    cells = [row[-1] for row in rows[1:]]
    assert cells[-7:] == ["-5", "+358401234567", "'=1+1", "'@sum", "'-5+2", "'\tx", "'＝1"]
    assert not any(c[:1] in "=@\t＝" for c in cells if c)
    for told, text in zip(cells, texts, strict=False):
        assert told.removeprefix("'") == (text if text.strip() else "").removeprefix("'")


def test_points_of_a_scale_may_have_names_and_nobody_need_have_answered(tmp_path: Path) -> None:
    named = tuple(Choice(str(k), {"en": f"point {k}"}) for k in (1, 5))
    asked = Question("q", "rating", choices=named), Question("never", "comment"), Question("nor", "dropdown")
    told = responses([{"q": 5}, {"q": 2}, {}], asked)
    table = wide(told)
    assert table["q"].to_pylist() == [5, 2, None]
    assert [table.schema.field(n).type for n in ("q", "never", "nor")] == [
        pa.int64(),
        pa.string(),
        pa.string(),
    ]
    columns, meta = read_sav(as_spss(told).content, tmp_path)
    assert columns["q"] == [5, 2, None]
    assert meta.variable_value_labels["q"] == {1: "point 1", 5: "point 5"}
    assert columns["never"] == ["", "", ""]


def test_numbers_below_nothing_stay_numbers() -> None:
    asked = Question("change", "rating", low=-5, high=5)
    rows = as_csv(wide(responses([{"change": -5}, {"change": 3}], (asked,)))).decode("utf-8-sig").splitlines()
    assert [r.split(",")[-1] for r in rows] == ['"change"', "-5", "3"]


def test_spss_reads_back_what_was_answered(tmp_path: Path) -> None:
    answers = drawn(40)
    answers[5] = {}
    with use_language("fi"):
        made = as_spss(responses(answers, segment=["a", None] * 20))
    columns, told = read_sav(made.content, tmp_path, user_missing=True)
    assert columns["recommend"] == [a.get("recommend") for a in answers]
    codes = {"price": 1, "service": 2, "dk": 3, "former": 4}
    assert columns["reason"] == [codes.get(a.get("reason", "")) for a in answers]
    assert told.variable_value_labels["reason"] == {
        1: "price suomeksi",
        2: "service suomeksi",
        3: "dk",
        4: "former",
    }
    assert told.missing_ranges["reason"] == [{"lo": 3.0, "hi": 3.0}]
    assert (
        read_sav(made.content, tmp_path)[0]["reason"][[a.get("reason") for a in answers].index("dk")] is None
    )
    for channel in ("web", "shop", "phone"):
        expected = [int(channel in a["channels"]) if a.get("channels") else None for a in answers]
        assert columns[f"channels__{channel}"] == expected
        assert told.variable_value_labels[f"channels__{channel}"] == {0: "Ei valittu", 1: "Valittu"}
    assert columns["grid__speed"] == [a["grid"]["speed"] if a else None for a in answers]
    assert columns["words"] == [a.get("words", "") for a in answers]
    assert columns["answered_at"][1].isoformat() == "2026-03-01T01:00:00"
    assert columns["segment"] == ["a", ""] * 20
    labels = told.column_names_to_labels
    assert labels["recommend"] == "Suositteletko?"
    assert labels["answered_at"] == "answered_at (UTC)"
    measures = told.variable_measure
    assert [measures[n] for n in ("recommend", "reason", "channels__web", "ranks__a", "words")] == [
        "ordinal", "nominal", "nominal", "ordinal", "nominal",
    ]  # fmt: skip
    assert made.shortened == ()


def test_what_spss_cannot_hold_is_told(tmp_path: Path) -> None:
    long_name = "miten_tyytyväinen_olet_" * 5
    title = "Kuinka tyytyväinen olit kokonaisuutena käyntiisi myymälässämme? " * 6
    choice = "Erittäin tyytyväinen, sillä minua palveltiin ystävällisesti ja nopeasti; " * 3
    missing = tuple(Choice(f"m{i}", {"fi": f"Puuttuu {i}"}, True) for i in range(4))
    asked = Question(long_name, "radiogroup", {"fi": title}, (Choice("ä", {"fi": choice}), *missing))
    same = Question(long_name.upper(), "comment", {"fi": "Sama nimi"})
    told = responses([{long_name: "ä", long_name.upper(): "ö" * 20_000}, {long_name: "m3"}], (asked, same))
    made = as_spss(told)
    columns, meta = read_sav(made.content, tmp_path, user_missing=True)
    name, other = made.names[long_name], made.names[long_name.upper()]
    assert len(name) <= 64
    assert name.upper() != other.upper()
    label = meta.column_names_to_labels[name]
    assert title.startswith(label.removesuffix("…"))
    assert LONGEST_LABEL - 4 <= len(label.encode()) <= LONGEST_LABEL
    value_label = meta.variable_value_labels[name][1]
    assert choice.startswith(value_label.removesuffix("…"))
    assert LONGEST_VALUE_LABEL - 4 <= len(value_label.encode()) <= LONGEST_VALUE_LABEL
    assert columns[name] == [1, 5]
    assert len(columns[other][0].encode()) <= 32_767
    assert columns[other][0].startswith("ö" * 16_000)
    assert [(s.variable == name, s.what) for s in made.shortened if s.what != "name"] == [
        (True, "label"), (True, "value label"), (True, "missing value"), (False, "text"),
    ]  # fmt: skip
    assert {s.full for s in made.shortened if s.what == "name"} == {long_name, long_name.upper()}


@given(st.lists(st.text(max_size=90), min_size=1, max_size=12))
@settings(max_examples=80)
def test_names_are_such_as_spss_takes_and_never_the_same(names: list[str]) -> None:
    taken: list[str] = []
    for name in names:
        made = spss_name(name, taken)
        assert made.isascii()
        assert made.isidentifier()
        assert made[0].isalpha()
        assert not made.endswith("_")
        assert len(made) <= 64
        assert made.upper() not in {t.upper() for t in taken} | {"ALL", "AND", "OR", "TO", "WITH", "NOT"}
        taken.append(made)


@given(st.text(), st.integers(3, 40))
def test_no_letter_is_cut_in_two(text: str, most: int) -> None:
    cut = within_bytes(text, most)
    assert len(cut.encode("utf-8", "ignore")) <= most
    assert cut == text or text.startswith(cut.removesuffix("…"))


@pytest.mark.parametrize("n", [0, 1])
def test_nobody_and_one(n: int, tmp_path: Path) -> None:
    told = responses(drawn(n), (NPS, REASON, WORDS))
    assert wide(told).num_rows == n
    columns, _ = read_sav(as_spss(told).content, tmp_path)
    assert all(len(c) == n for c in columns.values())
    assert as_csv(wide(responses(drawn(n), EVERY))).count(b"\n") >= 1
