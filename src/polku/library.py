"""The library's front door: a data folder opened, in this process or through the server that has it open."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Self

import httpx
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import TypeAdapter

from polku import cases, collect, exports, feedback, journeys, mail, profiles, surveys, webhooks
from polku.db import Database
from polku.errors import InvalidInput, NotFound, NotReady, PolkuError
from polku.exports import Exported
from polku.i18n import current_language
from polku.settings import Settings, read_settings
from polku.store import (
    Engine,
    EventStore,
    FolderLock,
    LocalEngine,
    Refresher,
    RunningServer,
    Snapshot,
    kernels,
    running_server,
)
from polku.store.lake.place import Place
from polku.store.lake.writing import collector_id
from polku.workspace import Query, Workspace

log = logging.getLogger(__name__)

QUERIES: Final[tuple[type[Query], ...]] = (
    *collect.QUERIES,
    *profiles.QUERIES,
    *journeys.QUERIES,
    *surveys.QUERIES,
    *feedback.QUERIES,
    *cases.QUERIES,
    *mail.QUERIES,
    *webhooks.QUERIES,
)
"""Everything that can be asked, by path."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Touchpoints in the words of a page, for profiles."""

    known: journeys.Touchpoints

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.known.rules().columns)

    def touchpoints(self, events: pa.Table) -> npt.NDArray[np.uint16]:
        return self.known.rules().touchpoints(events)

    def label(self, code: int, language: str) -> profiles.TouchpointLabel | None:
        catalogue = self.known.catalogue()
        found = catalogue.by_code.get(code)
        if found is None:
            return None
        for number, stage in enumerate(catalogue.stages, start=1):
            if stage.key == found.stage:
                name = stage.name_fi if language == "fi" else stage.name_en
                return profiles.TouchpointLabel(found.key, found.name(language), found.channel, name, number)
        return profiles.TouchpointLabel(found.key, found.name(language), found.channel)


@contextmanager
def open_workspace(settings: Settings) -> Iterator[Workspace]:
    """Open a data folder in this process.

    Raises NotFound if there is none, FolderInUse if another process has it open, FolderTooNew.
    """
    if not (settings.folder / "events").is_dir():
        raise NotFound(
            "%(folder)s is not a data folder. Make one: polku init %(folder)s", folder=settings.folder
        )
    with FolderLock(settings.folder), ExitStack() as closing:
        kernels.use_cache(settings.kernel_cache_folder)
        journeys.views.most_bytes = settings.views_bytes
        database = Database(settings.sqlalchemy_url)
        closing.callback(database.close)
        database.upgrade()
        store = EventStore(
            settings.folder,
            memory_limit=settings.memory_limit,
            threads=settings.workers,
            segment_rows=settings.segment_rows,
        )
        closing.callback(store.close)
        opened: list[Workspace] = []

        def resolve(snapshot: Snapshot) -> journeys.Resolved:
            identities = opened[0].part(profiles.Identities).resolve(snapshot)
            return journeys.Resolved(identities, opened[0].part(journeys.Touchpoints).rules())

        refresher = Refresher(store, settings.folder, resolve, threads=settings.workers)
        engine = LocalEngine(refresher, threads=settings.workers)
        closing.callback(engine.close)
        asked: Engine = engine
        if settings.engine:
            asked = _spark_engine(settings)
            closing.callback(asked.close)
        opened.append(Workspace(settings, database, store, asked, engine))
        opened[0].part(profiles.Naming).use(_Names(opened[0].part(journeys.Touchpoints)))
        opened[0].part(profiles.Asides).add(*cases.ASIDE)
        yield opened[0]


def _spark_engine(settings: Settings) -> Engine:
    """The engine of a cluster, which only those have who installed it. Raises InvalidInput."""
    try:
        spark: Any = import_module("polku.store.spark")
    except ImportError as e:
        raise InvalidInput(
            "POLKU_ENGINE names a Spark cluster, but PySpark is not installed (%(why)s). "
            "Install it: pip install 'polku[spark]'",
            why=e,
        ) from e
    made: Engine = spark.engine_of(
        settings.engine,
        Place(settings.lake),
        collector_id(settings.folder),
        spill=settings.folder / "cache" / "duckdb-lake",
        memory_limit=settings.memory_limit,
        threads=settings.workers,
    )
    return made


def make_folder(settings: Settings, *, touchpoints: bool = True) -> None:
    """Make an empty data folder, or complete one that is half made; what is there is left as it is.

    It gets the usual stages and, unless `touchpoints` is False, the usual touchpoints.
    """
    with FolderLock(settings.folder):
        database = Database(settings.sqlalchemy_url)
        database.upgrade()
        with database.session() as session:
            if touchpoints:
                journeys.install_defaults(session)
            else:
                journeys.install_stages(session, journeys.STAGES)
        database.close()
        (settings.folder / "events").mkdir(exist_ok=True)


