"""What there is to translate, and what is wrong with the translations: for tests and translators."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from polku.i18n.catalogue import LANGUAGES, PACKAGE, catalogue_files

_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "gettext": None,
    "translate": None,
    "ngettext": (1, 2),
    "both_forms": (1, 2),
    "lazy": None,
    "_l": None,
    "_": None,
    "Words": None,
}
_JINJA_OPTIONS = {
    "extensions": "jinja2.ext.do",
    "newstyle_gettext": "true",
    "trimmed": "true",
    "silent": "false",
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(slots=True)
class Message:
    """A string in the source: its English forms (two when it has a plural) and the slices that say it."""

    forms: tuple[str, ...]
    places: list[str] = field(default_factory=list)

    @property
    def slice(self) -> str:
        first = Path(self.places[0].split(":")[0]).parts
        return first[0] if len(first) > 1 else ""

    @property
    def stanza(self) -> str:
        """The entry to add to a catalogue, its translation left open."""
        lines = [f"#: {place}" for place in self.places[:3]]
        lines.append(f"msgid {_quoted(self.forms[0])}")
        if len(self.forms) > 1:
            lines += [f"msgid_plural {_quoted(self.forms[1])}", 'msgstr[0] ""', 'msgstr[1] ""']
        else:
            lines.append('msgstr ""')
        return "\n".join(lines)


@cache
def messages(package: Path = PACKAGE) -> tuple[Message, ...]:
    """Every string that the Python files and templates of `package` put through gettext."""
    found: dict[str, Message] = {}
    for forms, place in (*_spoken(package), *_templates(package)):
        message = found.setdefault(forms[0], Message(forms))
        message.forms = max(message.forms, forms, key=len)
        message.places.append(place)
    for said, place in (*errors(package), *queries(package)):
        found.setdefault(said, Message((said,))).places.append(place)
    return tuple(m for m in found.values() if _has_words(m.forms[0]))


def _spoken(package: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """What Python files put through gettext, and where."""
    for path, nodes in _nodes(package).items():
        for call in nodes:
            if isinstance(call, ast.Call) and (name := _name(call.func)) in _KEYWORDS:
                given = call.args[: len(_KEYWORDS[name] or (1,))]
                forms = tuple(
                    a.value for a in given if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )
                if forms and forms[0] and len(forms) == len(given):
                    yield forms, f"{path.relative_to(package)}:{call.lineno}"


def _templates(package: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """What templates put through gettext, and where."""
    for path in sorted(package.rglob("templates/**/*.html")):
        for line, texts, _comments, _context in extract_from_file(
            "jinja2", path, keywords=_KEYWORDS, options=_JINJA_OPTIONS
        ):
            forms = (texts,) if isinstance(texts, str) else tuple(texts)
            yield forms, f"{path.relative_to(package)}:{line}"


def _has_words(text: str) -> bool:
    """Not only values and signs between them, which are alike in every language."""
    return any(letter.isalpha() for letter in _PLACEHOLDER.sub("", text))


def errors(package: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """The messages of Polku's own errors that are written out as one text, and where; see `polku.errors`."""
    for node, place in raised(package):
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
            yield first.value, place


