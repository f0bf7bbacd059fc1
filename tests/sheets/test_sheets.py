"""Spreadsheets whole and broken, small and far too large."""

from __future__ import annotations

import io
import tracemalloc
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InvalidInput, TooLarge
from polku.sheets import LARGEST_FILE, is_workbook, read_sheet, scanning
from tests.sheets.workbooks import Raw, xlsx

FORMULA = "<f>1+1</f>"


def rows(content: bytes) -> list[list[str]]:
    return [cells for _, cells in read_sheet(io.BytesIO(content)).rows()]


def test_cells_are_what_a_csv_of_them_would_say() -> None:
    content = xlsx({"Palaute": [
        ["teksti", "n", "päivä"],
        [None, None, None],
        ["Hyvä & <b>", 9.0, date(2026, 3, 1)],
        ["😀\nrivi", 358401234567, datetime.fromisoformat("2026-03-29 03:30")],
        [True, -0.5, time(14, 5)],
        [Raw(f' t="str">{FORMULA}<v>kaksi</v>'), Raw(f">{FORMULA}<v>2</v>"), Raw(' t="e"><f>NA()</f><v>#N/A</v>')],
        [Raw(f' t="str">{FORMULA}<v></v>'), None, "viimeinen"],
    ]})  # fmt: skip
    sheet = read_sheet(io.BytesIO(content))
    assert (sheet.name, sheet.others) == ("Palaute", ())
    assert list(sheet.rows()) == [
        (1, ["teksti", "n", "päivä"]),
        (3, ["Hyvä & <b>", "9", "2026-03-01"]),
        (4, ["😀\nrivi", "358401234567", "2026-03-29 03:30:00"]),
        (5, ["TRUE", "-0.5", "14:05:00"]),
        (6, ["kaksi", "2", ""]),
        (7, ["", "", "viimeinen"]),
    ]
    assert list(sheet.rows()) == list(sheet.rows())


def test_of_several_sheets_the_first_that_is_seen_and_holds_something() -> None:
    content = xlsx(
        {"Tyhjä": [], "Piilossa": [["salaisuus"]], "Eka": [["a"]], "Toka": [["b"]]}, hidden=["Piilossa"]
    )
    sheet = read_sheet(io.BytesIO(content))
    assert (sheet.name, sheet.others) == ("Eka", ("Toka",))
    assert [cells for _, cells in read_sheet(io.BytesIO(content), "Toka").rows()] == [["b"]]
    with pytest.raises(InvalidInput, match=r"no sheet 'Kolmas'\. There are: Tyhjä, Eka, Toka"):
        read_sheet(io.BytesIO(content), "Kolmas")


WHOLE = xlsx({"A": [["a"] * 5] * 50})
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BROKEN = {
    "a password": (LOCKED, "password"),
    "half of it": (WHOLE[: len(WHOLE) // 2], "no whole spreadsheet"),
    "a byte of it is another": (WHOLE.replace(b"PK\x01\x02", b"PK\x01\x03", 1), "no whole spreadsheet"),
    "no archive": (b"hello", "no whole spreadsheet"),
    "another archive": (b"PK\x05\x06" + bytes(18), "no whole spreadsheet"),
    "XML that ends too soon": (xlsx({"A": "<row><c><v>1</v></c>"}), "no whole spreadsheet"),
    "a document type": (
        xlsx({"A": [["a"]]}, more={"xl/theme.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
        "no whole spreadsheet",
    ),
    "nothing": (xlsx({"A": [], "B": [[None]]}), "There is nothing in the spreadsheet"),
    "not computed": (
        xlsx({"A": [["n"], [Raw(f">{FORMULA}")], [Raw(f">{FORMULA}<v/>")], [Raw(f">{FORMULA}<v>2</v>")]]}),
        "has 2 formulas",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "why"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read_sheet(io.BytesIO(content))


def test_two_cells_far_apart_are_not_laid_out_in_memory() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(TooLarge, match="1048576 rows and 16384 columns"):
        read_sheet(io.BytesIO(xlsx({"A": far})))
    only_formatted = far.replace('XFD1048576"><v>1</v></c>', 'XFD1048576" s="1"/>')
    assert rows(xlsx({"A": only_formatted})) == [["1"]]
    without_places = "<row><c><v>1</v></c><c><v>2</v></c></row>" * 3
    assert rows(xlsx({"A": without_places})) == [["1", "2"]] * 3


def test_what_unpacks_too_far_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MOST_BYTES", 1 << 20)
    bomb = xlsx({"A": [["a"]]}, more={"xl/media/picture.png": bytes(64 << 20)})
    tracemalloc.start()
    with pytest.raises(TooLarge, match="unpacks to more than 1 MB"):
        read_sheet(io.BytesIO(bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_file_that_is_too_large_is_not_opened() -> None:
    class Large(io.BytesIO):
        def seek(self, at: int, whence: int = 0) -> int:
            return LARGEST_FILE + 1 if whence == 2 else super().seek(at, whence)

    with pytest.raises(TooLarge, match="at most 64 MB"):
        read_sheet(Large(WHOLE))


def test_spreadsheets_are_known_by_how_they_begin() -> None:
    assert is_workbook(WHOLE[:8])
    assert is_workbook(LOCKED[:8])
    assert not is_workbook(b"a@example.fi")
    assert not is_workbook(b"")


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    max_size=20,
)


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.one_of(st.none(), WORDS, st.integers(-(10**9), 10**9)), min_size=3, max_size=3),
        max_size=8,
    )
)
def test_every_row_that_holds_something_comes_as_it_was(table: list[list[object]]) -> None:
    said = [["" if cell is None else str(cell) for cell in row] for row in table]
    try:
        found = rows(xlsx({"A": table}))
    except InvalidInput:
        found = []
    assert _without_blank_edges(found) == _without_blank_edges([row for row in said if any(row)])


def _without_blank_edges(table: list[list[str]]) -> list[list[str]]:
    """Columns before the first and behind the last that holds something are none of a sheet's."""
    used = [i for row in table for i, cell in enumerate(row) if cell]
    return [row[min(used) : max(used) + 1] for row in table]
