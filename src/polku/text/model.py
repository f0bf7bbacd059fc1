"""A linear model over hashed features: what training leaves, how it is kept, and what it says of texts."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from polku.errors import InvalidInput
from polku.store.kernels import kernel
from polku.text.features import BUCKETS, Features

LANGUAGES = ("fi", "en")
"""The languages that a model is shipped for."""
FORMAT = 1
MOST_STEPS = 32_767


@dataclass(frozen=True, slots=True)
class Model:
    """Linear scores by name: `scale · Σ weights / √(number of features) + intercept`, as log odds.

    `weights` is (BUCKETS, number of names) of 16-bit integers, `scales` and `intercepts` one of each name.
    """

    names: tuple[str, ...]
    weights: npt.NDArray[np.int16]
    scales: npt.NDArray[np.float32]
    intercepts: npt.NDArray[np.float32]

    def log_odds(self, features: Features) -> npt.NDArray[np.float64]:
        """(texts, names) log odds."""
        sums = np.zeros((len(features), len(self.names)), np.float64)
        _sum(features.buckets, features.offsets, self.weights, sums)
        return sums * self.scales + self.intercepts

    def save(self, path: Path, *, about: Mapping[str, Any]) -> None:
        """Keep the model as plain arrays (npz without pickle); `about` says where it comes from."""
        told = json.dumps({"format": FORMAT, "names": self.names, "buckets": BUCKETS, **about})
        np.savez_compressed(
            path,
            about=np.frombuffer(told.encode(), np.uint8),
            weights=self.weights,
            scales=self.scales,
            intercepts=self.intercepts,
        )


def quantized(
    weights: Mapping[str, npt.NDArray[np.floating[Any]]],
    intercepts: Mapping[str, float],
    *,
    steps: int = MOST_STEPS,
) -> Model:
    """A model of real weights in 16 bits each, the largest of a name `steps`: fewer steps make a smaller file."""
    columns, scales = [], []
    for column in weights.values():
        used = np.abs(column[column != 0])
        scale = float(used.max()) / steps if len(used) else 1.0
        columns.append(np.clip(np.rint(column / scale), -steps, steps).astype(np.int16))
        scales.append(scale)
    return Model(
        tuple(weights),
        np.ascontiguousarray(np.stack(columns, axis=1)),
        np.array(scales, np.float32),
        np.array([intercepts[name] for name in weights], np.float32),
    )


def model_at(path: Path) -> Model:
    """Read a model. Raises InvalidInput when the file is of another format."""
    with np.load(path, allow_pickle=False) as kept:
        about = json.loads(bytes(kept["about"]))
        if about["format"] != FORMAT or about["buckets"] != BUCKETS:
            raise InvalidInput(
                "%(path)s is a language model of format %(format)s; this Polku knows %(known)s.",
                path=path.name,
                format=about["format"],
                known=FORMAT,
            )
        return Model(tuple(about["names"]), kept["weights"], kept["scales"], kept["intercepts"])


@functools.cache
def shipped(language: str) -> Model:
    """The model that comes with Polku; `language` is one of LANGUAGES."""
    with_package = files("polku.text") / "models" / f"{language}.npz"
    return model_at(Path(str(with_package)))


@functools.cache
def shipped_digest(language: str) -> str:
    """Of the shipped model's file: another one tells other things."""
    return xxhash.xxh3_64_hexdigest((files("polku.text") / "models" / f"{language}.npz").read_bytes())


def shipped_model(language: str) -> Model:
    """The model that comes with Polku; `language` is one of LANGUAGES."""
    return shipped(language)


def probabilities(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """1 / (1 + e^−x), safe for large numbers of either sign."""
    return np.exp(-np.logaddexp(0.0, -log_odds))


def heads(model: Model, names: Sequence[str]) -> list[int]:
    """Which columns of the model's log odds have these names."""
    return [model.names.index(name) for name in names]


def customers_heads(model: Model, names: Sequence[str]) -> list[int]:
    """The same for what customers write: there a model may have heads of its own, beside those of texts of any kind."""
    return heads(model, [o if (o := of_customers(name)) in model.names else name for name in names])


def of_customers(name: str) -> str:
    """The name of a head that is for what customers write."""
    return f"{name} of customers"


@kernel("i4[] i8[] i2[] f8[:,:]", awaited=False)
def _sum_flat(buckets, offsets, weights, sums):  # type: ignore[no-untyped-def]
    width = sums.shape[1]
    for text in range(len(offsets) - 1):
        first, end = offsets[text], offsets[text + 1]
        for i in range(first, end):
            at = np.int64(buckets[i]) * width
            for k in range(width):
                sums[text, k] += weights[at + k]
        if end > first:
            for k in range(width):
                sums[text, k] /= np.sqrt(end - first)


def _sum(
    buckets: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    weights: npt.NDArray[np.int16],
    sums: npt.NDArray[np.float64],
) -> None:
    _sum_flat(buckets, offsets, weights.reshape(-1), sums)
