"""`polku feedback`: what is asked of a data folder's comments, comments brought, and comments in a file."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

from polku import library, originals
from polku.cli.options import data_option, from_options
from polku.cli.queries import query_group
from polku.errors import InvalidInput
from polku.feedback import Comments
from polku.feedback.analyzing import FileAnalysis, analyze
from polku.feedback.corrections import SENTIMENTS, Said, correct, undo
from polku.feedback.files import Look, look, read
from polku.feedback.files.reading import nothing_in
from polku.feedback.models import choose
from polku.feedback.sending import bring
from polku.feedback.taxonomies import save_taxonomy
from polku.feedback.wishing import FileWish
from polku.i18n import LazyText, _l, gettext, number
from polku.settings import read_settings
from polku.store import RunningServer, kernels, running_server
from polku.text import LANGUAGES, taxonomy_from, taxonomy_of
from polku.workspace import Workspace

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
    for made in (_analyze(), _bring(), _set_taxonomy(), _correct(), _undo(), _learning()):
        group.add_command(made)
    return group


def _wishes(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how a file is to be understood."""
    for name in reversed(FileWish.model_fields):
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, name, multiple=name in _MANY, help=str(HELP[name]))(command)
    return command


def _wished(given: dict[str, Any]) -> FileWish:
    """Raises InvalidInput that names the option."""
    return from_options(FileWish, {name: value for name, value in given.items() if value not in (None, ())})


def _path(file: str) -> Path:
    path = Path(file)
    if not path.is_file():
        raise InvalidInput("There is no file %(file)s.", file=file)
    return path


def _set_taxonomy() -> click.Command:
    summary = gettext(
        "Have the taxonomy of a JSON or TOML file hold: as `polku feedback taxonomy --json` prints it."
    )

    @click.command("set-taxonomy", help=summary)
    @click.argument("file", type=click.Path())
    @data_option
    def run(file: str, folder: str) -> None:
        given = _taxonomy_in(file)
        asked = {group: given.get(group, {}) for group in ("aspects", "touchpoints")}
        told = _change(
            folder,
            "PUT",
            "feedback/taxonomy",
            asked,
            lambda workspace: {
                "number": save_taxonomy(workspace, taxonomy_from(asked), by=OWNER, now=_now())
            },
        )
        click.echo(gettext("Version %(number)s holds now.", number=told["number"]))

    return run


def _taxonomy_in(file: str) -> dict[str, Any]:
    path = Path(file)
    if not path.is_file():
        raise InvalidInput("There is no file %(file)s.", file=file)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return taxonomy_of(text).plain()
    try:
        told = json.loads(text)
    except ValueError as e:
        raise InvalidInput("%(file)s is no JSON: %(why)s", file=file, why=e) from None
    return taxonomy_from(told).plain()


def _correct() -> click.Command:
    summary = gettext("Correct what is told of a comment, by its number.")

    @click.command("correct", help=summary)
    @click.argument("comment", type=int)
    @click.option("--sentiment", type=click.Choice(SENTIMENTS), help=gettext("How the whole comment is felt"))
    @click.option(
        "--aspect",
        "aspects",
        multiple=True,
        help=gettext("What it speaks of and how that is felt, e.g. price=negative; give all"),
    )
    @click.option("--touchpoint", help=gettext("The key of the touchpoint that it is about"))
    @data_option
    def run(
        comment: int, sentiment: str | None, aspects: tuple[str, ...], touchpoint: str | None, folder: str
    ) -> None:
        felt = _felt(aspects) if aspects else None
        asked = {"sentiment": sentiment, "aspects": felt, "touchpoint": touchpoint}
        said = Said(sentiment, felt, touchpoint)
        _change(
            folder,
            "PUT",
            f"feedback/comments/{comment}/correction",
            {name: value for name, value in asked.items() if value is not None},
            lambda workspace: correct(workspace, comment, said, by=OWNER, now=_now()),
        )
        click.echo(gettext("Corrected."))

    return run


def _felt(aspects: tuple[str, ...]) -> dict[str, str]:
    felt = dict(one.partition("=")[::2] for one in aspects)
    wrong = next((f"{a}={label}" for a, label in felt.items() if label not in SENTIMENTS), None)
    if wrong is not None:
        raise InvalidInput("Give an aspect as price=negative, not '%(given)s'.", given=wrong)
    return felt


def _undo() -> click.Command:
    @click.command("undo-correction", help=gettext("Take the latest correction of a comment back."))
    @click.argument("comment", type=int)
    @data_option
    def run(comment: int, folder: str) -> None:
        _change(
            folder,
            "DELETE",
            f"feedback/comments/{comment}/correction",
            None,
            lambda workspace: undo(workspace, comment, by=OWNER, now=_now()),
        )
        click.echo(gettext("The correction was taken back."))

    return run


def _learning() -> click.Command:
    summary = gettext("Turn learning from own comments on or off in a language.")

    @click.command("learning", help=summary)
    @click.argument("language", type=click.Choice(LANGUAGES))
    @click.argument("choice", type=click.Choice(["on", "off"]))
    @data_option
    def run(language: str, choice: str, folder: str) -> None:
        _change(
            folder,
            "PUT",
            f"feedback/models/{language}/{choice}",
            None,
            lambda workspace: choose(workspace, language, is_on=choice == "on", by=OWNER, now=_now()),
        )
        click.echo(gettext("Saved. Comments are told anew in the background."))

    return run


OWNER = "polku"
"""Who has changed what the owner of the data folder changes in a terminal."""


def _now() -> datetime:
    return datetime.now(UTC)


def _change(
    folder: str, method: str, path: str, asked: Any, here: Callable[[Workspace], Any]
) -> dict[str, Any]:
    """Change something through the server that has the folder open, else here; the answer of either, if it is one."""
    settings = read_settings(folder)
    server = running_server(settings.folder)
    if server is None:
        with library.open_workspace(settings) as workspace:
            workspace.part(Comments).current()
            told = here(workspace)
        return told if isinstance(told, dict) else {}
    with library.client_of(server) as client:
        answer = client.request(method, path, json=asked)
        library.raise_for_error(answer)
        told = answer.json()
    return told if isinstance(told, dict) else {}


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
