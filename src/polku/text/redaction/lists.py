"""Lists of names, and the forms that a name has in Finnish and English."""

from __future__ import annotations

import functools
from importlib.resources import files


@functools.cache
def listed(list_name: str) -> frozenset[str]:
    lines = (files("polku.text.redaction") / list_name).read_text(encoding="utf-8").splitlines()
    return frozenset(word.lower() for line in lines if not line.startswith("#") for word in line.split())


@functools.cache
def forms(list_name: str) -> frozenset[str]:
    """The names of a list in lower case, in every form that Finnish gives them."""
    return frozenset(form for name in listed(list_name) for form in inflected(name))


def inflected(name: str) -> set[str]:
    """The forms of a name in lower case in Finnish cases, with weak and strong stem; English genitive too.

    >>> sorted(inflected("matti") & {"matin", "matille", "mattia", "matilta"})
    ['matille', 'matilta', 'matin', 'mattia']
    """
    front = "ä" if not set(name) & set("aou") else "a"
    weak = {"n", f"ll{front}", "lle", f"lt{front}", f"ss{front}", f"st{front}", "ksi"}
    strong = {front, f"t{front}", f"n{front}"}
    if name.endswith("nen"):
        stem = name[:-3] + "se"
        forms = {stem + e for e in weak | {"en"}} | {name[:-3] + "st" + front}
    elif name[-1] in "aeiouyäöå":
        stem = _weakened(name)
        forms = {s + e for s in (stem, name) for e in weak} | {name + e for e in strong}
        forms |= {name + name[-1] + "n", name + "h" + name[-1] + "n"}
        if name.endswith("i"):
            forms |= {stem[:-1] + "en", name[:-1] + "e" + front}
    else:
        forms = {name + "i" + e for e in weak} | {name + "i" + front, name + "iin"}
        if name.endswith("s"):
            forms |= {name[:-1] + "kse" + e for e in weak} | {name + "t" + front, name[:-1] + name[-2] + "n"}
    bare = {name, *forms}
    return (
        bare
        | {f + e for f in bare for e in ("kin", "k" + front + front + "n")}
        | {name + "'s", name + "’s", name + "s"}
    )


_GRADES = (
    ("kk", "k"),
    ("pp", "p"),
    ("tt", "t"),
    ("nt", "nn"),
    ("lt", "ll"),
    ("rt", "rr"),
    ("nk", "ng"),
    ("mp", "mm"),
)


def _weakened(name: str) -> str:
    """A name's stem before a closed syllable: Pekka, Pekan; Antti, Antin; Virta, Virran."""
    for strong, weak in _GRADES:
        if name[:-1].endswith(strong):
            return name[: -1 - len(strong)] + weak + name[-1]
    if name[-2:-1] == "t" and len(name) > 3 and name[-3] in "aeiouyäö":
        return name[:-2] + "d" + name[-1]
    return name
