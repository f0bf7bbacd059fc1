"""`polku feedback`: what is asked of a data folder's comments, comments brought, and comments in a file."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from pydantic import ValidationError

from polku import library, originals
from polku.cli.options import data_option
from polku.cli.queries import query_group
from polku.errors import InvalidInput
from polku.feedback.analyzing import FileAnalysis, analyze
from polku.feedback.files import Look, look, read
from polku.feedback.files.reading import nothing_in
from polku.feedback.sending import bring
from polku.feedback.wishing import FileWish
from polku.i18n import LazyText, _l, gettext, number
from polku.settings import read_settings
from polku.store import RunningServer, kernels, running_server
from polku.validation import problem

_MANY = ("columns", "staff")


HELP: Final[dict[str, LazyText]] = {
    "column": _l("The column that the texts are in"),
    "columns": _l("What a column holds, e.g. score=Rating; email=- says that there is none"),
    "staff": _l("Who in it speaks for the company, e.g. the interviewer; - says that nobody does"),
    "metric": _l("What scores are, e.g. nps"),
    "kind": _l("What they are, e.g. review"),
    "user_id": _l("The customer's id, if all of it is one customer's"),
    "email": _l("The customer's e-mail, if all of it is one customer's"),
    "touchpoint": _l("The key of the touchpoint that it is about"),
    "language": _l("The language that it is in, e.g. fi"),
    "at": _l("The day that it was said, e.g. 2026-11-23"),
}
assert set(HELP) == set(FileWish.model_fields)


def feedback(help: str) -> click.Group:
    group = query_group("feedback", help)
    group.add_command(_analyze())
    group.add_command(_bring())
    return group


def _wishes(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how a file is to be understood."""
    for name in reversed(FileWish.model_fields):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, name, multiple=name in _MANY, help=str(HELP[name]))(command)
    return command


def _wished(given: dict[str, Any]) -> FileWish:
    """Raises InvalidInput that names the option."""
    try:
        return FileWish(**{name: value for name, value in given.items() if value not in (None, ())})
    except ValidationError as e:
        first = e.errors()[0]
        raise InvalidInput(
            "--%(option)s: %(problem)s (given: %(given)s).",
            option=str(first["loc"][0]).replace("_", "-"),
            problem=problem(dict(first)),
            given=repr(first["input"]),
        ) from e


def _path(file: str) -> Path:
    path = Path(file)
    if not path.is_file():
        raise InvalidInput("There is no file %(file)s.", file=file)
    return path


def _analyze() -> click.Command:
    summary = gettext(
        "Analyse the comments of a file (.docx, .vtt, .csv, .eml, …); no data folder is needed."
    )

    @click.command("analyze", help=summary)
    @click.argument("file", type=click.Path())
    @_wishes
    @click.option("--json", "as_json", is_flag=True, help=gettext("Print JSON"))
    def run(file: str, as_json: bool, **given: Any) -> None:
        path = _path(file)
        with path.open("rb") as opened:
            done = analyze(opened, path.name, _wished(given).of(None))
        if as_json:
            click.echo(json.dumps(done.plain(), ensure_ascii=False, indent=2))
        else:
            _tell(done)

    return run


def _bring() -> click.Command:
    summary = gettext("Bring the comments of a file (.docx, .vtt, .csv, .eml, …) into a data folder.")

    @click.command("bring", help=summary)
    @click.argument("file", type=click.Path())
    @data_option
    @_wishes
    @click.option(
        "--look", "only_look", is_flag=True, help=gettext("Only say how it is understood; store nothing")
    )
    def run(file: str, folder: str, only_look: bool, **given: Any) -> None:
        path, wished = _path(file), _wished(given)
        if only_look:
            with path.open("rb") as opened:
                _tell_look(look(opened, path.name, wished.of(None)))
            return
        server = running_server(read_settings(folder).folder)
        count = _sent(server, path, wished) if server else _brought(folder, path, wished)
        click.echo(gettext("Comments brought: %(n)s", n=number(count)))

    return run


def _brought(folder: str, path: Path, wished: FileWish) -> int:
    settings = read_settings(folder)
    kernels.use_cache(settings.kernel_cache_folder)
    with library.open_workspace(settings) as workspace, path.open("rb") as file:
        wish = wished.of(workspace)
        if not look(file, path.name, wish).comments:  # what cannot be read to its end is not brought in part
            raise nothing_in(path.name)
        return asyncio.run(bring(workspace, read(file, path.name, wish).each))


def _sent(server: RunningServer, path: Path, wished: FileWish) -> int:
    params = {"name": path.name, **wished.model_dump(mode="json", exclude_none=True, exclude_defaults=True)}
    with library.client_of(server) as client, path.open("rb") as file:
        answer = client.post("feedback/files", params=params, content=file)
        library.raise_for_error(answer)
    return int(answer.json()["comments"])


def _tell_look(found: Look) -> None:
    told = {
        gettext("Comments"): found.comments,
        gettext("The same again"): found.again,
        gettext("Without a text"): found.empty,
        gettext("Whose is known"): found.known,
        gettext("Without a time"): found.without_time,
    }
    for what, count in told.items():
        click.echo(f"{what}: {number(count)}")
    for field, column in found.mapped.items():
        click.echo(f"{field}: {column}")
    for speaker in found.speakers:
        who = gettext("speaks for the company") if speaker.is_staff else gettext("a customer")
        click.echo(f"{speaker.name or '–'} ({number(speaker.turns)}): {who}")
    for one in found.first:
        click.echo(f"  “{originals.without(one.text)[0][:300]}”")


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
