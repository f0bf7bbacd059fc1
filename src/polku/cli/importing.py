"""`polku import`: into a folder that is opened here, or through the server that has it open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from polku import journeys, library
from polku.cli.options import data_option
from polku.collect.files import Target
from polku.collect.files.command import import_command
from polku.collect.files.remote import RemoteTarget
from polku.collect.files.target import LocalTarget
from polku.settings import read_settings
from polku.store import kernels, running_server


@contextmanager
def _open_target(folder: str) -> Iterator[Target]:
    settings = read_settings(folder)
    server = running_server(settings.folder)
    kernels.use_cache(settings.kernel_cache_folder)
    if server is not None:
        with library.client_of(server) as client:
            yield RemoteTarget(client, library.raise_for_error)
        return
    with library.open_workspace(settings) as workspace:
        yield LocalTarget(workspace.store, workspace.db, journeys.install_plans)


def import_files(help: str) -> click.Command:
    return import_command(_open_target, data_option, help)
