"""Subtitles of recorded interviews: WebVTT (W3C) and SubRip; each cue's words and, in WebVTT, who says them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

from polku.errors import InvalidInput
from polku.feedback.files.turns import Turn, transcript

_TIME: Final = r"(?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMING: Final = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_VOICE: Final = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,200})>", re.I)
_TAG: Final = re.compile(r"</?[a-zA-Z0-9:][^<>]{0,200}>|\{\\[^{}]{0,40}\}")
_BLOCKS: Final = ("NOTE", "STYLE", "REGION")


def turns_of_cues(text: str, *, webvtt: bool) -> list[Turn]:
    """Turns of a file of subtitles; a cue without a voice is of whoever spoke before it.

    Where no cue has a voice, names before a colon are looked for. Raises InvalidInput if there are no cues.
    """
    if webvtt and not text.startswith("WEBVTT"):
        raise InvalidInput(
            "A .vtt file begins with WEBVTT; this one does not. Save the transcript as WebVTT anew."
        )
    cues = list(_cues(text))
    if not cues:
        raise InvalidInput(
            "There is no subtitle in the file: none has a time as 00:00:01.000 --> 00:00:04.000 before it."
        )
    said: list[Turn] = []
    speaker = ""
    voiced = False
    for cue in cues:
        for name, words in _voices(cue):
            voiced = voiced or bool(name)
            speaker = name or speaker
            if words:
                said.append(Turn(speaker, words))
    return said if voiced else transcript([t.text for t in said]) or said


def _cues(text: str) -> Iterator[str]:
    """The words of each cue, as they are written."""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        if lines[0].startswith(_BLOCKS):
            continue
        at = next((i for i, line in enumerate(lines[:3]) if _TIMING.match(line)), None)
        if at is not None:
            yield "\n".join(lines[at + 1 :])


def _voices(cue: str) -> Iterator[tuple[str, str]]:
    parts = _VOICE.split(cue)
    yield "", _plain(parts[0])
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        yield html.unescape(name).strip(), _plain(words)


def _plain(words: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", words)).split())
