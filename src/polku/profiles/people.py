"""Who a profile is, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from polku.i18n import gettext
from polku.profiles.search import Named

_BEST: Final = ("name", "email", "user_id", "phone")


def display_name(those: Sequence[Named]) -> str:
    """How to call a person: the latest name, else the e-mail address, else the next best identifier; who is
    known by a browser or the like alone is a visitor."""
    for type_ in _BEST:
        values = [n.value for n in those if n.type == type_]
        if values:
            return values[-1]
    # A browser's identifier is long and says nothing: its beginning tells one visitor from another.
    return gettext("Visitor %(start)s", start=those[0].value[:8]) if those else ""


def full_name(those: Sequence[Named]) -> str:
    """How to call a person among others of the same name: 'Maija Meikäläinen (maija@example.fi)'."""
    name = display_name(those)
    others = (n.value for n in shown_identifiers(those) if n.value != name and n.type != "anonymous_id")
    other = next(others, "")
    return f"{name} ({other})" if other else name


def shown_identifiers(those: Sequence[Named]) -> list[Named]:
    """Identifiers that say something to a person first, names left out."""
    rank = {t: i for i, t in enumerate(_BEST)}
    found = [n for n in those if n.type != "name"]
    return sorted(found, key=lambda n: (rank.get(n.type, len(rank) + (n.type == "anonymous_id")), n.seq))
