"""Importing into a folder that a server has open: the same batches, sent to it as Arrow."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import httpx
import pyarrow as pa

from polku.collect.files.mapping import Source, TouchpointPlan
from polku.store import Appended

ARROW: Final = "application/vnd.apache.arrow.stream"
_ROWS_A_REQUEST: Final = 25_000
_ATTEMPTS: Final = 8
_BUSY: Final = frozenset({429, 502, 503})


class RemoteTarget:
    """A running server; `client` knows its address (…/api/v1/) and key, `check` raises its errors as ours."""

    def __init__(self, client: httpx.Client, check: Callable[[httpx.Response], None]) -> None:
        self._client, self._check = client, check

    def append(self, table: pa.Table) -> Appended:
        total = Appended(0, 0, 0)
        for start in range(0, table.num_rows, _ROWS_A_REQUEST):
            done = self._sent(table.slice(start, _ROWS_A_REQUEST))
            total = Appended(
                total.accepted + done.accepted,
                total.duplicates + done.duplicates,
                total.rejected + done.rejected,
            )
        return total

    def source_id(self, source: Source) -> int:
        return int(self._posted("imports/source", source.model_dump())["id"])

    def install_touchpoints(self, touchpoints: Sequence[TouchpointPlan], source: Source) -> int:
        plans = [t.model_dump() for t in touchpoints]
        return int(
            self._posted("imports/touchpoints", {"source": source.model_dump(), "touchpoints": plans})[
                "added"
            ]
        )

    def _sent(self, table: pa.Table) -> Appended:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        body = sink.getvalue().to_pybytes()
        # sending again after a lost answer is safe: events have ids
        for attempt in range(_ATTEMPTS):
            try:
                answer = self._client.post("events", content=body, headers={"Content-Type": ARROW})
            except httpx.TransportError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                if answer.status_code not in _BUSY or attempt == _ATTEMPTS - 1:
                    break
            time.sleep(min(0.2 * 2**attempt, 5))
        self._check(answer)
        return Appended(**answer.json())

    def _posted(self, path: str, body: dict[str, object]) -> dict[str, int]:
        answer = self._client.post(path, json=body)
        self._check(answer)
        told: dict[str, int] = answer.json()
        return told
