"""Spreadsheets (.xlsx) into the stage: a sheet as the CSV that it would be."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from polku.collect.files.csv_reading import read_csv
from polku.collect.files.job import Advance, Job
from polku.errors import InvalidInput, Words
from polku.sheets import read_sheet

_AS_WRITTEN = {"delimiter": ",", "quote": '"', "encoding": "utf-8", "decimal": "."}
"""Of what is written here, whatever the mapping says of other files."""


def read_xlsx(job: Job, paths: Sequence[Path], advance: Advance) -> None:
    """The first row that holds something names the columns. Raises InvalidInput for what cannot be read."""
    written = [_written(job, path, nth) for nth, path in enumerate(paths)]
    read_csv(replace(job, reading=job.reading.model_copy(update=_AS_WRITTEN)), written, lambda _: None)
    for path, copy in zip(paths, written, strict=True):
        copy.unlink()
        advance(path.stat().st_size)


def _written(job: Job, path: Path, nth: int) -> Path:
    """A copy as CSV in a folder of its own, by the same name: it stands in what is told of rows."""
    folder = job.stage.folder / f"{job.table}-xlsx-{nth}"
    folder.mkdir()
    try:
        with path.open("rb") as file:
            sheet = read_sheet(file, job.spec.sheet)
    except InvalidInput as e:
        raise InvalidInput(
            "%(file)s cannot be read: %(why)s", file=path.name, why=Words(e.template, **e.values)
        ) from e
    if sheet.others and not job.spec.sheet:
        job.stage.note(
            Words(
                "Of %(file)s only the sheet '%(sheet)s' was read. These were not: %(others)s. Say sheet = \"…\" in the "
                "mapping for another.",
                file=path.name,
                sheet=sheet.name,
                others=", ".join(sheet.others),
            )
        )
    copy = folder / path.name
    with copy.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(cells for _, cells in sheet.rows())
    return copy
