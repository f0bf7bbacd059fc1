"""`polku import FILE… --mapping MAP.toml --data D`; logs need no mapping."""

from __future__ import annotations

import glob
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click
from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from polku.collect.files.importing import import_files
from polku.collect.files.logs import import_logs
from polku.collect.files.mapping import Mapping, load_mapping
from polku.collect.files.summary import ImportSummary
from polku.collect.files.target import Collected, Target
from polku.collect.reasons import reason_of
from polku.errors import InvalidInput
from polku.i18n import gettext, in_words, number

OpenTarget = Callable[[str], AbstractContextManager[Target]]
"""Opens a data folder by its path: in this process, or through the server that has it open."""


def import_command(open_target: OpenTarget, data_option: Callable[[Any], Any], help: str) -> click.Command:
    """The command, in the language of this moment; `data_option` adds `--data`, whose value is called `folder`."""

    again = gettext("Importing the same files again changes nothing.")

    @click.command("import", help=f"{help}\n\n{again}")
    @click.argument("files", nargs=-1, required=True, type=click.Path())
    @click.option(
        "--mapping",
        "-m",
        type=click.Path(path_type=Path),
        help=gettext("The mapping, in TOML; logs (XES, OCEL) need none"),
    )
    @click.option("--source", help=gettext("The name of the source, instead of the mapping's or the log's"))
    @click.option(
        "--customer-type", help=gettext("Which objects of an OCEL log are the customers, by their type")
    )
    @click.option("--dry-run", is_flag=True, help=gettext("Show what would be imported; store nothing"))
    @click.option("--keep-going", is_flag=True, help=gettext("Import what can be read of damaged files"))
    @click.option("--json", "as_json", is_flag=True, help=gettext("Print the outcome as JSON"))
    @data_option
    def run(
        files: tuple[str, ...], mapping: Path | None, source: str | None, customer_type: str | None, dry_run: bool,
        keep_going: bool, as_json: bool, folder: str,
    ) -> None:  # fmt: skip
        known = None if mapping is None else _named(load_mapping(mapping), source)
        if known is not None and customer_type is not None:
            raise InvalidInput(
                "With a mapping the mapping says who the customer is: leave out --customer-type."
            )
        paths = expanded(files)
        console = Console()
        opened: AbstractContextManager[Target] = (
            nullcontext(Collected([])) if dry_run else open_target(folder)
        )
        with opened as target, ProgressBars(shown=sys.stderr.isatty() and not as_json) as bars:
            if known is not None:
                summary = import_files(
                    paths, known, target, dry_run=dry_run, keep_going=keep_going, progress=bars
                )
            else:
                summary = import_logs(
                    paths, target, source=source, customer_type=customer_type, dry_run=dry_run,
                    keep_going=keep_going, progress=bars,
                )  # fmt: skip
        if as_json:
            click.echo(json.dumps(asdict(summary), ensure_ascii=False, indent=2, default=_plain))
        else:
            print_summary(summary, console)

    return run


def expanded(files: Sequence[str]) -> list[Path]:
    """Paths, with patterns that the shell left as they are (orders*.csv) expanded. Raises InvalidInput."""
    found: list[Path] = []
    for given in files:
        path = Path(given)
        matches = (
            [path]
            if path.exists() or not glob.has_magic(given)
            else [Path(p) for p in sorted(glob.glob(given))]
        )
        if not matches or not matches[0].exists():
            raise InvalidInput("There is no file %(file)s.", file=given)
        found.extend(p for p in matches if p.is_file())
    return found


def _named(mapping: Mapping, source: str | None) -> Mapping:
    if source is None:
        return mapping
    return mapping.model_copy(update={"source": mapping.source.model_copy(update={"name": source})})


def _plain(value: object) -> object:
    dump = getattr(value, "model_dump", None)
    return dump(exclude_none=True) if dump else str(value)


