"""Serving pages, the API and the collectors from one process."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import signal
import socket
import sys
import threading
import time
from contextlib import closing

import click
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from sqlalchemy.orm import Session

from polku import cases, charts, collect, journeys, mail, originals, profiles, webhooks
from polku.app import create_app
from polku.cli.options import data_option
from polku.errors import Conflict, PolkuError, system_reason
from polku.feedback import CommentKeeper, Learner, looking_for_themes, sweeping
from polku.i18n import current_language, gettext, use_language
from polku.jobs import JobKind, Runner
from polku.lake import Keeper
from polku.library import make_folder, open_workspace
from polku.settings import Settings, read_settings
from polku.store import announce, kernels
from polku.surveys import distribution, inviting
from polku.surveys.distribution.composing import text_timing
from polku.web import rendering
from polku.web.store import company
from polku.workspace import Workspace

log = logging.getLogger(__name__)

SWITCH_S = 0.0005
"""How long a thread may keep others from running Python. With the usual 5 ms a page that hands over a few times waits
tens of milliseconds while events come in."""


def serve(help: str) -> click.Command:
    @click.command("serve", help=help)
    @data_option
    @click.option("--host", help=gettext("The address to listen on  [default: 127.0.0.1]"))
    @click.option(
        "--port", type=click.IntRange(1, 65_535), help=gettext("The port to listen on  [default: 8000]")
    )
    def run_server(folder: str, host: str | None, port: int | None) -> None:
        settings = read_settings(folder, host=host, port=port)
        logging.getLogger().setLevel(settings.log_level.upper())
        _check_port(settings)
        if not settings.folder.exists():
            make_folder(settings)
        run(settings)

    return run_server


def run(settings: Settings) -> None:
    """Serve a data folder until told to stop (SIGINT, SIGTERM).

    Raises Conflict if the port is taken, and what `open_workspace` raises.
    """
    terminal = current_language()
    # requests bring their own languages; what has none is of programs, in English
    with use_language("en"), open_workspace(settings) as workspace:
        token = secrets.token_urlsafe(32)
        app = create_app(workspace, owner_token=token)
        with workspace.db.session(read_only=True) as session:
            setup_code = "" if company(session) else app.state.setup_code
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.freeze()  # what is loaded by now stays; looking through it again and again would delay requests
        gc.set_threshold(50_000, 20, 100)
        server = Server(
            app,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGINL,
            backlog=1024,
            websockets=False,
            log_enabled=False,
        )
        stopping, keeper = threading.Event(), Keeper(workspace)
        server.on_startup(lambda: _ready(workspace, token, setup_code, terminal, stopping))
        db = workspace.db
        runner = Runner(db, _jobs(workspace))
        postman, caller = (
            mail.postman_of(settings, db, _note_outcome),
            webhooks.Caller(db, notify=inviting.note_call, timings=[text_timing(workspace)]),
        )
        reading, following, learner = (
            CommentKeeper(workspace),
            cases.CaseKeeper(workspace),
            Learner(workspace),
        )
        threads = (keeper, reading, following, learner, runner, postman, caller)
        at_work = [one for one in threads if one is not None]
        for one in at_work:
            server.on_startup(one.start)
        try:
            uvloop.run(_run(server))
        finally:
            stopping.set()
            for one in at_work:
                one.stop()


def _jobs(workspace: Workspace) -> list[JobKind]:
    db = workspace.db
    return [
        mail.forgetting(db),
        webhooks.forgetting(db),
        originals.forgetting(workspace.settings, db),
        sweeping(workspace.settings.folder),
        inviting.expiring(db),
        *distribution.asking(workspace),
        cases.alerting(workspace),
        looking_for_themes(workspace),
    ]


def _note_outcome(session: Session, ended: mail.Ended) -> None:
    """Tell each room what became of a letter: a letter is of one of them."""
    inviting.note_outcome(session, ended)
    cases.note_outcome(session, ended)


async def _run(server: Server) -> None:
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_, server.stop)
    await server.serve()


def _ready(
    workspace: Workspace, token: str, setup_code: str, language: str, stopping: threading.Event
) -> None:
    """Say where it listens, and only then begin what takes the processors: a first visitor comes before it."""
    settings = workspace.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    local = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else host  # noqa: S104 - asked for by the user
    try:
        announce(settings.folder, f"http://{local}:{settings.port}", token)
    except OSError as e:  # a full disk is no reason not to show what there is
        log.error("not_announced reason=%s", e.strerror)
    with use_language(language):
        click.echo(gettext("Polku listens on %(address)s", address=f"http://{host}:{settings.port}"))
        if setup_code:
            click.echo(
                gettext("To set up from another machine than this one, the code is %(code)s", code=setup_code)
            )
    for engine in {workspace.local, workspace.engine}:
        engine.start()
    threading.Thread(target=_warm, args=(workspace, stopping), name="warming", daemon=True).start()


def _warm(workspace: Workspace, stopping: threading.Event) -> None:
    """Have ready what would take seconds in the first request that needs it."""
    start = time.perf_counter()
    kernels.compile_all()
    log.info("kernels_ready seconds=%.1f", time.perf_counter() - start)
    charts.warm()
    rendering.warm()
    try:
        workspace.local.refresh()  # what is asked now would be forgotten with the blocks of the last time
    except OSError as e:
        log.error("blocks_not_written reason=%s", e)
    for slice_ in (journeys, profiles, collect):
        if stopping.is_set():
            return
        try:
            slice_.warm(workspace)
        except PolkuError as e:
            log.warning("not_warm slice=%s reason=%s", slice_.__name__, e.message)
        except Exception:  # whoever asks for it is told; the server serves on
            if not stopping.is_set():  # else the workspace is closed, and nobody asks
                log.exception("not_warm slice=%s", slice_.__name__)
    log.info("warm seconds=%.1f", time.perf_counter() - start)


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as e:
            raise Conflict(
                "Cannot listen on %(address)s: %(reason)s. "
                "Stop what uses it, or choose another port: polku serve --port 8001",
                address=f"{settings.host}:{settings.port}",
                reason=system_reason(e),
            ) from e
