"""Settings: from the environment (`POLKU_…`) and `polku.toml` in the data folder; the environment wins."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from polku.errors import InvalidInput, Words
from polku.settings.countries import is_country

LANGUAGES: Final = ("fi", "en")
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT])(i?)B", re.IGNORECASE)
_ENGINE: Final = re.compile(r"spark://[^\s/,:]+:\d+(,[^\s/,:]+:\d+)*|local\[\d+\]")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
SMTP_SECURITY: Final = ("starttls", "tls", "none")
_SECRET: Final = frozenset({"smtp_password"})
"""Settings whose value is told nowhere, not even in an error about it."""
_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """How this Polku runs. Every field is `POLKU_<NAME>` in the environment."""

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = ""  # empty: SQLite in the data folder
    public_url: str = ""  # how browsers reach it, e.g. https://polku.example.fi; empty: as they came
    trusted_proxies: str = ""  # comma-separated addresses whose X-Forwarded-* is believed
    timezone: str = "Europe/Helsinki"
    holidays: str = (
        "FI"  # country whose public holidays are no working days, or a part of one: DE-BY; empty: none
    )
    language: str = "fi"  # of pages before a user has chosen
    threads: int = 0  # for questions; 0: as many as there are processors
    segment_rows: int = 250_000  # events of one Parquet file; until then they are in memory and the journal
    memory_limit: str = "1GB"  # of DuckDB
    views_memory: str = "1GB"  # for what questions about journeys have in common, kept for the next one
    kernel_cache: str = ""  # where compiled kernels are kept; empty: in the data folder
    engine: str = ""  # what answers questions about journeys: empty: this process; spark://host:7077
    lake: str = ""  # a folder or address that events are also written to; a cluster reads them there
    lake_minutes: int = 15  # how often a server writes to the lake; 0: never
    answers_an_hour: int = 1_000  # to surveys, most that are taken from one address; 0: any number
    originals_days: int = 365  # how long texts are kept as customers wrote them; 0: not at all
    log_level: str = "info"
    smtp_host: str = ""  # the server that takes our e-mail; empty: none is sent, what is to go waits
    smtp_port: int = 587
    smtp_security: str = "starttls"  # or tls from the first byte (port 465), or none on this very machine
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    mail_from: str = ""  # the address that e-mail comes from
    mail_name: str = ""  # and the name that stands beside it
    mail_reply_to: str = ""  # where answers go; empty: to mail_from
    mail_per_minute: int = 60  # most messages a minute that the server is given; 0: as many as it takes

    @property
    def sends_mail(self) -> bool:
        """Whether there is a server to send by, and an address to send from."""
        return bool(self.smtp_host and self.mail_from)

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'polku.db'}"

    @property
    def workers(self) -> int:
        return self.threads or os.cpu_count() or 1

    @property
    def views_bytes(self) -> int:
        """`views_memory` in bytes."""
        return _bytes(self.views_memory)

    @property
    def kernel_cache_folder(self) -> Path:
        return Path(self.kernel_cache) if self.kernel_cache else self.folder / "cache" / "kernels"


def read_settings(folder: Path | str, **overrides: Any) -> Settings:
    """Settings of a data folder; `overrides` that are None are ignored.

    Raises InvalidInput on an unknown key in polku.toml or a value that is not allowed.
    """
    folder = Path(folder).expanduser().resolve()
    kinds = {f.name: str(f.type) for f in fields(Settings) if f.name != "folder"}
    values: dict[str, Any] = {}
    file = folder / "polku.toml"
    if file.exists():
        try:
            given = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as e:
            raise InvalidInput(
                "%(file)s is not valid TOML: %(why)s. Correct that line.", file=file, why=e
            ) from e
        unknown = sorted(set(given) - set(kinds))
        if unknown:
            raise InvalidInput(
                "Unknown setting '%(name)s' in %(file)s. Allowed: %(allowed)s",
                name=unknown[0],
                file=file,
                allowed=", ".join(kinds),
            )
        values |= given
    values |= {k: os.environ[f"POLKU_{k.upper()}"] for k in kinds if f"POLKU_{k.upper()}" in os.environ}
    values |= {k: v for k, v in overrides.items() if v is not None}
    settings = Settings(folder=folder, **{k: _of_kind(k, kinds[k], v) for k, v in values.items()})
    _check(settings)
    return settings


def _of_kind(name: str, kind: str, value: Any) -> Any:
    """A setting's value, a number if it is one. Raises InvalidInput."""
    if kind == "str":
        if not isinstance(value, str):
            shown = "…" if name in _SECRET else repr(value)
            raise InvalidInput(
                "Setting '%(name)s' must be a text in quotes, not %(value)s.", name=name, value=shown
            )
        return value
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,9}", str(value)):
        raise InvalidInput(
            "Setting '%(name)s' must be a whole number, not %(value)s.", name=name, value=repr(value)
        )
    return int(value)


