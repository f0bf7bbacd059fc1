"""Walks a definition against the profile: finds every fault, and what the rest of the room works on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from polku.errors import Words, nearest
from polku.surveys.definition import limits, profile, surveyjs
from polku.surveys.definition.comparing import spelled
from polku.surveys.definition.expressions import Expression, Malformed, parsed
from polku.surveys.definition.faults import Faults
from polku.surveys.definition.localised import DEFAULT, is_language, strings_of
from polku.surveys.definition.markup import faults_of_markup
from polku.surveys.definition.profile import Kind, Properties, Property
from polku.surveys.definition.values import A_TEXT, A_VALUE, OBJECT, PLAIN, fault_of_name, is_text, is_value


@dataclass(frozen=True, slots=True)
class FoundText:
    """A text that is translated: whose, where, and whether it is HTML."""

    place: str
    raw: str | Mapping[str, str]
    owner: str
    is_html: bool = False


@dataclass(frozen=True, slots=True)
class FoundCondition:
    place: str
    expression: Expression


@dataclass(slots=True)
class FoundElement:
    """A question, with the conditions that hide it: its own and those of the panels and the page around it."""

    place: str
    raw: Mapping[str, Any]
    visible_if: tuple[FoundCondition, ...]
    required_if: FoundCondition | None = None


@dataclass(slots=True)
class Reading:
    """All that is in a definition. What depends on the whole (names, references) is checked behind this."""

    faults: Faults = field(default_factory=Faults)
    texts: list[FoundText] = field(default_factory=list)
    elements: list[FoundElement] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)
    """Places and names of pages, panels and questions."""

    def survey(self, raw: Mapping[str, Any]) -> None:
        self._properties(raw, profile.SURVEY, "", "")
        if "pages" in raw and "elements" in raw:
            self.faults.add("elements", "both", Words("a survey has either pages or elements, not both"))
        elif "pages" not in raw and "elements" not in raw:
            self.faults.add("", "no_questions", Words("a survey needs pages or elements"))

    def _properties(
        self,
        raw: Mapping[str, Any],
        known: Properties,
        place: str,
        owner: str,
        *,
        outer: tuple[FoundCondition, ...] = (),
    ) -> dict[str, FoundCondition]:
        """Check the properties of one object; returns its conditions. Elements within it are hidden by `outer` too."""
        conditions: dict[str, FoundCondition] = {}
        inner: list[tuple[str, Any, str]] = []
        for name, value in raw.items():
            where = f"{place}.{name[:50]}" if place else name[:50]
            if name not in known:
                self._unknown(where, name, known)
                continue
            what = known[name]
            if what.kind in (Kind.ELEMENTS, Kind.PAGES):
                inner.append((where, value, name))
            elif what.kind is Kind.EXPRESSION:
                found = self._condition(where, value)
                conditions.update({name: found} if found else {})
            elif what.kind in (Kind.TEXT, Kind.HTML):
                self._text(where, value, owner, is_html=what.kind is Kind.HTML)
            elif what.kind is Kind.CHOICES:
                self._choices(where, value, owner)
            elif what.kind is Kind.VALIDATORS:
                self._validators(where, value, owner)
            else:
                self._plain(where, value, what)
        hides = (*outer, conditions["visibleIf"]) if "visibleIf" in conditions else outer
        for where, value, name in inner:
            self._several(where, value, name, hides)
        return conditions

    def _unknown(self, where: str, name: str, known: Iterable[str]) -> None:
        if name in surveyjs.PROPERTIES:
            said = Words(
                "'%(name)s' is SurveyJS's, but not in Polku's profile, or not of this type; it would not be "
                "checked on the server. Leave it out; what can be used: %(known)s",
                name=name, known=", ".join(sorted(known)),
            )  # fmt: skip
            self.faults.add(where, "unsupported_property", said)
            return
        near = nearest(name[:50], known)
        said = (
            Words("there is no property '%(name)s'. Did you mean '%(near)s'?", name=name[:50], near=near)
            if near
            else Words("there is no property '%(name)s'", name=name[:50])
        )
        self.faults.add(where, "unknown_property", said)

    def _several(self, place: str, value: Any, name: str, outer: tuple[FoundCondition, ...]) -> None:
        """Pages, or the elements of a page or panel."""
        read = self._page if name == "pages" else self._element
        for where, one in self._objects(place, value, limits.QUESTIONS):
            read(where, one, outer)

    def _objects(self, place: str, value: Any, most: int) -> list[tuple[str, Mapping[str, Any]]]:
        if not isinstance(value, list):
            self.faults.add(place, "wrong_kind", Words("it should be a list"))
            return []
        if len(value) > most:
            self.faults.add(
                place, "too_many", Words("it has %(n)s; at most %(most)s", n=len(value), most=most)
            )
            return []
        for i, one in enumerate(value):
            if not isinstance(one, dict):
                self.faults.add(f"{place}[{i}]", "wrong_kind", OBJECT)
        return [(f"{place}[{i}]", one) for i, one in enumerate(value) if isinstance(one, dict)]

    def _page(self, place: str, raw: Mapping[str, Any], outer: tuple[FoundCondition, ...]) -> None:
        self.pages.append(place)
        self._name(place, raw, required=False)
        self._properties(raw, profile.PAGE, place, "", outer=outer)

    def _element(self, place: str, raw: Mapping[str, Any], outer: tuple[FoundCondition, ...]) -> None:
        kind = raw.get("type")
        if not isinstance(kind, str) or (kind != "panel" and kind not in profile.TYPES):
            self._unknown_type(f"{place}.type", kind, (*profile.TYPES, "panel"), surveyjs.TYPES)
            return
        self._name(place, raw, required=True)
        if kind == "panel":
            if place.count(".elements[") > limits.PANELS_DEEP:
                said = Words("panels lie within each other, at most %(most)s deep", most=limits.PANELS_DEEP)
                self.faults.add(place, "too_deep", said)
                return
            self._properties(raw, profile.PANEL, place, "", outer=outer)
            return
        owner = raw["name"] if isinstance(raw.get("name"), str) else ""
        conditions = self._properties(raw, profile.TYPES[kind], place, owner)
        for name in profile.REQUIRED.get(kind, ()):
            if not raw.get(name):
                said = Words("'%(type)s' needs %(name)s", type=kind, name=name)
                self.faults.add(f"{place}.{name}", "missing", said)
        own = (conditions["visibleIf"],) if "visibleIf" in conditions else ()
        self.elements.append(FoundElement(place, raw, (*outer, *own), conditions.get("requiredIf")))

    def _unknown_type(self, place: str, kind: Any, known: Iterable[str], elsewhere: frozenset[str]) -> None:
        known = list(known)
        if not isinstance(kind, str):
            said = Words("type should be one of %(known)s", known=", ".join(known))
            self.faults.add(place, "missing" if kind is None else "wrong_kind", said)
        elif kind in elsewhere:
            said = Words(
                "'%(type)s' is SurveyJS's, but not in Polku's profile. Use one of %(known)s",
                type=kind, known=", ".join(known),
            )  # fmt: skip
            self.faults.add(place, "unsupported_type", said)
        else:
            near = nearest(kind[:50], known)
            told = Words(" Did you mean '%(near)s'?", near=near) if near else ""
            said = Words(
                "there is no type '%(type)s'.%(near)s Allowed are %(known)s",
                type=kind[:50], near=told, known=", ".join(known),
            )  # fmt: skip
            self.faults.add(place, "unknown_type", said)

    def _name(self, place: str, raw: Mapping[str, Any], *, required: bool) -> None:
        name, where = raw.get("name"), f"{place}.name"
        if name is None and not required:
            return
        if not isinstance(name, str) or not name.strip():
            self.faults.add(where, "missing", Words("it needs a name: a text that is not empty"))
        elif fault := fault_of_name(name):
            self.faults.add(where, "bad_name", fault)
        else:
            self.names.append((where, name))

    def _condition(self, place: str, value: Any) -> FoundCondition | None:
        if not isinstance(value, str):
            self.faults.add(place, "wrong_kind", Words('it should be a condition, such as "{nps} <= 6"'))
            return None
        try:
            return FoundCondition(place, parsed(value))
        except Malformed as e:
            self.faults.add(place, "bad_expression", e.said)
        return None

    def _text(self, place: str, value: Any, owner: str, *, is_html: bool = False) -> None:
        if isinstance(value, dict):
            for language, text in value.items():
                if language != DEFAULT and not is_language(language):
                    said = Words("'%(code)s' is no language; write default, fi, en, …", code=language[:20])
                    self.faults.add(f"{place}.{language[:20]}", "unknown_language", said)
                if not isinstance(text, str):
                    self.faults.add(f"{place}.{language[:20]}", "wrong_kind", A_TEXT)
            if not all(isinstance(text, str) for text in value.values()):
                return
        elif not isinstance(value, str):
            said = Words('it should be a text, or texts by language: {"default": "…", "fi": "…"}')
            self.faults.add(place, "wrong_kind", said)
            return
        for text in strings_of(value):
            self._letters(place, text)
            for fault in faults_of_markup(text) if is_html else ():
                self.faults.add(place, "bad_html", fault)
        self.texts.append(FoundText(place, value, owner, is_html))

    def _letters(self, place: str, text: str) -> None:
        if len(text) > limits.TEXT_LETTERS:
            said = Words("it has %(n)s letters; at most %(most)s", n=len(text), most=limits.TEXT_LETTERS)
            self.faults.add(place, "too_long", said)
        if not is_text(text):
            self.faults.add(place, "not_text", Words("it holds characters that are no text"))

    def _choices(self, place: str, value: Any, owner: str) -> None:
        if not isinstance(value, list) or not value:
            self.faults.add(place, "wrong_kind", Words("it should be a list with something in it"))
            return
        most = limits.RATES if place.endswith("rateValues") else limits.CHOICES
        if len(value) > most:
            self.faults.add(
                place, "too_many", Words("it has %(n)s; at most %(most)s", n=len(value), most=most)
            )
            return
        seen: dict[str, str] = {}
        for i, one in enumerate(value):
            where = f"{place}[{i}]"
            if isinstance(one, dict):
                self._properties(one, profile.CHOICE, where, owner)
                if "value" not in one:
                    self.faults.add(f"{where}.value", "missing", Words("a choice needs a value"))
                    continue
                one = one["value"]
            elif not is_value(one):
                self.faults.add(where, "wrong_kind", A_VALUE)
            if is_value(one) and (earlier := seen.setdefault(spelled(one).strip().lower(), where)) != where:
                said = Words(
                    "the value '%(value)s' is there already: %(earlier)s", value=one, earlier=earlier
                )
                self.faults.add(where, "duplicate_value", said)
            if (
                place.endswith(".rows")
                and isinstance(one, str)
                and (fault := fault_of_name(one, of_row=True))
            ):
                self.faults.add(where, "bad_name", fault)

    def _validators(self, place: str, value: Any, owner: str) -> None:
        for where, one in self._objects(place, value, 10):
            kind = one.get("type")
            named = kind.removesuffix("validator") if isinstance(kind, str) else ""
            if named not in profile.VALIDATORS:
                self._unknown_type(f"{where}.type", named or kind, profile.VALIDATORS, surveyjs.VALIDATORS)
                continue
            self._properties(one, profile.VALIDATORS[named], where, owner)
            for name in profile.REQUIRED.get(named, ()):
                if not one.get(name):
                    said = Words("'%(type)s' needs %(name)s", type=named, name=name)
                    self.faults.add(f"{where}.{name}", "missing", said)

    def _plain(self, place: str, value: Any, what: Property) -> None:
        """What needs no look at anything else."""
        if what.kind is Kind.WORD and value not in what.words:
            near = nearest(value[:50], what.words) if isinstance(value, str) else None
            told = Words(" Did you mean '%(near)s'?", near=near) if near else ""
            said = Words("it should be one of %(words)s.%(near)s", words=", ".join(what.words), near=told)
            self.faults.add(place, "unknown_word", said)
        elif what.kind in PLAIN and not PLAIN[what.kind][0](value):
            self.faults.add(place, "wrong_kind", PLAIN[what.kind][1])
        elif what.kind is Kind.COUNT and not (what.least or 0) <= value <= (what.most or math.inf):
            said = Words("%(value)s is not between %(least)s and %(most)s", value=value, least=int(what.least or 0),
                         most=int(what.most or 0))  # fmt: skip
            self.faults.add(place, "out_of_range", said)
        elif what.kind is Kind.PLAIN and len(value) > limits.PATTERN_LETTERS:
            said = Words("it has %(n)s letters; at most %(most)s", n=len(value), most=limits.PATTERN_LETTERS)
            self.faults.add(place, "too_long", said)
