"""Parquet files into the stage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from polku.collect.files.expressions import literal
from polku.collect.files.job import CUT, Advance, Job
from polku.collect.files.staging import FILE, ROW, add_rows, create_table
from polku.collect.files.text import DamagedFile
from polku.errors import Words


def read_parquet(job: Job, paths: Sequence[Path], advance: Advance) -> None:
    whole = [p for p in paths if _is_whole_parquet(job, p)]
    if not whole:
        raise DamagedFile("No file of table '%(table)s' can be read.", table=job.table)
    listed = ", ".join(literal(str(p)) for p in whole)
    try:
        types = job.stage.types(f"SELECT * FROM read_parquet([{listed}], union_by_name=true)")
        create_table(job.stage, job.table, {n: t for n, t in types.items() if n not in (FILE, ROW)})
        for path in whole:
            add_rows(job.stage, job.table, path.name, f"SELECT * FROM read_parquet({literal(str(path))})", [])
            advance(path.stat().st_size)
    except duckdb.Error as e:
        raise DamagedFile(
            "The Parquet files of table '%(table)s' cannot be read: %(why)s",
            table=job.table,
            why=str(e).splitlines()[0],
        ) from e


def _is_whole_parquet(job: Job, path: Path) -> bool:
    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError) as e:
        if not job.keep_going:
            raise DamagedFile(
                "%(file)s is not a whole Parquet file (its end is missing or damaged). %(what_now)s",
                file=path.name,
                what_now=CUT,
            ) from e
        job.stage.note(
            Words(
                "%(file)s is not a whole Parquet file (its end is missing or damaged). Nothing of it could be read.",
                file=path.name,
            )
        )
        return False
    return True
