"""`polku feedback`: what is asked of a data folder's comments, and comments in a file, which need no folder."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from polku.cli.queries import query_group
from polku.errors import InvalidInput
from polku.feedback.analyzing import FileAnalysis, analyze
from polku.i18n import gettext, number


def feedback(help: str) -> click.Group:
    group = query_group("feedback", help)
    group.add_command(_analyze())
    return group


def _analyze() -> click.Command:
    summary = gettext(
        "Analyse the comments of a file (.csv, .tsv, .parquet, .txt); no data folder is needed."
    )

    @click.command("analyze", help=summary)
    @click.argument("file", type=click.Path())
    @click.option("--column", default="", help=gettext("The column that the texts are in"))
    @click.option("--json", "as_json", is_flag=True, help=gettext("Print JSON"))
    def run(file: str, column: str, as_json: bool) -> None:
        path = Path(file)
        if not path.is_file():
            raise InvalidInput("There is no file %(file)s.", file=file)
        done = analyze(path.read_bytes(), path.name, column=column, zone=ZoneInfo("UTC"))
        if as_json:
            click.echo(json.dumps(done.plain(), ensure_ascii=False, indent=2))
        else:
            _tell(done)

    return run


def _tell(done: FileAnalysis) -> None:
    click.echo(gettext("Comments: %(n)s", n=number(len(done.comments))))
    _counted(gettext("Languages"), Counter(c.language.code for c in done.comments))
    felt = Counter(str(c.sentiment.label) if c.sentiment else "–" for c in done.comments)
    _counted(gettext("Sentiment"), felt)
    for language, themes in done.themes.items():
        click.echo(gettext("Themes in %(language)s:", language=language))
        for theme in themes:
            click.echo(f"  {theme.name}: {number(len(theme.comments))}")


def _counted(what: str, counts: Counter[Any]) -> None:
    click.echo(f"{what}: " + ", ".join(f"{name} {number(n)}" for name, n in counts.most_common()))
