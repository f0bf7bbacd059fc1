"""Learning from the company's own comments, by itself: when, of what, and what came of it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from polku.errors import PolkuError
from polku.feedback import store
from polku.feedback.comments import Comments
from polku.feedback.file import CommentFile
from polku.feedback.tables import LearnedModelRow
from polku.feedback.understanding import FOLDER, model_path, write_model
from polku.store.background import give_way
from polku.text import LANGUAGES, learned, polarity_model
from polku.text.learning import FEWEST
from polku.workspace import Workspace

log = logging.getLogger(__name__)

POSITIVE_FROM: Final = 80.0
NEGATIVE_TO: Final = 20.0
"""Scores (−100…100) that label a comment: promoters and five of five stars, detractors and three stars or fewer. What
lies between says neither."""
MOST_PAIRS: Final = 10_000
"""The newest: learning from them takes a minute or two of one processor, once a day at most."""
PAUSE: Final = timedelta(days=1)
NEW_PAIRS: Final = 50
NEW_CORRECTIONS: Final = 20
LOOKS_EVERY_S: Final = 900.0
SEED: Final = 2026


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn from in a language; `changes` grows with each correction."""

    pairs: int
    corrections: int
    changes: int


def lessons(workspace: Workspace, language: str) -> Lessons:
    """Counted over all comments."""
    with workspace.db.session(read_only=True) as session:
        told, changes = store.all_corrections(session), store.corrections_changed(session)
    ids = [c.comment for c in told if c.sentiment in ("negative", "positive")]
    with workspace.part(Comments).file.reading() as connection:
        (pairs,) = connection.execute(
            "SELECT count(*) FROM comment WHERE language = ? AND (score >= ? OR score <= ?)",
            (language, POSITIVE_FROM, NEGATIVE_TO),
        ).fetchone()
        (corrections,) = connection.execute(
            "SELECT count(*) FROM comment WHERE language = ? AND id IN (SELECT value FROM json_each(?))",
            (language, json.dumps(ids)),
        ).fetchone()
    return Lessons(int(pairs), int(corrections), changes)


def is_due(there: Lessons, last: LearnedModelRow | None, now: datetime) -> bool:
    """Whether to learn now: at most once a day, and when there is enough that is new."""
    if there.pairs + there.corrections < FEWEST:
        return False
    if last is None:
        return True
    fresh = there.pairs - last.pairs >= max(NEW_PAIRS, last.pairs // 50)
    corrected = there.changes - last.changes >= NEW_CORRECTIONS
    return now - last.learned_at >= PAUSE and (fresh or corrected)


def learn(workspace: Workspace, language: str, now: datetime) -> LearnedModelRow:
    """Learn from comments in a language, and take what was learned into use if it tells the latest better."""
    there = lessons(workspace, language)
    texts, labels, when, corrections = _taught(workspace, language)
    result = learned(
        texts, labels, when, rng=np.random.default_rng(SEED), language=language, corrections=corrections
    )
    digest = ""
    folder = workspace.settings.folder
    if result.model is not None:
        about = {"language": language, "comments": result.n, "learned_at": now.isoformat()}
        digest = write_model(folder, language, polarity_model(result, language), about)
    told = result.evaluation
    row = LearnedModelRow(
        language=language,
        learned_at=now,
        pairs=there.pairs,
        corrections=there.corrections,
        changes=there.changes,
        why=result.why,
        evaluated=told and told.n,
        accuracy=told and told.accuracy,
        macro_f1=told and told.macro_f1,
        before=told and told.before,
        digest=digest,
    )
    with workspace.db.session() as session:
        store.add_learned(session, row)
        kept = {r.digest for r in store.learned_rows(session, language, newest=2)}
    _tidy(folder, language, kept)
    return row


def _taught(
    workspace: Workspace, language: str
) -> tuple[list[str], list[str], list[datetime], list[tuple[str, str]]]:
    """Texts, labels and times of the newest comments with a score, and what people said: of (text, label). One that was
    corrected teaches by its correction only; one that is neutral teaches nothing of good and bad."""
    with workspace.db.session(read_only=True) as session:
        said = {c.comment: c.sentiment for c in store.all_corrections(session) if c.sentiment}
    file = workspace.part(Comments).file
    pairs = [row for row in _scored(file, language) if row[0] not in said]
    corrected = _texts(file, language, list(said))
    labels = ["positive" if score >= POSITIVE_FROM else "negative" for _, _, score, _ in pairs]
    corrections = [(text, label) for id, text in corrected if (label := said[id]) and label != "neutral"]
    return (
        [text for _, text, _, _ in pairs],
        labels,
        [datetime.fromtimestamp(at, UTC) for _, _, _, at in pairs],
        corrections,
    )


def _scored(file: CommentFile, language: str) -> list[tuple[int, str, float, int]]:
    with file.reading() as connection:
        return connection.execute(
            "SELECT id, text, score, at FROM comment WHERE language = ? AND (score >= ? OR score <= ?) "
            "ORDER BY id DESC LIMIT ?",
            (language, POSITIVE_FROM, NEGATIVE_TO, MOST_PAIRS),
        ).fetchall()


def _texts(file: CommentFile, language: str, ids: Sequence[int]) -> list[tuple[int, str]]:
    with file.reading() as connection:
        return connection.execute(
            "SELECT id, text FROM comment WHERE language = ? AND id IN (SELECT value FROM json_each(?))",
            (language, json.dumps(list(ids))),
        ).fetchall()


def _tidy(folder: Path, language: str, kept: set[str]) -> None:
    """Remove files of models that were replaced before the last time."""
    used = {model_path(folder, language, digest) for digest in kept if digest}
    for file in (folder / FOLDER).glob(f"sentiment-{language}-*.npz"):
        if file not in used:
            file.unlink(missing_ok=True)


class Learner:
    """A thread that learns when there is something new to learn, and lets everything else go first."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feedback-learner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Waited for shortly: what is being learned is learned again after the next start."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def learn_due(self, now: datetime) -> int:
        """Learn in the languages in which that is due; how many."""
        done = 0
        for language in LANGUAGES:
            with self._workspace.db.session(read_only=True) as session:
                last = next(iter(store.learned_rows(session, language, newest=1)), None)
                wanted = store.learns(session, language)
            if wanted and is_due(lessons(self._workspace, language), last, now):
                begun = time.perf_counter()
                row = learn(self._workspace, language, now)
                took = time.perf_counter() - begun
                log.info("learned language=%s why=%s seconds=%.0f", language, row.why or "used", took)
                done += 1
        return done

    def _run(self) -> None:
        give_way()
        while not self._stopping.wait(LOOKS_EVERY_S):
            try:
                if self._workspace.part(Comments).file.path.exists():
                    self.learn_due(datetime.now(UTC))
            except (PolkuError, OSError) as e:
                log.error("not_learned reason=%s", type(e).__name__)
            except Exception:
                if not self._stopping.is_set():  # else the workspace is closed
                    log.exception("not_learned")
