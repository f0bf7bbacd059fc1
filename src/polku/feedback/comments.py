"""Comments of an open folder, kept up with its events."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from polku.errors import NotFound
from polku.feedback import store
from polku.feedback.correcting import overlaid
from polku.feedback.file import CommentFile, Read, identity
from polku.feedback.part import analysed_part
from polku.feedback.rereading import forget_beside, read_anew, retold, rewrite
from polku.feedback.said import Said, Touched, said_after, said_in
from polku.feedback.store import Correction
from polku.feedback.understanding import Understanding, Understandings
from polku.journeys import Touchpoints
from polku.surveys.known import KnownSurveys
from polku.text import analyzed
from polku.workspace import Workspace

BATCH: Final = 500
"""Comments that are analysed and stored together: a second's work."""


class Comments:
    """A part of the workspace: `workspace.part(Comments)`. Safe to use from many threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._prepared = False
        self.kept = False
        """Whether somebody keeps them up in the background; else whoever asks waits until they are."""
        self.file = CommentFile(workspace.settings.folder)

    def current(self) -> CommentFile:
        """The file of comments; without a keeper, with all that are in the events now."""
        if not self.kept or not self._prepared:
            with self._lock:
                self._prepare()
            if not self.kept:
                self.catch_up()
                self.read_anew()
        return self.file

    def catch_up(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Read what events have come, and return how many comments were in them.

        `stop` is asked before each batch whether to end early; it may take its time, so that others go first.
        """
        with self._lock:
            snapshot = self._workspace.store.snapshot
            done = self._prepare()
            self._apply_missed()
            if done >= snapshot.next_seq - 1:
                return 0
            read = 0
            for last, said in said_after(snapshot, done, self._touched(), self._open_answers):
                groups = itertools.groupby(said, key=lambda one: one.seq)
                for batch in _batched([list(group) for _, group in groups]):
                    if stop():
                        return read
                    self.file.add(self._read(batch), seq=batch[-1].seq)
                    read += len(batch)
                self.file.note({"seq": str(last)})
            return read

    def rebuild(self) -> int:
        """Throw the file away and make it again from the events; how many comments were read."""
        with self._lock:
            self.file.remove()
            self._prepared = False
        return self.catch_up()

    def read_anew(self, *, batches: int | None = None, stopping: threading.Event | None = None) -> bool:
        """Have comments told by the taxonomy and the models that hold now; False when there are more than in so many
        batches, or it was stopped before."""
        by = self._workspace.part(Understandings).current()
        with self._lock:
            return read_anew(
                self.file, by, self.corrections, self._telling, batches=batches, stopping=stopping
            )

    def corrections(self, comments: Sequence[int]) -> dict[int, Correction]:
        """What people said of these comments."""
        with self._workspace.db.session(read_only=True) as session:
            return store.corrections(session, comments)

    def correct(self, told: Correction) -> None:
        """Keep what a person says of a comment, and tell it so at once. Raises NotFound."""
        with self._telling:
            with self.file.reading() as connection:
                row = connection.execute("SELECT seq FROM comment WHERE id = ?", (told.comment,)).fetchone()
            if row is None:
                raise NotFound("There is no comment %(id)s. See: polku feedback comments", id=told.comment)
            with self._workspace.db.session() as session:
                store.add_correction(session, told, seq=row[0], part=told.comment & 7)
            self._apply([told.comment])

    def undo(self, comment: int, *, by: str, now: datetime) -> None:
        """Take the latest correction of a comment back. Raises NotFound when there is none."""
        with self._telling:
            with self._workspace.db.session() as session:
                done = store.undo_correction(session, comment, by=by, now=now)
            if not done:
                raise NotFound("Nobody has corrected the comment %(id)s.", id=comment)
            self._apply([comment])

    def _apply(self, comments: Sequence[int]) -> None:
        """Tell comments as they are corrected now, or as they were told where nothing holds any more."""
        by = self._workspace.part(Understandings).current()
        with self._workspace.db.session(read_only=True) as session:
            found, changed = store.corrections(session, comments), store.corrections_changed(session)
        with self.file.reading() as connection:
            rows = connection.execute(
                "SELECT id, seq, language, text FROM comment WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(comments)),),
            ).fetchall()
        now = []
        for id, seq, language, text in rows:
            correction = found.get(id)
            now.append((id, retold(text, language, by, correction), self._touchpoint(seq, id, correction)))
        with self.file.writing() as connection:
            for id, told, touchpoint in now:
                rewrite(connection, id, told, touchpoint=touchpoint)
                forget_beside(connection, id)
            connection.execute("INSERT OR REPLACE INTO state VALUES ('corrected', ?)", (str(changed),))

    def _touchpoint(self, seq: int, id: int, correction: Correction | None) -> str | None:
        if correction is not None and correction.touchpoint is not None:
            return correction.touchpoint
        said = said_in(self._workspace.store.snapshot, seq, self._touched(), self._open_answers)
        return next((s.touchpoint for s in said if identity(s) == id), None)

    def _apply_missed(self) -> None:
        """Corrections that the file does not show: Polku stopped between keeping and telling one, or it is a copy."""
        with self._workspace.db.session(read_only=True) as session:
            changed = store.corrections_changed(session)
            if self.file.state().get("corrected", "0") == str(changed):
                return
            every = store.ever_corrected(session)
        with self._telling:
            self._apply(every)

    def waiting(self) -> bool:
        """Whether there are events that have not been looked at yet."""
        return int(self.file.state()["seq"]) < self._workspace.store.snapshot.next_seq - 1

    def _prepare(self) -> int:
        done = self.file.prepare(self._workspace.store.snapshot.next_seq)
        known = self._workspace.part(Touchpoints)
        version = known.catalogue().version + "/" + known.rules().version
        state = self.file.state()
        if not done and "understanding" not in state:
            self.file.note({"understanding": self._workspace.part(Understandings).current().key})
        if done and self.file.state().get("touchpoints") != version:
            self._touch_again()
        if not self._prepared or self.file.state().get("touchpoints") != version:
            self.file.note({"touchpoints": version})
        self._prepared = True
        return done

    def _touched(self) -> Touched:
        known = self._workspace.part(Touchpoints)
        rules = known.rules()
        keys = {t.code: t.key for t in known.catalogue().touchpoints}
        return Touched(tuple(rules.columns), rules.touchpoints, keys)

    def _touch_again(self) -> None:
        """What events mean has changed: comments are of other touchpoints now; what they say stays."""
        snapshot = self._workspace.store.snapshot
        for _, said in said_after(snapshot, 0, self._touched(), self._open_answers):
            told = self.corrections([identity(s) for s in said])
            self.file.touch({identity(s): _corrected_touchpoint(s, told.get(identity(s))) for s in said})

    def _read(self, batch: list[Said]) -> list[Read]:
        by = self._workspace.part(Understandings).current()
        return _read(batch, by, self.corrections([identity(s) for s in batch]))

    def _open_answers(self, about: Mapping[str, Any]) -> Mapping[str, str]:
        """Answers in the respondent's own words, by the version that was asked."""
        key, version, answers = about.get("survey"), about.get("version"), about["answers"]
        if not isinstance(key, str) or not isinstance(version, int):
            return {}
        try:
            definition = self._workspace.part(KnownSurveys).by_key(key).definitions.get(version)
        except NotFound:  # of a survey that was asked elsewhere
            return {}
        asked = definition.questions if definition else ()
        found = {q.name: answers.get(q.name) for q in asked if q.type == "comment"}
        return {name: text for name, text in found.items() if isinstance(text, str)}


