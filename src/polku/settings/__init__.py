"""Settings: from the environment (`POLKU_…`) and `polku.toml` in the data folder; the environment wins."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from polku.errors import InvalidInput


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
    language: str = "fi"  # of pages before a user has chosen
    threads: int = 0  # for questions; 0: as many as there are processors
    segment_rows: int = 250_000  # events of one Parquet file; until then they are in memory and the journal
    memory_limit: str = "1GB"  # of DuckDB
    kernel_cache: str = ""  # where compiled kernels are kept; empty: in the data folder
    log_level: str = "info"

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'polku.db'}"

    @property
    def workers(self) -> int:
        return self.threads or os.cpu_count() or 1

    @property
    def kernel_cache_folder(self) -> Path:
        return Path(self.kernel_cache) if self.kernel_cache else self.folder / "cache" / "kernels"


def read_settings(folder: Path | str, **overrides: Any) -> Settings:
    """Settings of a data folder; `overrides` that are None are ignored.

    Raises InvalidInput on an unknown key in polku.toml, or a value that cannot be used.
    """
    folder = Path(folder).expanduser().resolve()
    kinds = {f.name: str(f.type) for f in fields(Settings) if f.name != "folder"}
    values: dict[str, Any] = {}
    file = folder / "polku.toml"
    if file.exists():
        try:
            given = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as e:
            raise InvalidInput(f"{file} is not valid TOML: {e}. Correct that line.") from e
        unknown = sorted(set(given) - set(kinds))
        if unknown:
            raise InvalidInput(f"Unknown setting '{unknown[0]}' in {file}. Allowed: {', '.join(kinds)}")
        values |= given
    values |= {k: os.environ[f"POLKU_{k.upper()}"] for k in kinds if f"POLKU_{k.upper()}" in os.environ}
    values |= {k: v for k, v in overrides.items() if v is not None}
    return Settings(folder=folder, **{k: _checked(k, kinds[k], v) for k, v in values.items()})


_WHOLE: Final = {"port": (1, 65_535), "threads": (0, 1_024), "segment_rows": (1, 10_000_000)}
_CHOICES: Final = {"language": ("fi", "en"), "log_level": ("debug", "info", "warning", "error")}


def _checked(name: str, kind: str, value: Any) -> Any:
    """A setting's value, a number if it is one. Raises InvalidInput."""
    if kind == "int":
        low, high = _WHOLE[name]
        if (
            isinstance(value, bool)
            or not re.fullmatch(r"-?\d{1,9}", str(value))
            or not low <= int(value) <= high
        ):
            raise InvalidInput(
                f"Setting '{name}' cannot be {value!r}. Allowed: whole numbers {low} to {high}."
            )
        return int(value)
    if not isinstance(value, str):
        raise InvalidInput(f"Setting '{name}' cannot be {value!r}. Give a text, in quotes.")
    if name in _CHOICES and value.lower() not in _CHOICES[name]:
        raise InvalidInput(f"Setting '{name}' cannot be '{value}'. Allowed: {', '.join(_CHOICES[name])}.")
    if name == "memory_limit" and not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", value, re.IGNORECASE):
        raise InvalidInput(f"Setting 'memory_limit' cannot be '{value}'. Give a size, e.g. 500MB or 2GB.")
    if name == "timezone":
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidInput(
                f"Setting 'timezone' cannot be '{value}'. Give a name of the time zone database, "
                "e.g. Europe/Helsinki."
            ) from None
    return value
