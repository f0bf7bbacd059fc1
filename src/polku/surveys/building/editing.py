"""Changes to a definition as SurveyJS writes it: each gives a new one, the old stays as it is."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from polku.errors import NotFound

Raw = dict[str, Any]
TYPES: Final = (
    "rating",
    "radiogroup",
    "checkbox",
    "dropdown",
    "boolean",
    "comment",
    "text",
    "matrix",
    "ranking",
    "file",
    "html",
)
"""In the order in which the builder offers them."""
OWN_LANGUAGE: Final = "en"
"""Of texts that name none, as in SurveyJS."""
DEFAULT: Final = "default"
WITH_CHOICES: Final = frozenset({"radiogroup", "checkbox", "dropdown", "ranking"})
_OF_ANY: Final = frozenset({"name", "visibleIf"})
_OF_ASKING: Final = _OF_ANY | {"title", "description", "isRequired", "requiredIf", "requiredErrorText"}
_OF_CHOICES: Final = _OF_ASKING | {"choices", "choicesOrder"}
"""What a question keeps when it becomes one of another kind."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a question stands: its page and place there, both from 0. Within a panel it is not the builder's."""

    page: int
    place: int
    element: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.element.get("name", ""))


def spots(raw: Mapping[str, Any]) -> list[Spot]:
    """The elements that stand directly on pages, in their order."""
    pages = raw.get("pages") or [{"elements": raw.get("elements") or []}]
    return [
        Spot(p, i, element)
        for p, page in enumerate(pages)
        for i, element in enumerate(page.get("elements") or [])
    ]


def added(raw: Mapping[str, Any], type: str, *, page: int, languages: tuple[str, ...]) -> tuple[Raw, str]:
    """With a new question last on a page, and its name; a page beyond the last one is made."""
    new = _copied(raw)
    pages = new["pages"]
    if page >= len(pages) and pages[-1].get("elements"):
        pages.append({"name": _free("page", (str(p.get("name", "")) for p in pages)), "elements": []})
    page = min(page, len(pages) - 1)
    name = _free("question", _names(new))
    pages[page].setdefault("elements", []).append({"type": type, "name": name, **_first(type, languages)})
    return new, name


def removed(raw: Mapping[str, Any], name: str) -> Raw:
    """Without a question; a page that is left empty goes too, unless it is the only one. Raises NotFound."""
    new = _copied(raw)
    spot = _spot(new, name)
    del new["pages"][spot.page]["elements"][spot.place]
    if not new["pages"][spot.page]["elements"] and len(new["pages"]) > 1:
        del new["pages"][spot.page]
    return new


def moved(raw: Mapping[str, Any], name: str, by: int) -> Raw:
    """With a question one place later (1) or earlier (−1), over the border of its page if need be.

    At either end it stays. Raises NotFound.
    """
    new = _copied(raw)
    spot = _spot(new, name)
    elements = new["pages"][spot.page]["elements"]
    element = elements.pop(spot.place)
    to = spot.place + by
    if 0 <= to <= len(elements):
        elements.insert(to, element)
    elif 0 <= spot.page + by < len(new["pages"]):
        there = new["pages"][spot.page + by].setdefault("elements", [])
        there.insert(0 if by > 0 else len(there), element)
        if not elements:
            del new["pages"][spot.page]
    else:
        elements.insert(spot.place, element)
    return new


def copied(raw: Mapping[str, Any], name: str) -> tuple[Raw, str]:
    """With a copy of a question behind it, and the copy's name. Raises NotFound."""
    new = _copied(raw)
    spot = _spot(new, name)
    twin = copy.deepcopy(dict(spot.element))
    twin["name"] = _free(name, _names(new))
    new["pages"][spot.page]["elements"].insert(spot.place + 1, twin)
    return new, twin["name"]


def split(raw: Mapping[str, Any], name: str) -> Raw:
    """With a new page that begins at a question; at the beginning of its page nothing changes. Raises NotFound."""
    new = _copied(raw)
    spot = _spot(new, name)
    if spot.place:
        page = new["pages"][spot.page]
        rest, page["elements"] = page["elements"][spot.place :], page["elements"][: spot.place]
        named = _free("page", (str(p.get("name", "")) for p in new["pages"]))
        new["pages"].insert(spot.page + 1, {"name": named, "elements": rest})
    return new


