"""Files as they come in life: damaged, in other letters, with other separators. Clear errors, nothing lost."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from polku.collect.files import DamagedFile
from polku.errors import InvalidInput
from tests.collect.files.importing import VISITS, StoreTarget, written

PROPERTIES = VISITS + 'properties = ["note"]\n'
LATER = "anna,2026-01-02 10:00:00,b\n"


def says(error: pytest.ExceptionInfo[InvalidInput], *words: str) -> None:
    for word in words:
        assert word in error.value.message


def test_missing_column_is_named_with_its_file_and_the_nearest(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", "whoo,at\nanna,2026-01-01\n")
    with pytest.raises(InvalidInput) as error:
        target.run(VISITS, file)
    says(error, "event 'Visit', user_id", "log.csv", "no column 'who'", "Did you mean 'whoo'?", "whoo, at")
    assert target.state() == (0, 0)


def test_a_wrong_delimiter_is_told_and_the_right_one_suggested(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", "who;at;note\nanna;2026-01-01;x\n")
    mapping = VISITS.replace("[table.log]", '[table.log]\ndelimiter = ","')
    with pytest.raises(InvalidInput) as error:
        target.run(mapping, file)
    says(error, "one column named 'who;at;note'", 'delimiter = ";"')


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(target: StoreTarget, tmp_path: Path, delimiter: str):
    lines = ["who,at,note", "anna,2026-01-01 10:00:00,x"]
    file = written(tmp_path / "log.csv", "\n".join(lines).replace(",", delimiter))
    assert target.run(PROPERTIES, file).accepted == 1
    assert target.events()[0]["properties"] == {"note": "x"}


def test_byte_order_marks(target: StoreTarget, tmp_path: Path):
    text = "who,at,note\näiti,2026-01-01 10:00:00,a\n"
    one = written(tmp_path / "a.csv", b"\xef\xbb\xbf" + text.encode())
    two = written(tmp_path / "b.csv", text.replace("01-01", "01-02").encode("utf-16"))
    summary = target.run(PROPERTIES, one, two)
    assert [e["user_id"] for e in target.events()] == ["äiti", "äiti"]
    assert any("b.csv starts with a byte order mark; read as utf-16" in str(n) for n in summary.notes)


@pytest.mark.parametrize(
    ("encoding", "letters"), [("latin-1", "Åke Öhman"), ("windows-1252", "Åke “Öhman” 5 €")]
)
def test_other_letters_are_found_out_and_told(
    target: StoreTarget, tmp_path: Path, encoding: str, letters: str
):
    file = written(tmp_path / "log.csv", f"who,at,note\nanna,2026-01-01,{letters}\n".encode(encoding))
    summary = target.run(PROPERTIES, file)
    assert target.events()[0]["properties"] == {"note": letters}
    notes = map(str, summary.notes)
    assert any("is not UTF-8" in n and f"line 2); read as {encoding}" in n for n in notes)


def test_an_encoding_can_be_said(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", "who,at,note\nanna,2026-01-01,€\n".encode("iso8859-15"))
    target.run(PROPERTIES.replace("[table.log]", '[table.log]\nencoding = "iso8859-15"'), file)
    assert target.events()[0]["properties"] == {"note": "€"}


def test_one_bad_byte_in_utf8_is_an_error_and_kept_visible_when_going_on(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", "who,at,note\nanna,2026-01-01,ä".encode() + b"\xff\n")
    with pytest.raises(InvalidInput) as error:
        target.run(PROPERTIES, file)
    says(error, "is UTF-8, but on line 2", "0xFF", "--keep-going")
    target.run(PROPERTIES, file, keep_going=True)
    assert target.events()[0]["properties"] == {"note": "ä\\xff"}


def test_unknown_encoding(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", "who,at\n")
    with pytest.raises(InvalidInput) as error:
        target.run(VISITS.replace("[table.log]", '[table.log]\nencoding = "latin-99"'), file)
    says(error, "Unknown encoding 'latin-99'", "windows-1252")


def test_quoted_line_breaks_quotes_and_windows_line_ends(target: StoreTarget, tmp_path: Path):
    file = written(
        tmp_path / "log.csv", 'who,at,note\r\nanna,2026-01-01,"a\r\n""b"", c"\r\nliisa,2026-01-02,x\r\n'
    )
    target.run(PROPERTIES, file)
    assert [e["properties"]["note"] for e in target.events()] == ['a\r\n"b", c', "x"]


def test_rows_of_another_width_are_rejected_as_they_were(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", f"who,at,note\nanna,2026-01-01\n{LATER}x,y,z,w\n")
    summary = target.run(PROPERTIES, file)
    assert summary.accepted == 1
    found = [(r["reason"], json.loads(r["payload"])["content"]) for r in target.rejected()]
    assert found == [("too_few_columns", "anna,2026-01-01"), ("too_many_columns", "x,y,z,w")]
    assert "line 2" in target.rejected()[0]["detail"]


@pytest.mark.parametrize(
    "cut", ["who,at,note\n" + LATER + "anna,2026-0", "who,at,note\n" + LATER + 'anna,2026-01-01,"x\n' + LATER]
)
def test_half_a_csv_stores_nothing_unless_told_to(target: StoreTarget, tmp_path: Path, cut: str):
    file = written(tmp_path / "log.csv", cut)
    with pytest.raises(DamagedFile) as error:
        target.run(PROPERTIES, file)
    says(error, "log.csv seems cut", "line 3", "--keep-going", "Nothing was imported")
    assert target.state() == (0, 0)
    summary = target.run(PROPERTIES, file, keep_going=True)
    assert (summary.accepted, summary.rejected) == (1, 1)
    whole = written(tmp_path / "log.csv", "who,at,note\n" + LATER + "anna,2026-01-01,x\n")
    assert target.run(PROPERTIES, whole).accepted == 1


def test_half_a_gzip(target: StoreTarget, tmp_path: Path):
    rows = "".join(f"u{i},2026-01-01 10:00:00,n{i * 7919}\n" for i in range(20_000))
    packed = gzip.compress(("who,at,note\n" + rows).encode())
    file = written(tmp_path / "log.csv.gz", packed[: len(packed) // 2])
    with pytest.raises(DamagedFile) as error:
        target.run(PROPERTIES, file)
    says(error, "log.csv.gz is damaged", "ends too early", "--keep-going")
    assert target.state() == (0, 0)
    part = target.run(PROPERTIES, file, keep_going=True)
    assert 1000 < part.accepted < 20_000
    assert any("damaged" in str(n) for n in part.notes)
    written(file, packed)
    assert target.run(PROPERTIES, file).accepted == 20_000 - part.accepted


def test_what_is_called_gzip_and_is_none(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv.gz", "who,at\nanna,2026-01-01\n")
    assert target.run(VISITS, file).accepted == 1
    broken = written(tmp_path / "log.csv.gz", b"\x1f\x8b\x08\x00" + b"rubbish" * 9)
    with pytest.raises(DamagedFile):
        target.run(VISITS, broken)


def test_half_a_parquet(target: StoreTarget, tmp_path: Path):
    table = pa.table(
        {"who": ["anna"] * 100, "at": ["2026-01-01"] * 100, "note": [str(i) for i in range(100)]}
    )
    pq.write_table(table, tmp_path / "whole.parquet")
    half = written(tmp_path / "half.parquet", (tmp_path / "whole.parquet").read_bytes()[:-20])
    with pytest.raises(DamagedFile) as error:
        target.run(PROPERTIES, tmp_path / "whole.parquet", half)
    says(error, "half.parquet is not a whole Parquet file", "--keep-going")
    assert target.state() == (0, 0)
    summary = target.run(PROPERTIES, tmp_path / "whole.parquet", half, keep_going=True)
    assert summary.accepted == 100
    assert any("half.parquet" in str(n) for n in summary.notes)


def test_half_a_json_lines_file(target: StoreTarget, tmp_path: Path):
    good = json.dumps({"who": "anna", "at": "2026-01-01", "note": {"a": [1, None]}})
    file = written(tmp_path / "log.jsonl", good + "\n\n" + '{"who": "ann')
    with pytest.raises(DamagedFile) as error:
        target.run(PROPERTIES, file)
    says(error, "last line, 3, is not whole JSON")
    summary = target.run(PROPERTIES, file, keep_going=True)
    assert (summary.accepted, summary.rejected) == (1, 1)
    assert json.loads(target.rejected()[0]["payload"])["content"] == '{"who": "ann'
    assert target.events()[0]["properties"] == {"note": {"a": [1, None]}}


def test_json_lines_that_are_none(target: StoreTarget, tmp_path: Path):
    good = json.dumps({"who": "anna", "at": "2026-01-01", "note": "x"})
    file = written(tmp_path / "log.jsonl", f'{good}\n[1]\nnull\n{{"who": }}\n"text"\n')
    summary = target.run(PROPERTIES, file)
    assert (summary.accepted, summary.rejected) == (1, 4)
    assert {r["reason"] for r in target.rejected()} == {"bad_json"}
    listed = written(tmp_path / "list.json", f"[{good}]")
    with pytest.raises(InvalidInput) as error:
        target.run(PROPERTIES, listed)
    says(error, "one JSON list", "jq")


def test_empty_files_and_files_that_are_not_there(target: StoreTarget, tmp_path: Path):
    empty = written(tmp_path / "log.csv", "")
    with pytest.raises(InvalidInput) as error:
        target.run(VISITS, empty)
    says(error, "log.csv is empty")
    header = written(tmp_path / "log.csv", "who,at\n")
    assert target.run(VISITS, header).mapped == 0
    with pytest.raises(InvalidInput) as error:
        target.run(VISITS, tmp_path / "nowhere.csv")
    says(error, "There is no file", "nowhere.csv")


def test_a_file_that_no_name_tells_the_kind_of(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.xls", "who,at\nanna,2026-01-01\n")
    with pytest.raises(InvalidInput) as error:
        target.run(VISITS, file)
    says(error, "What kind of file is log.xls?", 'format = "csv"')
    assert target.run(VISITS.replace("[table.log]", '[table.log]\nformat = "csv"'), file).accepted == 1


def test_a_table_without_its_file_names_what_was_given(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "visit-2026.csv", "who,at\nanna,2026-01-01\n")
    mapping = VISITS.replace("[table.log]", '[table.log]\nfiles = "visits-2026.csv"')
    with pytest.raises(InvalidInput) as error:
        target.run(mapping, file)
    says(error, "'log' needs a file named visits-2026.csv; given: visit-2026.csv", "Is it 'visit-2026.csv'?")


def test_two_columns_of_one_name(target: StoreTarget, tmp_path: Path):
    file = written(tmp_path / "log.csv", "who,at,Who\nanna,2026-01-01,x\n")
    with pytest.raises(InvalidInput) as error:
        target.run(VISITS, file)
    says(error, "two columns named 'who'")
