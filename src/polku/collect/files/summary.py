"""What an import did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field

from polku.collect.files.mapping import TouchpointPlan
from polku.errors import Words


@dataclass(frozen=True, slots=True)
class Rejection:
    """Rows rejected for one reason, with examples of where and what."""

    reason: str
    rows: int
    examples: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class EventSummary:
    """What became of one kind of event of the mapping."""

    label: str
    table: str
    rows: int  # of the table
    waiting: int  # without a time: it has not happened
    mapped: int  # events made
    accepted: int  # of these, new in the data folder (0 in a dry run)
    duplicates: int  # there already, or twice in the files
    rejected: int


@dataclass(slots=True)
class ImportSummary:
    """What an import did, or in a dry run would do."""

    dry_run: bool
    source: str
    files: dict[str, int] = field(default_factory=dict)  # rows by file
    ignored: list[str] = field(default_factory=list)  # files that no table asked for
    events: list[EventSummary] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    preview: list[dict[str, object]] = field(default_factory=list)
    touchpoints: list[TouchpointPlan] = field(default_factory=list)
    touchpoints_added: int = 0
    seconds: float = 0.0

    @property
    def accepted(self) -> int:
        return sum(e.accepted for e in self.events)

    @property
    def mapped(self) -> int:
        return sum(e.mapped for e in self.events)

    @property
    def duplicates(self) -> int:
        return sum(e.duplicates for e in self.events)

    @property
    def rejected(self) -> int:
        return sum(r.rows for r in self.rejections)