def joined(raw: Mapping[str, Any], name: str) -> Raw:
    """With a question's page put behind the one before it; of the first page nothing changes. Raises NotFound.

    A condition or a title that the page had goes with its border.
    """
    new = _copied(raw)
    page = _spot(new, name).page
    if page:
        before = new["pages"][page - 1]
        before["elements"] = [*(before.get("elements") or []), *(new["pages"][page].get("elements") or [])]
        del new["pages"][page]
    return new


def renamed(raw: Mapping[str, Any], name: str, to: str) -> Raw:
    """With a question under another name, in conditions and texts that speak of it too. Raises NotFound."""
    new = changed(raw, name, {"name": to})
    spoken = re.compile(r"\{" + re.escape(name) + r"(?=[.\[}]|-Comment\})")
    return cast(Raw, _replaced(new, spoken, "{" + to))


def changed(raw: Mapping[str, Any], name: str, properties: Mapping[str, Any]) -> Raw:
    """With these properties of a question; one that is None goes.

    Where the type changes, what is not of both kinds goes too. Raises NotFound.
    """
    new = _copied(raw)
    element = _spot(new, name).element
    assert isinstance(element, dict)
    type_ = str(properties.get("type", element.get("type")))
    if type_ != element.get("type"):
        kept = _kept(str(element.get("type")), type_)
        for key in [k for k in element if k not in kept]:
            del element[key]
    for key, value in properties.items():
        if value is None:
            element.pop(key, None)
        else:
            element[key] = value
    return new


def with_texts(raw: Mapping[str, Any], texts: Mapping[str, Any]) -> Raw:
    """With these texts of the survey itself, such as its title; one that is None goes."""
    new = _copied(raw)
    for key, value in texts.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = value
    return new


def localized(texts: Mapping[str, str]) -> Any:
    """Texts by language as SurveyJS has them; None if there are none.

    >>> localized({"fi": "Hei", "en": ""})
    {'fi': 'Hei'}
    """
    kept = {language: text.strip() for language, text in texts.items() if text.strip()}
    return kept or None


def text_of(value: Any, language: str, own: str = OWN_LANGUAGE) -> str:
    """The text in a language; a plain one, and one under "default", is in the survey's `own`."""
    if isinstance(value, Mapping):
        text = value.get(language) or (value.get(DEFAULT, "") if language == own else "")
        return str(text)
    return str(value) if value is not None and language == own else ""


def _replaced(value: Any, pattern: re.Pattern[str], by: str) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda _: by, value)
    if isinstance(value, dict):
        return {key: _replaced(inner, pattern, by) for key, inner in value.items()}
    return [_replaced(inner, pattern, by) for inner in value] if isinstance(value, list) else value


def _kept(before: str, after: str) -> frozenset[str]:
    if "html" in (before, after):
        return _OF_ANY
    return _OF_CHOICES if {before, after} <= WITH_CHOICES else _OF_ASKING


def _first(type: str, languages: tuple[str, ...]) -> Raw:
    """What a new question of a type begins with, so that it can be shown."""
    if type in WITH_CHOICES:
        return {"choices": [{"value": f"item{n}"} for n in (1, 2, 3)]}
    if type == "rating":
        return {"rateMin": 1, "rateMax": 5}
    if type == "matrix":
        return {"rows": [{"value": "row1"}], "columns": [{"value": str(n)} for n in range(1, 6)]}
    if type == "html":
        return {"html": dict.fromkeys(languages, "…")}
    return {}


def _copied(raw: Mapping[str, Any]) -> Raw:
    new = copy.deepcopy(dict(raw))
    if not new.get("pages"):
        new["pages"] = [{"name": "page1", "elements": new.pop("elements", [])}]
    return new


def _spot(raw: Mapping[str, Any], name: str) -> Spot:
    for spot in spots(raw):
        if spot.name == name:
            return spot
    raise NotFound(
        "The survey has no question '%(question)s'. Somebody may have removed it.", question=name[:80]
    )


def _names(raw: Mapping[str, Any]) -> Iterator[str]:
    """Of every element, however deep."""
    for key in ("pages", "elements"):
        for element in raw.get(key) or []:
            yield str(element.get("name", ""))
            yield from _names(element)


def _free(stem: str, taken: Iterator[str]) -> str:
    known = set(taken)
    stem = stem.rstrip("0123456789")
    return next(f"{stem}{n}" for n in range(1, len(known) + 2) if f"{stem}{n}" not in known)
