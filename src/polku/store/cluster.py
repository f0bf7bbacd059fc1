"""A Spark cluster: jobs that end with an answer or, when the cluster is gone, soon with an error that says so."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Any, Final, TypeVar

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import SparkConf, SparkContext

from polku.errors import ClusterUnavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

GONE_S: Final = 3.0
"""How long a job may be without any worker, and without a master that could find one, before it is given up."""
PATIENCE_S: Final = 12.0
"""The same while the master is there: another worker may be starting its processes."""
FIRST_PATIENCE_S: Final = 20.0
"""The same just after connecting: all workers have to."""
_REACH_S: Final = 2.0
_LOOK_S: Final = 0.25
_AT_ONCE: Final = 16


class Cluster:
    """A connection to a Spark master (`spark://host:port`, or `local[2]` for this machine), made when first needed
    and made anew when it is lost. Safe for many threads.

    How much workers may use and all else that is Spark's own is said where Spark reads it: `spark-defaults.conf` in
    the folder SPARK_CONF_DIR.
    """

    def __init__(self, master: str) -> None:
        self.master = master
        self.first_patience_s = FIRST_PATIENCE_S
        self._context: SparkContext | None = None
        self._is_ours = False
        self._connecting = threading.Lock()
        self._jobs = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="spark")

    def run(self, job: Callable[[SparkContext], T]) -> T:
        """What a job answers. Raises ClusterUnavailable as soon as nobody works on it."""
        fresh, context = self._connected()
        try:
            return self._watched(job, context, self.first_patience_s if fresh else PATIENCE_S)
        except ClusterUnavailable:
            self._forget(context)
            if fresh:
                raise
        # the cluster may be another one by now, with the same address
        log.warning("spark_reconnecting master=%s", self.master)
        _, context = self._connected()
        return self._watched(job, context, self.first_patience_s)

    def close(self) -> None:
        with self._connecting:
            context, self._context = self._context, None
        if context is not None and self._is_ours:
            _stop(context)
        self._jobs.shutdown(wait=False, cancel_futures=True)

    def _connected(self) -> tuple[bool, SparkContext]:
        """Whether the connection is new, and the connection."""
        with self._connecting:
            if self._context is not None:
                return False, self._context
            self._reach()
            active = SparkContext._active_spark_context
            self._is_ours = active is None or active.master != self.master
            self._context = _start(self.master) if active is None or self._is_ours else active
            return True, self._context

    def _reach(self) -> None:
        """Raises ClusterUnavailable if no master listens at the address: Spark itself would try for a minute."""
        if refusal := self._refusal():
            raise self._unavailable(refusal)

    def _refusal(self) -> str:
        """Why no master listens; empty if one does."""
        addresses = re.findall(r"([^/,]+):(\d+)", self.master) if self.master.startswith("spark://") else []
        reason = ""
        for host, port in addresses:
            try:
                socket.create_connection((host.strip("[]"), int(port)), _REACH_S).close()
            except OSError as e:
                reason = e.strerror or str(e)
            else:
                return ""
        return reason

    def _watched(self, job: Callable[[SparkContext], T], context: SparkContext, patience_s: float) -> T:
        group = uuid.uuid4().hex
        done: Future[T] = self._jobs.submit(_in_group, job, context, group)
        without_since: float | None = None
        while True:
            try:
                return done.result(_LOOK_S)
            except NotYet:
                if done.done():
                    raise
            except (Py4JError, ConnectionError, EOFError) as e:
                if isinstance(e, Py4JJavaError) and _has_executors(context):
                    raise  # the job itself failed
                raise self._unavailable(str(e).splitlines()[0]) from e
            if _has_executors(context):
                without_since, patience_s = None, PATIENCE_S
                continue
            without_since = without_since or time.monotonic()
            waited_s = time.monotonic() - without_since
            if waited_s > patience_s or (waited_s > GONE_S and self._refusal()):
                with contextlib.suppress(Exception):
                    context.cancelJobGroup(group)
                raise self._unavailable("no worker")

    def _forget(self, context: SparkContext) -> None:
        """Drop a lost connection, unless somebody else has done so: there is one Java process for all."""
        with self._connecting:
            if self._context is context:
                self._context = None
                if self._is_ours:
                    _stop(context)

    def _unavailable(self, reason: str) -> ClusterUnavailable:
        return ClusterUnavailable(
            "The Spark cluster %(master)s does not answer (%(reason)s). Start it, or look at POLKU_ENGINE; what does "
            "not need it works meanwhile.",
            master=self.master,
            reason=reason,
        )


def _in_group(job: Callable[[SparkContext], T], context: SparkContext, group: str) -> T:
    context.setJobGroup(group, "Polku", interruptOnCancel=True)
    return job(context)


def _has_executors(context: SparkContext) -> bool:
    try:
        java: Any = context._jsc
        if java is None or java.sc().isStopped():
            return False
        alone = context.master.startswith("local")
        return bool(
            java.sc().getExecutorMemoryStatus().size() > (0 if alone else 1)
        )  # the driver is one of them
    except (Py4JError, ConnectionError, AttributeError, OSError):
        return False


def _start(master: str) -> SparkContext:
    # workers run the same Python as this process unless told otherwise
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf = SparkConf().setMaster(master).setAppName("Polku")
    conf.set("spark.scheduler.mode", "FAIR").set("spark.ui.showConsoleProgress", "false")
    started = time.perf_counter()
    try:
        context = SparkContext(conf=conf)
    except (Py4JError, ConnectionError, OSError) as e:
        raise ClusterUnavailable(
            "Spark does not start (%(reason)s). It needs Java 17 or newer: see the guide, Scale out.",
            reason=str(e).splitlines()[0],
        ) from e
    except Exception as e:  # PySpark's own errors have no base of their own
        raise ClusterUnavailable(
            "Spark does not start (%(reason)s). It needs Java 17 or newer: see the guide, Scale out.",
            reason=str(e).splitlines()[0],
        ) from e
    context.setLogLevel("ERROR")
    logging.getLogger("py4j").setLevel(logging.WARNING)  # else every connection that closes is told
    log.info("spark_connected master=%s seconds=%.1f", master, time.perf_counter() - started)
    return context


def _stop(context: SparkContext) -> None:
    """Stop a connection and the Java process behind it, which a lost cluster may leave in any state."""
    gateway: Any = SparkContext._gateway
    stopping = threading.Thread(target=_quietly, args=(context.stop,), daemon=True)
    stopping.start()
    stopping.join(10)
    with SparkContext._lock:
        SparkContext._active_spark_context = None
        SparkContext._gateway = SparkContext._jvm = None
    if gateway is not None:
        _quietly(gateway.shutdown)
        process = getattr(gateway, "proc", None)
        if process is not None:
            process.stdin.close()  # which it ends by
            try:
                process.wait(5)
            except Exception:
                process.kill()


def _quietly(stop: Callable[[], object]) -> None:
    with contextlib.suppress(Exception):
        stop()
