"""Which files are which table, and reading them into the stage."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from polku.collect.files.csv_reading import read_csv
from polku.collect.files.job import Advance, Job
from polku.collect.files.jsonl_reading import read_jsonl
from polku.collect.files.mapping import Mapping
from polku.collect.files.parquet_reading import read_parquet
from polku.collect.files.staging import Stage
from polku.collect.files.xes_reading import read_xes
from polku.collect.files.xlsx_reading import read_xlsx
from polku.errors import InvalidInput, Words, nearest

_FORMATS: Final = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".xes": "xes", ".xlsx": "xlsx", ".xlsm": "xlsx",
}  # fmt: skip
_READERS: Final = {
    "csv": read_csv, "jsonl": read_jsonl, "parquet": read_parquet, "xes": read_xes, "xlsx": read_xlsx,
}  # fmt: skip


def read_files(
    stage: Stage, files: Sequence[Path], mapping: Mapping, *, keep_going: bool, advance: Advance
) -> None:
    """Read every table's files; `advance` is told bytes as they are done.

    Raises InvalidInput (also DamagedFile, unless `keep_going`), before anything is stored anywhere.
    """
    for table, paths in _by_table(stage, files, mapping).items():
        job = Job(stage, table, mapping.table[table], mapping.reading(table), keep_going)
        formats = {job.spec.format or format_of(p) for p in paths}
        if len(formats) > 1:
            raise InvalidInput(
                "The files of table '%(table)s' are of different kinds: %(kinds)s.",
                table=table,
                kinds=", ".join(sorted(formats)),
            )
        _READERS[formats.pop()](job, paths, advance)


def format_of(path: Path) -> str:
    """csv, jsonl, parquet, xes or xlsx, by the file's name and first bytes. Raises InvalidInput."""
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return "parquet"
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in _FORMATS:
        raise InvalidInput(
            'What kind of file is %(file)s? Say format = "csv", "jsonl" or "parquet" for its table. '
            "Known by name: %(known)s; texts also with .gz.",
            file=path.name,
            known=", ".join(_FORMATS),
        )
    return _FORMATS[suffix]


def _by_table(stage: Stage, files: Sequence[Path], mapping: Mapping) -> dict[str, list[Path]]:
    for path in files:
        if not path.is_file():
            raise InvalidInput("There is no file %(file)s.", file=path)
    wanted = {name: t for name, t in mapping.table.items() if not t.made_from}
    found: dict[str, list[Path]] = {}
    for name, spec in wanted.items():
        patterns = [spec.files] if isinstance(spec.files, str) else spec.files
        found[name] = [p for p in dict.fromkeys(files) if patterns is None or _matches(p.name, patterns)]
        if not found[name]:
            raise _not_given(name, patterns or ["*"], files)
    used = {p for paths in found.values() for p in paths}
    stage.ignored = [p.name for p in files if p not in used]
    return found


def _matches(name: str, patterns: Sequence[str]) -> bool:
    folded = name.casefold()
    names = (folded, folded.removesuffix(".gz"))
    return any(fnmatchcase(n, p.casefold()) for n in names for p in patterns)


def _not_given(table: str, patterns: Sequence[str], files: Sequence[Path]) -> InvalidInput:
    near = nearest(patterns[0], [f.name for f in files])
    hint = Words(" Is it '%(near)s'? Then correct 'files' in the mapping.", near=near) if near else ""
    return InvalidInput(
        "Table '%(table)s' needs a file named %(wanted)s; given: %(given)s.%(hint)s",
        table=table,
        wanted=patterns[0] if len(patterns) == 1 else Words("one of %(names)s", names=", ".join(patterns)),
        given=", ".join(f.name for f in files[:10]) or Words("no file"),
        hint=hint,
    )
