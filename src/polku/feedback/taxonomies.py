"""The company's taxonomy: told, saved, and what saving sets off."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from polku.answer import Answer
from polku.feedback import rereading, store
from polku.feedback.comments import Comments
from polku.feedback.understanding import Understandings
from polku.text import Entry, Taxonomy
from polku.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TaxonomyEntry:
    """An aspect or a touchpoint of comments: its names, and the words that tell it by language."""

    name: str
    label: dict[str, str]
    fi: list[str]
    en: list[str]
    hidden: Annotated[bool, Field(description="Whether it is not looked for")]
    was: Annotated[list[str], Field(description="Names of others that were joined to it")]


@dataclass(frozen=True, slots=True)
class SavedTaxonomy:
    """A version of the taxonomy."""

    number: int
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class TaxonomyTold(Answer):
    """The taxonomy that holds. `number` 0 is the one that comes with Polku; `reading_anew` is how far comments are
    told by it (0–1)."""

    number: int
    aspects: tuple[TaxonomyEntry, ...]
    touchpoints: tuple[TaxonomyEntry, ...]
    versions: Annotated[tuple[SavedTaxonomy, ...], Field(description="The newest first")]
    reading_anew: float


def taxonomy_told(workspace: Workspace) -> TaxonomyTold:
    by = workspace.part(Understandings).current()
    with workspace.db.session(read_only=True) as session:
        rows = store.taxonomy_versions(session)
    far = rereading.progress(workspace.part(Comments).file)
    return TaxonomyTold(
        by.taxonomy_number,
        tuple(_told(e) for e in by.taxonomy.aspects),
        tuple(_told(e) for e in by.taxonomy.touchpoints),
        tuple(SavedTaxonomy(row.number, row.changed_by, row.changed_at) for row in rows),
        far.share if far else 1.0,
    )


def save_taxonomy(workspace: Workspace, taxonomy: Taxonomy, *, by: str, now: datetime) -> int:
    """Have a taxonomy hold from now on; comments follow in the background. Returns its number; the present one where
    nothing is changed."""
    current = workspace.part(Understandings).current()
    if taxonomy.plain() == current.taxonomy.plain():
        return current.taxonomy_number
    source = json.dumps(taxonomy.plain(), ensure_ascii=False)
    with workspace.db.session() as session:
        return store.add_taxonomy(session, source, by=by, now=now)


def restore_shipped(workspace: Workspace, *, by: str, now: datetime) -> int:
    """Have the taxonomy that comes with Polku hold again, also as later versions of Polku bring it."""
    with workspace.db.session() as session:
        return store.add_taxonomy(session, "", by=by, now=now)


def _told(entry: Entry) -> TaxonomyEntry:
    words: dict[str, Any] = {code: list(entry.words.get(code, ())) for code in ("fi", "en")}
    return TaxonomyEntry(
        entry.name, dict(entry.label), words["fi"], words["en"], entry.hidden, list(entry.was)
    )
