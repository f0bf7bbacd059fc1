"""A survey from a file: SurveyJS's JSON, or LimeSurvey's .lss; what cannot be taken is told with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from polku.errors import InvalidInput, Words
from polku.surveys.definition import Definition, Fault, InvalidDefinition
from polku.surveys.limesurvey import Brought, Untaken, read_lss

_LEFT_OUT: Final = frozenset({"unsupported_property", "unsupported_type", "unknown_word"})
"""What SurveyJS knows and Polku does not: a survey can do without, if one is told."""
_CONDITIONS: Final = ("visibleIf", "requiredIf")
_ON_OR_OFF: Final = ("showQuestionNumbers", "showProgressBar")
"""Older versions of SurveyJS say here where, not whether."""
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

Steps = tuple[str | int, ...]


def bring(content: bytes) -> Brought:
    """The survey in a file, whichever of the two it is.

    Of SurveyJS's JSON properties and types that Polku does not have are left out and told. Raises InvalidInput for
    what is neither, is damaged, or holds nothing that can be asked (with all faults and their places:
    InvalidDefinition); TooLarge over 1 MB of JSON or 20 MB of .lss.
    """
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise InvalidInput("The file is empty.")
    if start.startswith(b"<") or content.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<")):
        return read_lss(content)
    _readable(content, start)
    try:
        return Brought(Definition.read(content), ())
    except InvalidDefinition as e:
        if any(f.code in ("not_json", "duplicate_property", "not_text") for f in e.faults):
            raise
        return _as_far_as_known(json.loads(content))


def _readable(content: bytes, start: bytes) -> None:
    encoding = json.detect_encoding(content)
    try:
        content.decode(encoding)
    except UnicodeDecodeError as e:
        raise InvalidInput(
            "The file is not written in UTF-8: byte %(at)s cannot be read. Save it as UTF-8 and try again.",
            at=e.start + 1,
        ) from e
    if encoding.startswith("utf-8") and not start.startswith((b"{", b"[")):
        raise InvalidInput(
            "The file is neither a survey as JSON (SurveyJS) nor a survey structure of LimeSurvey (.lss)."
        )


def _as_far_as_known(raw: Any) -> Brought:
    """The survey without what is unknown, and without conditions that ask of a question that was left out."""
    if isinstance(raw, dict):
        for name in _ON_OR_OFF:
            if isinstance(raw.get(name), str):
                raw[name] = raw[name] != "off"
    untaken: list[Untaken] = []
    gone: set[str] = set()
    while True:
        try:
            return Brought(Definition.of(raw), tuple(untaken))
        except InvalidDefinition as e:
            taken_out = [f for f in e.faults if f.code in _LEFT_OUT]
            if not taken_out:
                taken_out = [f for f in e.faults if _asks_of(f, raw, gone)]
            hopeless = [f for f in e.faults if f.code not in _LEFT_OUT and f.code != "unknown_question"]
            if hopeless or not taken_out:
                raise InvalidDefinition(hopeless or e.faults) from e
        untaken += [_told(fault, raw) for fault in taken_out]
        for fault in sorted(taken_out, key=lambda f: _steps(_place(f)), reverse=True):  # the last first:
            gone |= _take_out(raw, _steps(_place(fault)))  # the places of the others hold
        _without_empty_pages(raw)


def _place(fault: Fault) -> str:
    """What goes: of an unknown type, the question or validator that has it."""
    return fault.place.removesuffix(".type") if fault.code == "unsupported_type" else fault.place


def _told(fault: Fault, raw: Any) -> Untaken:
    steps = _steps(_place(fault))
    value = _at(raw, steps)
    if fault.code == "unsupported_type":
        kind = value.get("type", "") if isinstance(value, Mapping) else ""
        said = Words("questions of the type '%(type)s' have no like here; it was left out", type=kind)
        if "validators" in steps:
            said = Words("checks of the type '%(type)s' have no like here; it was left out", type=kind)
    elif fault.code == "unsupported_property":
        said = Words("'%(name)s' has no like here; it was left out", name=steps[-1])
    elif fault.code == "unknown_word":
        said = Words("'%(value)s' has no like here; what is usual was put instead", value=str(value)[:50])
    elif steps[-1] == "visibleIf":
        said = Words(
            "the condition cannot be said here, so this is always shown: %(text)s", text=str(value)[:200]
        )
    else:
        said = Words("the condition cannot be said here, so it was left out: %(text)s", text=str(value)[:200])
    return Untaken(_named(raw, steps), said)


def _asks_of(fault: Fault, raw: Any, gone: set[str]) -> bool:
    """Whether it is a condition that asks of a question that was left out."""
    steps = _steps(fault.place)
    if fault.code != "unknown_question" or steps[-1] not in _CONDITIONS:
        return False
    asked = str(_at(raw, steps))
    return any(re.search(r"\{" + re.escape(name) + r"[.\[}]", asked) for name in gone)


def _take_out(raw: Any, steps: Steps) -> set[str]:
    """Take out what stands there; the names that go with it."""
    holder = _at(raw, steps[:-1])
    try:
        taken = holder.pop(steps[-1])
    except (AttributeError, KeyError, IndexError, TypeError):  # it went with what it stood in
        return set()
    return set(_names(taken))


def _names(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("name"), str):
            yield value["name"]
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def _without_empty_pages(raw: Any) -> None:
    if isinstance(raw.get("pages"), list):
        raw["pages"] = [p for p in raw["pages"] if not (isinstance(p, dict) and p.get("elements") == [])]


def _named(raw: Any, steps: Steps) -> str:
    """A place as one finds it in the builder: a question by its name, and what of it; anything else by its path."""
    name, rest = "", steps
    for n in range(len(steps) + 1):
        found = _at(raw, steps[:n])
        if isinstance(found, Mapping) and isinstance(found.get("name"), str) and "elements" in steps[:n]:
            name, rest = found["name"][:64], steps[n:]
    return name + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in rest).removeprefix(
        "" if name else "."
    )


def _at(raw: Any, steps: Steps) -> Any:
    found = raw
    for step in steps:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _steps(place: str) -> Steps:
    return tuple(int(index) if index else name for name, index in _STEP.findall(place))
