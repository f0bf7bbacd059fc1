"""The event store, the journey blocks and the engines that answer questions over them."""

from polku.store.blocks import BUCKETS, Block, Blocks, Kind, buckets_of
from polku.store.committing import Acknowledger, Appended, Overloaded
from polku.store.engine import Engine, LocalEngine, Question, Stored, Through
from polku.store.events import EventStore
from polku.store.lock import FolderLock, RunningServer, announce, running_server
from polku.store.refresh import Refresher
from polku.store.resolving import Resolution
from polku.store.schema import EDGES, EVENTS, IDENTIFIERS, INCOMING, LABEL_TYPES, REJECTED, EventType
from polku.store.snapshot import Snapshot

__all__ = [
    "BUCKETS",
    "EDGES",
    "EVENTS",
    "IDENTIFIERS",
    "INCOMING",
    "LABEL_TYPES",
    "REJECTED",
    "Acknowledger",
    "Appended",
    "Block",
    "Blocks",
    "Engine",
    "EventStore",
    "EventType",
    "FolderLock",
    "Kind",
    "LocalEngine",
    "Overloaded",
    "Question",
    "Refresher",
    "Resolution",
    "RunningServer",
    "Snapshot",
    "Stored",
    "Through",
    "announce",
    "buckets_of",
    "running_server",
]