class _Rate(ProgressColumn):
    """Megabytes or rows a second."""

    def render(self, task: Task) -> Text:
        if not task.speed:
            return Text("")
        if task.fields["unit"] == "bytes":
            return Text(gettext("%(megabytes)s MB/s", megabytes=number(task.speed / 1e6, 1)))
        return Text(gettext("%(rows)s rows/s", rows=number(round(task.speed))))


class ProgressBars:
    """Progress on the terminal, with rate and time left."""

    def __init__(self, *, shown: bool) -> None:
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), _Rate(),
            TimeRemainingColumn(), console=Console(stderr=True), disable=not shown,
        )  # fmt: skip
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def start(self, step: str, total: int) -> None:
        texts = {"read": gettext("Reading files"), "store": gettext("Storing events")}
        unit = "bytes" if step == "read" else "rows"
        self._task = self._bars.add_task(texts[step], total=max(total, 1), unit=unit)

    def advance(self, amount: int) -> None:
        if self._task is not None:
            self._bars.advance(self._task, amount)


def print_summary(summary: ImportSummary, console: Console) -> None:
    """Say what was imported, what not, and why."""
    for note in summary.notes:
        console.print(f"• {in_words(note)}", markup=False)
    if summary.ignored:
        console.print(
            gettext("Not used, since no table asks for them: %(files)s", files=", ".join(summary.ignored)),
            markup=False,
        )
    if summary.dry_run:
        console.print(_preview(summary))
    console.print(_events(summary))
    for rejection in summary.rejections:
        rows = number(rejection.rows)
        console.print(
            gettext(
                "Rejected: %(rows)s. %(title)s (%(reason)s)",
                rows=rows,
                title=reason_of(rejection.reason).title,
                reason=rejection.reason,
            ),
            markup=False,
        )
        for example in rejection.examples:
            console.print(f"    {in_words(example)}", markup=False)
    console.print(_last_words(summary), markup=False)


def _last_words(summary: ImportSummary) -> str:
    values = {
        "source": summary.source,
        "mapped": number(summary.mapped),
        "new": number(summary.accepted),
        "rejected": number(summary.rejected),
        "known": number(summary.duplicates),
        "seconds": number(summary.seconds, 1),
    }
    if summary.dry_run:
        return gettext(
            "Nothing was stored: %(mapped)s events would come from '%(source)s', %(rejected)s rows would be rejected.",
            **values,
        )
    return gettext(
        "'%(source)s': %(new)s new events, %(known)s that were there already, %(rejected)s rows rejected; "
        "%(seconds)s s.",
        **values,
    )


def _events(summary: ImportSummary) -> Table:
    table = Table(title=gettext("What the files hold"), title_justify="left")
    table.add_column(gettext("Event"))
    table.add_column(gettext("Table"))
    headings = [gettext("Rows"), gettext("Without a time"), gettext("Events")]
    headings += [] if summary.dry_run else [gettext("New")]
    headings += [gettext("Repeated"), gettext("Rejected")]
    for heading in headings:
        table.add_column(heading, justify="right")
    for e in summary.events:
        counts = [
            e.rows,
            e.waiting,
            e.mapped,
            *([] if summary.dry_run else [e.accepted]),
            e.duplicates,
            e.rejected,
        ]
        table.add_row(Text(e.label), e.table, *map(number, counts))
    return table


def _preview(summary: ImportSummary) -> Table:
    table = Table(title=gettext("The first events"), title_justify="left")
    for heading in (
        gettext("Time (UTC)"),
        gettext("Event"),
        gettext("Who"),
        gettext("Value"),
        gettext("Properties"),
    ):
        table.add_column(heading, overflow="fold")
    for row in summary.preview:
        who = row["user_id"] or row["anonymous_id"] or row["identifiers"]
        at = str(row["occurred_at"])[:19]
        value = "" if row["value"] is None else str(row["value"])
        cells = [at, str(row["name"] or row["type"]), str(who), value, str(row["properties"])]
        table.add_row(*map(Text, cells))
    return table
