"""Comments of an open folder, kept up with its events."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from typing import Any, Final

from polku.errors import NotFound
from polku.feedback.file import CommentFile, Read, identity
from polku.feedback.part import analysed_part
from polku.feedback.said import Said, Touched, said_after
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
        return self.file

    def catch_up(self, stopping: threading.Event | None = None) -> int:
        """Read what events have come, and return how many comments were in them. Ends early when `stopping`."""
        with self._lock:
            snapshot = self._workspace.store.snapshot
            done = self._prepare()
            if done >= snapshot.next_seq - 1:
                return 0
            read = 0
            for last, said in said_after(snapshot, done, self._touched(), self._open_answers):
                groups = itertools.groupby(said, key=lambda one: one.seq)
                for batch in _batched([list(group) for _, group in groups]):
                    if stopping and stopping.is_set():
                        return read
                    self.file.add(_read(batch), seq=batch[-1].seq)
                    read += len(batch)
                self.file.note({"seq": str(last)})
            return read

    def rebuild(self) -> int:
        """Throw the file away and make it again from the events; how many comments were read."""
        with self._lock:
            self.file.remove()
            self._prepared = False
        return self.catch_up()

    def waiting(self) -> bool:
        """Whether there are events that have not been looked at yet."""
        return int(self.file.state()["seq"]) < self._workspace.store.snapshot.next_seq - 1

    def _prepare(self) -> int:
        done = self.file.prepare(self._workspace.store.snapshot.next_seq)
        known = self._workspace.part(Touchpoints)
        version = known.catalogue().version + "/" + known.rules().version
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
            self.file.touch({identity(s): s.touchpoint for s in said})

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


def _read(batch: list[Said]) -> list[Read]:
    """Analyse comments; those asked in Finnish and in English each by their language."""
    results: dict[int, Read] = {}
    for expected in {s.expected for s in batch}:
        at = [i for i, s in enumerate(batch) if s.expected == expected]
        texts = [analysed_part(batch[i].text) for i in at]
        for i, analysis in zip(at, analyzed(texts, expected=expected), strict=True):
            results[i] = Read(batch[i], analysis)
    return [results[i] for i in range(len(batch))]