def _batched(events: list[list[Said]]) -> list[list[Said]]:
    """Batches in which every event is whole: what was read is told by the last event's number."""
    batches: list[list[Said]] = []
    for event in events:
        if not batches or len(batches[-1]) >= BATCH:
            batches.append([])
        batches[-1] += event
    return batches


def _read(batch: list[Said], by: Understanding, corrections: Mapping[int, Correction]) -> list[Read]:
    """Analyse comments; those asked in Finnish and in English each by their language."""
    results: dict[int, Read] = {}
    for expected in {s.expected for s in batch}:
        at = [i for i, s in enumerate(batch) if s.expected == expected]
        texts = [analysed_part(batch[i].text) for i in at]
        read = analyzed(texts, expected=expected, taxonomy=by.taxonomy, models=dict(by.models))
        for i, analysis in zip(at, read, strict=True):
            correction = corrections.get(identity(batch[i]))
            said = replace(batch[i], touchpoint=_corrected_touchpoint(batch[i], correction))
            results[i] = Read(said, overlaid(analysis, correction, by.taxonomy.names))
    return [results[i] for i in range(len(batch))]


def _corrected_touchpoint(said: Said, correction: Correction | None) -> str:
    return said.touchpoint if correction is None or correction.touchpoint is None else correction.touchpoint
