"""A process that sends what is in an outbox, for tests that kill it: `python -m`-less, run by its path."""

from __future__ import annotations

import sys
import time

from polku.db import Database
from polku.mail import Postman, Server


def main(url: str, port: str) -> None:
    postman = Postman(
        Database(url),
        Server("127.0.0.1", int(port), "none", "", "", answers_s=5, accepts_s=5),
        "asiakas@kauppa.example.fi",
    )
    postman.start()
    print("started", flush=True)
    time.sleep(60)


main(*sys.argv[1:])
