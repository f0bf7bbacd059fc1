"""What one can take away from an analysis: its tables as files, and the question as Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from polku.workspace import Query


@dataclass(frozen=True, slots=True)
class Export:
    """A question that an analysis answers."""

    query: Query

    @property
    def python(self) -> str:
        """The question in the library's words."""
        slice_name, *rest = self.query.path.split("/")
        called = f"{slice_name}.{'_'.join(rest) or 'list'}"
        given = ", ".join(f"{n}={_python(v)}" for n, v in self._given().items())
        return f'import polku\n\nwith polku.open("data") as p:\n    answer = p.{called}({given})\nanswer.to_pandas()'

    def file(self, form: str) -> str:
        """The address of its main table as a file, csv or parquet."""
        given = self.query.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        asked = urlencode({k: v for k, v in given.items() if v != []}, doseq=True)
        return f"/api/v1/{self.query.path}.{form}" + (f"?{asked}" if asked else "")

    def _given(self) -> dict[str, Any]:
        fields = type(self.query).model_fields
        values = {n: getattr(self.query, n) for n in fields}
        usual = {n: f.get_default(call_default_factory=True) for n, f in fields.items()}
        return {n: v for n, v in values.items() if v is not None and v != usual[n]}


def _python(value: Any) -> str:
    if isinstance(value, timedelta):
        return repr(_duration(value))
    return repr(value.isoformat() if isinstance(value, date) else value)


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
