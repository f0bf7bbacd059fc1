"""Surveys within the profile, and answers to them, as hypothesis makes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

WORDS = ["a", "b", "Web", "shop", "1", "05", "2.5", "true", "älä"]
CHOICES = ["a", "b", "Web", 1, 2]
ROWS, COLUMNS = ["r1", "r2"], [1, 2, "good"]
TYPES = ["rating", "radiogroup", "checkbox", "dropdown", "boolean", "comment", "text", "matrix", "ranking"]

Raw = dict[str, Any]


@st.composite
def surveys(draw: st.DrawFn) -> Raw:
    """Up to seven questions on a page or two, some in panels, with conditions on questions before and behind."""
    kinds = draw(st.lists(st.sampled_from(TYPES), min_size=2, max_size=7))
    questions = [draw(_question(f"q{i}", kind)) for i, kind in enumerate(kinds)]
    order = draw(
        st.permutations(range(len(questions)))
    )  # a question may hang on those before it in this order
    for position, i in enumerate(order):
        if position and draw(st.booleans()):
            known = [questions[j] for j in order[:position]]
            questions[i]["visibleIf"] = draw(expressions(known))
        if position and draw(st.integers(0, 3)) == 0:
            questions[i]["requiredIf"] = draw(expressions([q for q in questions if q is not questions[i]]))
    elements = list(questions)
    for position, i in enumerate(order):
        if position and draw(st.integers(0, 4)) == 0:
            hidden = draw(expressions([questions[j] for j in order[:position]]))
            inner = {"type": "panel", "name": f"inner{i}", "elements": [questions[i]]}
            elements[i] = {"type": "panel", "name": f"panel{i}", "visibleIf": hidden, "elements": [inner]}
    cut = draw(st.integers(0, len(elements)))
    pages = [p for p in (elements[:cut], elements[cut:]) if p]
    made = [{"name": f"page{i}", "elements": inside} for i, inside in enumerate(pages)]
    if len(made) > 1 and draw(st.booleans()) and (free := _not_hanging(made)):
        made[1]["visibleIf"] = draw(expressions(free))
    return {"pages": made}


def _not_hanging(pages: list[Raw]) -> list[Raw]:
    """Questions of the first page on which the second may hang: those that hang on none of the second's."""
    second = {q["name"] for q in questions_of({"pages": pages[1:]})}
    hanging = second
    while True:
        wider = hanging | {
            q["name"]
            for e in pages[0]["elements"]
            for q in questions_of({"pages": [{"elements": [e]}]})
            if any(f"{{{name}}}" in str(e) or f"{{{name}." in str(e) for name in hanging)
        }
        if wider == hanging:
            return [q for q in questions_of({"pages": pages[:1]}) if q["name"] not in hanging]
        hanging = wider


@st.composite
def _question(draw: st.DrawFn, name: str, kind: str) -> Raw:
    raw: Raw = {"type": kind, "name": name, "isRequired": draw(st.booleans())}
    if kind == "rating":
        raw |= draw(
            st.sampled_from([{}, {"rateMin": 0, "rateMax": 10}, {"rateMax": 7}, {"rateValues": [1, 3, 9]}])
        )
    elif kind in ("radiogroup", "checkbox", "dropdown"):
        raw |= {"choices": CHOICES, "showOtherItem": draw(st.booleans()), "showNoneItem": draw(st.booleans())}
        if kind == "checkbox":
            raw |= draw(st.sampled_from([{}, {"minSelectedChoices": 2}]))
    elif kind == "ranking":
        raw |= {"choices": ["a", "b", "Web"]}
    elif kind == "matrix":
        raw |= {"rows": ROWS, "columns": COLUMNS, "eachRowRequired": draw(st.booleans())}
    elif kind == "comment":
        raw |= draw(st.sampled_from([{}, {"validators": [{"type": "text", "minLength": 3, "maxLength": 8}]}]))
    elif kind == "text":
        raw |= draw(st.sampled_from([
            {}, {"inputType": "number", "min": 1, "max": 9}, {"inputType": "email"},
            {"inputType": "date", "min": "2026-01-01", "max": "2026-12-31"},
            {"validators": [{"type": "regex", "regex": "^[a-c0-9.]+$"}]},
            {"validators": [{"type": "numeric", "minValue": 1, "maxValue": 3}]},
        ]))  # fmt: skip
    return raw


@st.composite
def answers(draw: st.DrawFn, survey: Raw) -> Raw:
    """Answers that a browser could send: of the right kind, though not always allowed."""
    given: Raw = {}
    for raw in questions_of(survey):
        if draw(st.integers(0, 3)):
            given |= draw(_answer(raw))
    return given


