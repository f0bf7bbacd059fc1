"""Spreadsheets imported: as the CSV that they would be."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from polku.errors import InvalidInput
from tests.collect.files.importing import VISITS, StoreTarget, written
from tests.sheets.workbooks import xlsx

ROWS = [
    ["who", "at", "amount", "note"],
    ["anna", datetime.fromisoformat("2026-03-01 14:05"), 19.9, 'a "b", c\nd'],
    [],
    ["bo", "2026-03-02T10:00", 7, None],
    [12, "nonsense", None, None],
]
MAPPING = VISITS.replace(
    "[table.log]", '[table.log]\nnumbers = ["amount"]\ndelimiter = ";"\ndecimal = ","'
) + ('properties = ["amount", "note"]\n')


def test_a_sheet_is_read_as_its_csv(target: StoreTarget, tmp_path: Path) -> None:
    told = target.run(MAPPING, written(tmp_path / "log.xlsx", xlsx({"Käynnit": ROWS})))
    assert (told.accepted, told.rejected, told.files) == (2, 1, {"log.xlsx": 3})
    first, second = target.events()
    assert (first["user_id"], second["user_id"]) == ("anna", "bo")
    assert first["occurred_at"] == datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
    assert first["properties"] == {"amount": 19.9, "note": 'a "b", c\nd'}
    assert second["properties"] == {"amount": 7.0}
    (bad,) = target.rejected()
    assert "log.xlsx" in bad["detail"]
    assert "nonsense" in bad["detail"]
    again = target.run(MAPPING, tmp_path / "log.xlsx")
    assert (again.accepted, again.duplicates) == (0, 2)


def test_of_several_sheets_one_is_read_and_the_others_are_told(target: StoreTarget, tmp_path: Path) -> None:
    other = [["who", "at"], ["cilla", "2026-03-03T10:00"]]
    file = written(tmp_path / "log.xlsx", xlsx({"Eka": ROWS[:2], "Toka": other}))
    told = target.run(MAPPING, file)
    assert [str(note) for note in told.notes] == [
        "Of log.xlsx only the sheet 'Eka' was read. These were not: Toka. Say sheet = \"…\" in the mapping for another."
    ]
    named = VISITS.replace("[table.log]", '[table.log]\nsheet = "Toka"')
    told = target.run(named, file)
    assert (told.accepted, told.notes) == (1, [])
    assert target.events()[-1]["user_id"] == "cilla"
    with pytest.raises(InvalidInput, match=r"log\.xlsx cannot be read: There is no sheet 'Kolmas'"):
        target.run(named.replace("Toka", "Kolmas"), file)


def test_a_broken_one_stores_nothing(target: StoreTarget, tmp_path: Path) -> None:
    whole = xlsx({"A": ROWS})
    file = written(tmp_path / "log.xlsx", whole[:-30])
    with pytest.raises(InvalidInput, match=r"log\.xlsx cannot be read: This is no whole spreadsheet"):
        target.run(MAPPING, file)
    assert target.state() == (0, 0)