def _check(settings: Settings) -> None:
    """Raises InvalidInput that names the setting, its value and what is allowed."""
    allowed: dict[str, tuple[bool, Words | str]] = {
        "language": (
            settings.language in LANGUAGES,
            Words("fi or en"),
        ),
        "log_level": (settings.log_level.lower() in LOG_LEVELS, ", ".join(LOG_LEVELS)),
        "timezone": (_is_timezone(settings.timezone), Words("a name such as Europe/Helsinki or UTC")),
        "holidays": (
            is_country(settings.holidays),
            Words("a country or a part of one, such as FI, SE or DE-BY, or nothing"),
        ),
        "port": (0 < settings.port < 65_536, Words("%(low)s to %(high)s", low=1, high=65_535)),
        "threads": (settings.threads >= 0, Words("0 (as many as there are processors) or more")),
        "memory_limit": (bool(_SIZE.fullmatch(settings.memory_limit)), Words("a size such as 500MB or 2GB")),
        "views_memory": (bool(_SIZE.fullmatch(settings.views_memory)), Words("a size such as 500MB or 2GB")),
        "engine": (
            not settings.engine or bool(_ENGINE.fullmatch(settings.engine)),
            Words("an address such as spark://host:7077"),
        ),
        "lake": (
            bool(settings.lake) or not settings.engine,
            Words("a folder or address, since 'engine' is set"),
        ),
        "lake_minutes": (settings.lake_minutes >= 0, Words("0 (never) or more")),
        "answers_an_hour": (settings.answers_an_hour >= 0, Words("0 (any number) or more")),
        "originals_days": (
            0 <= settings.originals_days <= 36_500,
            Words("0 (not kept at all) to %(most)s", most=36_500),
        ),
        "smtp_port": (0 < settings.smtp_port < 65_536, Words("%(low)s to %(high)s", low=1, high=65_535)),
        "smtp_security": (settings.smtp_security in SMTP_SECURITY, ", ".join(SMTP_SECURITY)),
        "mail_from": (_is_address(settings.mail_from), Words("an address such as asiakas@example.fi")),
        "mail_reply_to": (
            _is_address(settings.mail_reply_to),
            Words("an address such as asiakas@example.fi"),
        ),
        "mail_name": (settings.mail_name.isprintable(), Words("a text on one line")),
        "mail_per_minute": (settings.mail_per_minute >= 0, Words("0 (as many as are taken) or more")),
        "segment_rows": (settings.segment_rows >= 1_000, Words("%(least)s or more", least=1_000)),
    }
    for name, (good, what) in allowed.items():
        if not good:
            raise InvalidInput(
                "Setting '%(name)s' cannot be '%(value)s'. Allowed: %(allowed)s.",
                name=name,
                value=getattr(settings, name),
                allowed=what,
            )
    if settings.smtp_password and settings.smtp_security == "none" and not _is_here(settings.smtp_host):
        raise InvalidInput(
            "A password would go to %(host)s where anyone on the way can read it. Set 'smtp_security' to starttls "
            "or tls.",
            host=settings.smtp_host,
        )


def _bytes(size: str) -> int:
    found = _SIZE.fullmatch(size)
    assert found is not None, size  # checked when settings are read
    number, unit, binary = found.groups()
    return int(float(number) * (1024 if binary else 1000) ** ("KMGT".index(unit.upper()) + 1))


def _is_address(text: str) -> bool:
    return not text or (len(text) <= 254 and text.isprintable() and bool(_ADDRESS.fullmatch(text)))


def _is_here(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
