"""XES files into the stage, for a mapping that says more than that each trace is a customer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from polku.collect.files import details
from polku.collect.files.job import Advance, Job
from polku.collect.files.logs.parts import Part
from polku.collect.files.logs.unpacking import unpacked
from polku.collect.files.logs.xes import XesReader
from polku.collect.files.staging import BadRow, add_rows, create_table, line_numbered
from polku.errors import InvalidInput, Words

COLUMNS: Final = {
    "case": "VARCHAR", "name": "VARCHAR", "time": "TIMESTAMPTZ", "attributes": "JSON", "case_attributes": "JSON",
}  # fmt: skip
"""Of the table: a row for each event; `case` is the trace's concept:name, `attributes` are JSON objects."""


def read_xes(job: Job, paths: Sequence[Path], advance: Advance) -> None:
    """Raises InvalidInput, and DamagedFile unless the job keeps going."""
    create_table(job.stage, job.table, COLUMNS)
    for number, path in enumerate(paths):
        folder = job.stage.folder / f"xes-{number}"
        folder.mkdir()
        file = unpacked(path, folder, keep_going=job.keep_going)
        if file.form != "xes":
            raise InvalidInput("%(file)s is no XES. OCEL is imported without a mapping.", file=file.name)
        if file.damage:
            job.stage.note(Words("%(file)s is damaged: %(damage)s", file=file.name, damage=file.damage))
        columns = ", ".join(f'"{n}" {t}' for n, t in COLUMNS.items())
        job.stage.database.execute(f"CREATE TEMP TABLE xes_events ({columns})")
        reader = XesReader(file)
        for part in reader.parts(lambda _: None):
            job.stage.bad_rows.extend(_unreadable(reader, part))
            job.stage.database.register("part", _rows(part))
            job.stage.database.execute("INSERT INTO xes_events SELECT * FROM part")
            job.stage.database.unregister("part")
        add_rows(job.stage, job.table, file.name, "SELECT * FROM xes_events", [])
        job.stage.database.execute("DROP TABLE xes_events")
        advance(path.stat().st_size)


def _rows(part: Part) -> pa.Table:
    """An event without a time is one that has not happened, as in any table."""
    readable = pc.or_(part.events["time"].is_valid(), part.events["written"].is_null())
    events = part.events.filter(readable).combine_chunks()
    first = part.traces["trace"][0].as_py() if part.traces.num_rows else 0
    trace = events["trace"].to_numpy() - first
    of = pa.array(trace, mask=trace < 0)
    return pa.table(
        {
            "case": part.traces["case"].take(of),
            "name": events["name"],
            "time": events["time"].cast(pa.timestamp("us", tz="UTC")),
            "attributes": events["attributes"],
            "case_attributes": part.traces["attributes"].take(of),
        }
    )


def _unreadable(reader: XesReader, part: Part) -> list[BadRow]:
    events = part.events
    bad = np.flatnonzero(pc.and_(events["time"].is_null(), events["written"].is_valid()).to_numpy())
    return [
        BadRow(
            reader.xml.name,
            line_numbered(reader.xml.line(row["at"])),
            "bad_time",
            Words(details.NO_ISO_TIME.template, time=row["written"]),
            reader.xml.text(row["at"], row["behind"]),
        )
        for row in events.take(bad).to_pylist()
    ]
