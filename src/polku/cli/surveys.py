"""`polku surveys`: what is asked of a data folder's surveys, and definitions in files, which need no folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from polku.cli.inviting import invite_command
from polku.cli.queries import query_group
from polku.errors import InvalidInput
from polku.i18n import current_language, gettext, in_words, number, percent
from polku.surveys.definition import Definition, InvalidDefinition
from polku.surveys.limesurvey import Untaken, read_lss, write_lss
from polku.surveys.ready import ready_survey, ready_surveys


def surveys(help: str) -> click.Group:
    group = query_group("surveys", help)
    for made in (_check(), _templates(), _convert(), invite_command()):
        group.add_command(made)
    return group


def _check() -> click.Command:
    @click.command("check", help=gettext("Tell what a survey asks, and every fault that its definition has."))
    @click.argument("file", type=click.Path())
    @_json_option
    def run(file: str, as_json: bool) -> None:
        try:
            definition = Definition.read(_content(file))
        except InvalidDefinition as e:
            if not as_json:
                raise
            _print({"valid": False, **e.details})
            sys.exit(1)
        if as_json:
            _print({"valid": True, **_told(definition)})
        else:
            _tell(definition)

    return run


def _templates() -> click.Command:
    summary = gettext("List the surveys that are ready to be asked; with a name, print one as JSON.")

    @click.command("templates", help=summary)
    @click.argument("name", required=False)
    @_json_option
    def run(name: str | None, as_json: bool) -> None:
        if name is not None:
            _print(dict(ready_survey(name).json))
            return
        if as_json:
            _print(
                [
                    {
                        "key": t.key,
                        "name": str(t.name),
                        "purpose": str(t.purpose),
                        "tags": {q: {"metric": tag.metric, "level": tag.level} for q, tag in t.tags.items()},
                    }
                    for t in ready_surveys()
                ]
            )
            return
        for template in ready_surveys():
            click.echo(f"{template.key:<14}{template.name}\n{'':<14}{template.purpose}")

    return run


def _convert() -> click.Command:
    summary = gettext(
        "Convert a survey of LimeSurvey (.lss) to a definition, or a definition (.json) to .lss."
    )

    @click.command("convert", help=summary)
    @click.argument("file", type=click.Path())
    @click.option(
        "--to", "target", type=click.Path(), help=gettext("Write it to this file instead of printing it")
    )
    def run(file: str, target: str | None) -> None:
        content, untaken = _converted(file)
        if target is None:
            click.echo(content)
        else:
            Path(target).write_bytes(content)
        for one in untaken:
            click.echo(f"{one.place}: {in_words(one.said)}", err=True)
        if untaken:
            told = gettext(
                "%(n)s things could not be said there; they are listed above.", n=number(len(untaken))
            )
            click.echo(told, err=True)

    return run


def _converted(file: str) -> tuple[bytes, tuple[Untaken, ...]]:
    content = _content(file)
    if file.lower().endswith(".json"):
        written = write_lss(Definition.read(content))
        return written.content, written.untaken
    brought = read_lss(content)
    return json.dumps(brought.definition.json, ensure_ascii=False, indent=2).encode(), brought.untaken


def _content(file: str) -> bytes:
    path = Path(file)
    if not path.is_file():
        raise InvalidInput("There is no file %(file)s.", file=file)
    return path.read_bytes()


def _told(definition: Definition) -> dict[str, Any]:
    return {
        "title": dict(definition.title.texts),
        "questions": [
            {
                "name": q.name,
                "type": q.type,
                "title": dict(q.title.texts),
                "required": q.is_required,
                "choices": [c.value for c in q.choices],
            }
            for q in definition.questions
        ],
        "languages": [
            {
                "language": c.language,
                "texts": c.texts,
                "missing": [{"place": m.place, "question": m.question, "text": m.text} for m in c.missing],
            }
            for c in definition.completeness()
        ],
    }


def _tell(definition: Definition) -> None:
    language = current_language()
    click.echo(definition.title.within(language))
    for question in definition.questions:
        click.echo(f"  {question.name} ({question.type}): {question.title.within(language)}")
    for one in definition.completeness():
        click.echo(
            gettext("Language %(language)s: %(share)s", language=one.language, share=percent(one.share))
        )
        for missing in one.missing:
            click.echo(
                "  " + gettext("missing: %(place)s (%(said)s)", place=missing.place, said=missing.text)
            )


def _print(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _json_option(command: Callable[..., Any]) -> Any:
    return click.option("--json", "as_json", is_flag=True, help=gettext("Print JSON"))(command)