def questions_of(survey: Raw) -> list[Raw]:
    return [q for page in survey["pages"] for e in page["elements"] for q in _inside(e)]


def _inside(element: Raw) -> list[Raw]:
    return [q for e in element["elements"] for q in _inside(e)] if element["type"] == "panel" else [element]


@st.composite
def _answer(draw: st.DrawFn, raw: Raw) -> Raw:
    kind, name = raw["type"], raw["name"]
    match kind:
        case "rating":
            scale = raw.get("rateValues") or list(range(raw.get("rateMin", 1), raw.get("rateMax", 5) + 1))
            return {name: draw(st.sampled_from(scale))}
        case "radiogroup" | "dropdown":
            value = draw(st.sampled_from([*CHOICES, *_special(raw)]))
            return {name: value, **(draw(_comment(name)) if value == "other" else {})}
        case "checkbox":
            chosen = draw(st.lists(st.sampled_from([*CHOICES, *_special(raw)]), unique_by=str, max_size=4))
            chosen = ["none"] if "none" in chosen else chosen
            return {name: chosen, **(draw(_comment(name)) if "other" in chosen else {})}
        case "ranking":
            return {name: draw(st.permutations(raw["choices"]))}
        case "boolean":
            return {name: draw(st.booleans())}
        case "matrix":
            return {name: draw(st.dictionaries(st.sampled_from(ROWS), st.sampled_from(COLUMNS)))}
        case _:
            return {name: draw(_written(raw.get("inputType", "text")))}


def _written(kind: str) -> st.SearchStrategy[Any]:
    if kind == "number":
        return st.integers(-2, 12) | st.sampled_from([0.5, 2.25])
    if kind == "date":
        return st.sampled_from(["2025-12-31", "2026-02-28", "2026-11-23", "2027-01-01"])
    if kind == "email":
        return st.sampled_from(
            ["a@b.fi", "a.b+c@d-e.co.uk", "a@b", "@b.fi", "a b@c.fi", "a@b..fi", "ä@ö.fi", "x"]
        )
    return st.sampled_from([*WORDS, " ", "", "abcabcabcabc"])


def _comment(name: str) -> st.SearchStrategy[Raw]:
    return st.sampled_from([{}, {f"{name}-Comment": "mine"}])


def _special(raw: Raw) -> list[str]:
    other = ["other"] if raw.get("showOtherItem") else []
    return [*other, "none"] if raw.get("showNoneItem") else other


@st.composite
def expressions(draw: st.DrawFn, known: list[Raw], depth: int = 2) -> str:
    """A condition on some of these questions."""
    if depth and draw(st.integers(0, 2)) == 0:
        parts = draw(st.lists(expressions(known, depth - 1), min_size=2, max_size=3))
        joined = f" {draw(st.sampled_from(['and', 'or', 'AND', '||']))} ".join(f"({p})" for p in parts)
        return draw(st.sampled_from([joined, f"!({joined})", f"negate ({joined})"]))
    return draw(_comparison(draw(st.sampled_from(known))))


@st.composite
def _comparison(draw: st.DrawFn, of: Raw) -> str:
    name, kind = f"{{{of['name']}}}", of["type"]
    if kind == "matrix" and draw(st.booleans()):
        name, kind = f"{{{of['name']}.{draw(st.sampled_from(ROWS))}}}", "radiogroup"
    if kind == "matrix" or draw(st.integers(0, 4)) == 0:
        return f"{name} {draw(st.sampled_from(['empty', 'notempty']))}"
    constant = draw(_constants())
    if kind in ("checkbox", "ranking"):
        operator = draw(st.sampled_from(["contains", "notcontains"]))
    elif kind in ("comment", "text") and draw(st.booleans()):
        return f"{name} {draw(st.sampled_from(['contains', 'notcontains']))} 'a'"
    elif kind == "boolean":
        operator, constant = (
            draw(st.sampled_from(["=", "!="])),
            draw(st.sampled_from(["true", "'false'", "1"])),
        )
    else:
        operator = draw(st.sampled_from(["=", "==", "!=", "<>", "<", ">", "<=", ">="]))
    if draw(st.integers(0, 3)) == 0:
        several = draw(st.lists(_constants(), min_size=1, max_size=3))
        listed = ["anyof", "noneof", *(["allof"] if kind in ("checkbox", "ranking") else [])]
        return f"{name} {draw(st.sampled_from(listed))} [{', '.join(several)}]"
    return f"{name} {operator} {constant}"


def _constants() -> st.SearchStrategy[str]:
    texts = st.sampled_from([*WORDS, "other", "none", "good", "web"]).map(lambda t: f"'{t}'")
    return texts | st.sampled_from(["0", "1", "2", "2.5", "5", "9", "-1", "true", "false"])
