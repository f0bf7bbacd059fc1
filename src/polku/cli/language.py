"""Which language the command line speaks, and click's own words in it."""

from __future__ import annotations

import gettext as standard
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from polku.i18n import (
    LANGUAGES,
    _l,
    both_forms,
    translate,
    translate_plural,
)

_LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def chosen_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Of the settings, if one is set (POLKU_LANGUAGE, `language` in polku.toml); else Finnish where the locale is."""
    for wish in (environment.get("POLKU_LANGUAGE", ""), _of_folder(_folder(arguments, environment))):
        if wish in LANGUAGES:
            return wish
    locale = next((environment[name] for name in _LOCALES if environment.get(name)), "")
    return "fi" if locale.lower().partition(".")[0].split("_")[0] == "fi" else "en"


def _folder(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The data folder that a command is about, before click has read its arguments."""
    for i, argument in enumerate(arguments):
        if argument.startswith("--data="):
            return argument.removeprefix("--data=")
        if argument == "--data" and i + 1 < len(arguments):
            return arguments[i + 1]
    if "init" in arguments[:-1]:
        return arguments[arguments.index("init") + 1]
    return environment.get("POLKU_DATA") or "data"


def _of_folder(folder: str) -> str:
    """The language in its polku.toml, empty if there is none. What is wrong with that file is told by who reads it."""
    try:
        given = tomllib.loads((Path(folder).expanduser() / "polku.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(given.get("language", ""))


def teach_click() -> None:
    """Let click ask us for its words.

    It asks the standard library's gettext, which reads compiled catalogues only; ours are read as they are written.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith("click."):
            if getattr(module, "_", None) is standard.gettext:
                module._ = translate  # type: ignore[attr-defined]  # a name of click's modules
            if getattr(module, "ngettext", None) is standard.ngettext:
                module.ngettext = translate_plural  # type: ignore[attr-defined]  # likewise


WORDS_OF_CLICK: Final = (
    _l("Usage:"),
    _l("Options"),
    _l("Positional arguments"),
    _l("Commands"),
    _l("Missing command."),
    _l("env var: {var}"),
    _l("default: {default}"),
    _l("required"),
    _l("(dynamic)"),
    _l("Show the version and exit."),
    _l("Show this message and exit."),
    _l("%(prog)s, version %(version)s"),
    _l("Error: {message}"),
    _l("Try '{command} {option}' for help."),
    _l("Invalid value: {message}"),
    _l("Invalid value for {param_hint}: {message}"),
    _l("Missing argument"),
    _l("Missing option"),
    _l("Missing parameter"),
    _l("Missing {param_type}"),
    _l("Missing parameter: {param_name}"),
    _l("No such option {name!r}."),
    _l("No such command {name!r}."),
    _l("Option {name!r} does not take a value."),
    _l("Invalid start character for option ({option})"),
    _l("Argument {name!r} takes {nargs} values."),
    _l("Choose from:\n\t{choices}"),
    _l("{value!r} is not a valid {number_type}."),
    _l("{value} is not in the range {range}."),
    _l("Aborted!"),
    _l("d"),
    both_forms("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    both_forms("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    both_forms("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    both_forms("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    both_forms(
        "{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}."
    ),
    both_forms(
        "Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given."
    ),
)  # fmt: skip
"""What click says to users of commands such as ours."""