def queries(package: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """What the command line says of each query and its options: paragraphs of docstrings and descriptions of fields."""
    nodes_of = _nodes(package)
    known = _kinds_of("Query", nodes_of)
    for path, nodes in nodes_of.items():
        for kind in (n for n in nodes if isinstance(n, ast.ClassDef) and n.name in known):
            place = f"{path.relative_to(package)}:{kind.lineno}"
            assigned = [n for n in kind.body if isinstance(n, ast.AnnAssign) and n.value is not None]
            if any(_name(n.target) == "path" for n in assigned):
                doc = ast.get_docstring(kind) or ""
                yield from ((" ".join(p.split()), place) for p in doc.split("\n\n"))
            for call in (n.value for n in assigned if isinstance(n.value, ast.Call)):
                for word in call.keywords:
                    if word.arg == "description" and isinstance(word.value, ast.Constant):
                        yield str(word.value.value), place


@cache
def _nodes(package: Path) -> dict[Path, list[ast.AST]]:
    """All that each Python file consists of."""
    return {path: list(ast.walk(ast.parse(path.read_text()))) for path in sorted(package.rglob("*.py"))}


def _kinds_of(name: str, nodes_of: Mapping[Path, list[ast.AST]]) -> set[str]:
    """The names of a class and of all that derive from it."""
    classes = [n for nodes in nodes_of.values() for n in nodes if isinstance(n, ast.ClassDef)]
    known, grew = {name}, True
    while grew:
        named = {c.name for c in classes if {_name(b) for b in c.bases} & known}
        grew, known = not named <= known, known | named
    return known


@cache
def raised(package: Path = PACKAGE) -> tuple[tuple[ast.Call, str], ...]:
    """Where errors of Polku are made: the calls, and file and line."""
    found: list[tuple[ast.Call, str]] = []
    nodes_of = _nodes(package)
    known = _kinds_of("PolkuError", nodes_of)
    for path, nodes in nodes_of.items():
        own = [n for c in nodes if isinstance(c, ast.ClassDef) and c.name in known for n in ast.walk(c)]
        calls = [n for n in nodes if isinstance(n, ast.Call) and _name(n.func) in known]
        calls += [n for n in own if isinstance(n, ast.Call) and _is_of_super(n.func)]
        found += [(node, f"{path.relative_to(package)}:{node.lineno}") for node in calls]
    return tuple(found)


def _is_of_super(node: ast.expr) -> bool:
    """Whether it is `super().__init__`."""
    base = node.value if isinstance(node, ast.Attribute) and node.attr == "__init__" else None
    return isinstance(base, ast.Call) and _name(base.func) == "super"


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def missing(language: str, package: Path = PACKAGE) -> list[Message]:
    """Messages without a finished translation."""
    done = {_key(entry) for entry in _entries(language) if not entry.fuzzy and all(_strings(entry))}
    return [message for message in messages(package) if message.forms[0] not in done]


def mistakes(language: str) -> list[str]:
    """What is wrong with the translations there are: placeholders, double and forgotten entries."""
    used = {message.forms[0]: message for message in messages()}
    found: list[str] = []
    seen: dict[str, tuple[str, ...]] = {}
    for entry in _entries(language):
        key, strings = _key(entry), _strings(entry)
        if seen.setdefault(key, strings) != strings:
            found.append(f"{key!r} is translated in two ways: {seen[key]!r} and {strings!r}")
        if key not in used:
            found.append(f"{key!r} is no longer said anywhere")
        found += [f"{key!r}: {text!r} {why}" for text in strings if (why := _mismatch(used.get(key), text))]
    return found


def _mismatch(message: Message | None, text: str) -> str:
    wanted = {name for form in (message.forms if message else ()) for name in _PLACEHOLDER.findall(form)}
    given = set(_PLACEHOLDER.findall(text))
    if message and not (given == wanted or (len(message.forms) > 1 and given <= wanted)):
        return f"has placeholders {sorted(given)}, the English {sorted(wanted)}"
    try:
        text % dict.fromkeys(given, "")
    except (ValueError, TypeError, KeyError) as e:
        return f"cannot be filled ({e}); a per cent sign is written %%"
    return ""


def _entries(language: str) -> Iterator[Entry]:
    for path in catalogue_files(language):
        with path.open("rb") as file:
            yield from (entry for entry in read_po(file, locale=language) if entry.id)


def _key(entry: Entry) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _strings(entry: Entry) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main() -> None:
    """Print what is to be translated, as stanzas to paste into a slice's catalogue."""
    for language in LANGUAGES:
        if language != "en":
            for message in sorted(missing(language), key=lambda m: m.slice):
                print(f"# polku/{message.slice}/{language}.po\n{message.stanza}\n")


if __name__ == "__main__":
    main()
