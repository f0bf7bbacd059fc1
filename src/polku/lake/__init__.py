"""The lake: events of many data folders in one place, and journey blocks of all of them for a cluster."""

from polku.lake.keeper import Keeper
from polku.lake.listing import LakeContents, contents
from polku.lake.work import Built, build, named_lake, write

__all__ = ["Built", "Keeper", "LakeContents", "build", "contents", "named_lake", "write"]