class Polku:
    """A data folder to ask: `polku.open(folder).journeys.funnel(steps=[…], within="30d")`.

    Every query has its place by its path: `journeys/funnel` is `.journeys.funnel`. Results are frozen dataclasses.
    """

    def __init__(
        self, ask: Callable[[Query], Any], export: Callable[[exports.EventExport, Path], Exported],
        close: Callable[[], None],
    ) -> None:  # fmt: skip
        self._ask, self._export, self._close = ask, export, close

    def ask(self, query: Query) -> Any:
        """The answer to a query. Raises PolkuError."""
        return self._ask(query)

    def export(self, file: str | Path, **given: Any) -> Exported:
        """Write every event on customers' paths to a new file: events.parquet, log.xes or log.xes.gz.

        `given` may be since, until, source and channel. Raises PolkuError; the file is whole or not there.
        """
        return self._export(exports.EventExport.of(given), Path(file))

    def __getattr__(self, name: str) -> Questions:
        if name.startswith("_") or name not in {q.path.split("/")[0] for q in QUERIES}:
            raise AttributeError(f"Nothing is asked of '{name}'. There are: {', '.join(self.__dir__())}")
        return Questions(self, name)

    def __dir__(self) -> list[str]:
        return sorted({"ask", "export", "close"} | {q.path.split("/")[0] for q in QUERIES})

    def close(self) -> None:
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Questions:
    """The queries of one slice as functions; arguments are the query's fields."""

    def __init__(self, polku: Polku, slice_name: str) -> None:
        self._polku = polku
        self._queries = {
            "_".join(q.path.split("/")[1:]) or "list": q
            for q in QUERIES
            if q.path.split("/")[0] == slice_name
        }

    def __getattr__(self, name: str) -> Callable[..., Any]:
        query = self._queries.get(name)
        if query is None:
            raise AttributeError(f"No query '{name}'. There are: {', '.join(self._queries)}")

        def ask(*positional: Any, **given: Any) -> Any:
            if len(positional) > len(query.positional):
                raise InvalidInput(
                    "%(query)s takes its arguments by name: %(names)s.",
                    query=query.path,
                    names=", ".join(query.model_fields),
                )
            return self._polku.ask(query.of(dict(zip(query.positional, positional, strict=False)) | given))

        ask.__name__, ask.__doc__ = name, query.__doc__
        ask.__signature__ = inspect.signature(query)  # type: ignore[attr-defined]  # for help() and editors
        return ask

    def __dir__(self) -> list[str]:
        return list(self._queries)


def open(folder: str | Path) -> Polku:
    """Open a data folder; if a server has it open, its questions go to that server.

    Raises NotFound if there is no data folder, FolderInUse if another process has it open and serves nothing.
    """
    settings = read_settings(folder)
    server = running_server(settings.folder)
    if server is not None:
        return _remote(server)
    with ExitStack() as opening:
        workspace = opening.enter_context(open_workspace(settings))
        workspace.local.refresh()
        if workspace.engine is not workspace.local:
            workspace.engine.refresh()

        def export(asked: exports.EventExport, file: Path) -> Exported:
            made = asked.export(workspace, exports.form_of(file))
            exports.write(file, made.pieces)
            return Exported(file, made.events, made.customers)

        return Polku(lambda q: q.answer(workspace), export, opening.pop_all().close)


def _remote(server: RunningServer) -> Polku:
    client = client_of(server)

    def ask(query: Query) -> Any:
        asked = query.model_dump(mode="json", exclude_none=True)
        try:
            answer = client.get(query.path, params=asked)
        except httpx.HTTPError as e:
            raise NotReady(
                "The server at %(address)s does not answer (%(why)s). Try again in a moment.",
                address=server.url,
                why=e,
            ) from e
        raise_for_error(answer)
        return TypeAdapter(query.result_type()).validate_json(answer.content)

    def export(asked: exports.EventExport, file: Path) -> Exported:
        path = f"exports/{exports.form_of(file)}"
        try:
            with client.stream(
                "GET", path, params=asked.model_dump(mode="json", exclude_none=True)
            ) as answer:
                if not answer.is_success:
                    answer.read()
                raise_for_error(answer)
                exports.write(file, answer.iter_bytes())
                told = answer.headers
        except httpx.HTTPError as e:
            raise NotReady(
                "The server at %(address)s does not answer (%(why)s). Try again in a moment.",
                address=server.url,
                why=e,
            ) from e
        return Exported(file, int(told[exports.EVENTS]), int(told[exports.CUSTOMERS]))

    return Polku(ask, export, client.close)


def client_of(server: RunningServer) -> httpx.Client:
    """A client of the API of the server that has the folder open, let in as the folder's owner."""
    headers = {"Authorization": f"Bearer {server.token}", "Accept-Language": current_language()}
    return httpx.Client(base_url=f"{server.url}/api/v1/", headers=headers, timeout=600, trust_env=False)


def raise_for_error(answer: httpx.Response) -> None:
    """Raises PolkuError with the server's own message, if the answer is one."""
    if answer.is_success:
        return
    try:
        told = answer.json()
        error = PolkuError(told["message"])
        error.code = told["code"]
    except (ValueError, KeyError, TypeError):
        error = PolkuError(
            "The server answered %(status)s to %(path)s.",
            status=answer.status_code,
            path=answer.request.url.path,
        )
    error.status = answer.status_code
    raise error
