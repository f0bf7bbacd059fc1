"""How comments are understood now: the taxonomy that holds, and the models of sentiment by language."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import xxhash

from polku.errors import InvalidInput
from polku.feedback import store
from polku.text import (
    LANGUAGES,
    USUAL,
    Model,
    Taxonomy,
    at_share,
    model_at,
    shipped_digest,
    shipped_model,
    shipped_taxonomy,
    taxonomy_from,
)
from polku.workspace import Workspace

log = logging.getLogger(__name__)

FOLDER: Final = "models"
"""In the data folder: what was learned."""


@dataclass(frozen=True)
class Understanding:
    """What comments are read by. `key` is equal where the same is told; `models` are by language, for comments of which
    so many are neutral as customers' usually are; `learned` says of
    which languages the company's own is used, by its number; `broken` of which it could not be read."""

    taxonomy: Taxonomy
    taxonomy_number: int
    models: Mapping[str, Model]
    learned: Mapping[str, int]
    broken: tuple[str, ...]
    key: str


class Understandings:
    """A part of the workspace; what holds is read again when operational tables have changed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._known: tuple[int, Understanding] | None = None
        self._taxonomies: tuple[str, Taxonomy] = ("", shipped_taxonomy())
        self._models: dict[str, tuple[str, Model | None]] = {}

    def current(self) -> Understanding:
        changes = self._workspace.db.changes
        with self._lock:
            if self._known is None or self._known[0] != changes:
                self._known = (changes, self._read())
            return self._known[1]

    def _read(self) -> Understanding:
        with self._workspace.db.session(read_only=True) as session:
            row = store.newest_taxonomy(session)
            source, number = (row.source, row.number) if row else ("", 0)
            newest = {
                code: next(iter(store.learned_rows(session, code, newest=1)), None)
                for code in LANGUAGES
                if store.learns(session, code)
            }
        taxonomy = self._taxonomy(source)
        models = {code: at_share(shipped_model(code), code, USUAL) for code in LANGUAGES}
        digests = {code: f"{shipped_digest(code)}@{USUAL}" for code in LANGUAGES}
        learned: dict[str, int] = {}
        broken: list[str] = []
        for code, attempt in newest.items():
            if attempt is None or attempt.why:
                continue
            own = self._model(code, attempt.digest)
            if own is None:
                broken.append(code)
            else:
                models[code], learned[code] = at_share(own, code, USUAL), attempt.id
                digests[code] = f"{attempt.digest}@{USUAL}"
        key = "-".join([taxonomy.digest, *digests.values()])
        return Understanding(taxonomy, number, models, learned, tuple(broken), key)

    def _taxonomy(self, source: str) -> Taxonomy:
        """What was saved; if this Polku cannot read it, the shipped one, and the log says so."""
        if self._taxonomies[0] != source:
            self._taxonomies = (source, taxonomy_in(source))
        return self._taxonomies[1] if source else shipped_taxonomy()

    def _model(self, language: str, digest: str) -> Model | None:
        """None if the file is not there or not as it was written; that is logged once."""
        path = model_path(self._workspace.settings.folder, language, digest)
        if self._models.get(language, ("", None))[0] != digest:
            self._models[language] = (digest, _model_in(path, digest))
        return self._models[language][1]


def taxonomy_in(source: str) -> Taxonomy:
    """The taxonomy of a saved version; the shipped one where that cannot be read any more."""
    try:
        return taxonomy_from(json.loads(source)) if source else shipped_taxonomy()
    except (InvalidInput, ValueError) as e:
        log.error("taxonomy_not_read reason=%s", type(e).__name__)
        return shipped_taxonomy()


def model_path(folder: Path, language: str, digest: str) -> Path:
    return folder / FOLDER / f"sentiment-{language}-{digest}.npz"


def write_model(folder: Path, language: str, model: Model, about: Mapping[str, object]) -> str:
    """Have a model's file there as a whole or not at all; returns its digest. Raises OSError."""
    beside = folder / FOLDER / f".sentiment-{language}.npz"
    beside.parent.mkdir(mode=0o700, exist_ok=True)
    model.save(beside, about=about)
    with beside.open("rb") as written:
        os.fsync(written.fileno())
        digest = xxhash.xxh3_128_hexdigest(written.read())
    beside.replace(model_path(folder, language, digest))
    return digest


def _model_in(path: Path, digest: str) -> Model | None:
    try:
        content = path.read_bytes()
        if xxhash.xxh3_128_hexdigest(content) == digest:
            return model_at(path)
        reason = "changed"
    except (OSError, ValueError, KeyError, InvalidInput) as e:
        reason = type(e).__name__
    log.error("model_not_read file=%s reason=%s used=shipped", path.name, reason)
    return None
