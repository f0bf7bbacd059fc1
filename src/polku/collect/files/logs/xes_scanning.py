"""A kernel that reads the plain traces of XES files: those written as nearly all programs write them.

It decides one thing only: that a trace is plain. Whatever is not (references such as &amp;, nested attributes,
comments, single quotation marks, …) is left where it stands, to be read with a parser of XML by careful.py.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from polku.store.kernels import kernel

Bytes = npt.NDArray[np.uint8]
Cells = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]

AT, BEHIND, NAME, ID, TIME, TRACE = 0, 1, 2, 4, 6, 8
"""Columns of traces (up to ID) and events: where it begins, what comes behind it; where the values of concept:name,
identity:id and time:timestamp begin and end, −1 if they are absent; the number of the event's trace."""
WIDTH: Final = 9
TRACE_BYTES, EVENT_BYTES = 15, 15
"""What they take at least."""

TRACES, EVENTS, READ = range(3)
"""What is told of the traces that were read: how many, with how many events, and the bytes that they take."""

_WORDS = np.zeros((8, 7), np.uint8)
_LENGTHS = np.zeros(8, np.int64)
for _row, _word in enumerate(("trace", "event", "string", "date", "id", "int", "float", "boolean")):
    _WORDS[_row, : len(_word)] = np.frombuffer(_word.encode(), np.uint8)
    _LENGTHS[_row] = len(_word)
_A_TRACE, _AN_EVENT, _STRING, _DATE, _ID, _INT, _FLOAT, _BOOLEAN = range(8)
_KEYS = np.zeros((3, 14), np.uint8)
_KEY_LENGTHS = np.zeros(3, np.int64)
for _row, _word in enumerate(("concept:name", "identity:id", "time:timestamp")):
    _KEYS[_row, : len(_word)] = np.frombuffer(_word.encode(), np.uint8)
    _KEY_LENGTHS[_row] = len(_word)
_BLANK = np.zeros(256, np.bool_)
_BLANK[[9, 10, 13, 32]] = True
_PLAIN = np.ones(256, np.bool_)
_PLAIN[:32] = _PLAIN[[34, 38, 60, 92]] = False  # and quotation mark, &, <, backslash
_ATTRIBUTE = np.frombuffer(b'key="value="', np.uint8)
_BOTH = np.frombuffer(b"truefalse", np.uint8)
_LONGEST_INT = 18
_LONGEST_FLOAT = 300


@kernel("u1[] i4[:,:] i4[:] u1[:] i4[:,:] i4[:] u1[:] i8[:]", awaited=False)
def read_traces(
    b: Bytes, events: Cells, property_ends: Cells, properties: Bytes,
    traces: Cells, trait_ends: Cells, traits: Bytes, told: Numbers,
) -> bool:  # fmt: skip
    """Read traces that stand one behind the other; returns whether it stopped at something that is not plain.

    Each event and trace fills a row, and adds its other attributes to `properties` or `traits` as a JSON object,
    which ends at its `property_ends` or `trait_ends`. There must be room for all that can be in so many bytes.
    """
    n, i, level = len(b), 0, 0
    trace = event = 0
    inner, outer = 0, 0  # bytes of properties and traits
    row = traces[0]
    told[:] = 0
    while True:
        while i < n and _BLANK[b[i]]:
            i += 1
        at = i
        if i + 2 >= n:
            return False
        if b[i] != 60:
            return True
        closing = b[i + 1] == 47
        i += 2 if closing else 1
        start = i
        while i < n and 97 <= b[i] <= 122:
            i += 1
        word, size = -1, i - start
        for w in range(len(_LENGTHS)):
            if _LENGTHS[w] == size:
                same = True
                for k in range(size):
                    same = same and _WORDS[w, k] == b[start + k]
                word = w if same else word
        spaced = i
        while i < n and _BLANK[b[i]]:
            i += 1
        if i == n:
            return False
        if closing:
            if b[i] != 62 or level == 0 or word != level - 1:
                return True
            i += 1
            level -= 1
            row[BEHIND] = i
            if level:
                properties[inner] = 125
                inner += 1
                property_ends[event] = inner
                event += 1
                row = traces[trace]
                continue
            traits[outer] = 125
            outer += 1
            trait_ends[trace] = outer
            trace += 1
            told[TRACES], told[EVENTS], told[READ] = trace, event, i
            continue
        if word in (_A_TRACE, _AN_EVENT):
            if word != level or b[i] != 62:
                return True
            i += 1
            row = events[event] if level else traces[trace]
            row[:] = -1
            row[AT] = at
            if level:
                row[TRACE] = trace
                properties[inner] = 123
                inner += 1
            else:
                traits[outer] = 123
                outer += 1
            level += 1
            continue
        if word < 0 or level == 0:
            return True
        for part in range(2):  # key="…" value="…"
            first, last = (0, 5) if part == 0 else (5, 12)
            if spaced == i:
                return True
            for k in range(first, last):
                if i < n and b[i] != _ATTRIBUTE[k]:
                    return True
                i += 1
            low = i
            while i < n and _PLAIN[b[i]]:
                i += 1
            if i >= n:
                return False
            if b[i] != 34:
                return True
            if part == 0:
                key_low, key_high = low, i
            i += 1
            spaced = i
            while i < n and _BLANK[b[i]]:
                i += 1
        high = spaced - 1
        if i + 1 >= n:
            return False
        if b[i] != 47 or b[i + 1] != 62:
            return True
        i += 2
        known = -1
        for w in range(3):
            if _KEY_LENGTHS[w] == key_high - key_low:
                same = True
                for k in range(key_high - key_low):
                    same = same and _KEYS[w, k] == b[key_low + k]
                known = w if same else known
        if known >= 0 and (level == 2 or known < 2):
            column = NAME + 2 * known
            if row[column] >= 0:
                return True
            row[column], row[column + 1] = low, high
            if column != ID:
                continue
        if word >= _INT:  # as JSON writes it, or else it is not plain
            k = low + (1 if low < high and b[low] == 45 and word != _BOOLEAN else 0)
            digits = k
            while k < high and 48 <= b[k] <= 57:
                k += 1
            whole = k > digits and (k == digits + 1 or b[digits] != 48)
            if word == _INT:
                whole = whole and k == high and k - digits <= _LONGEST_INT
            elif word == _FLOAT:
                point = k
                k += 1
                while k < high and 48 <= b[k] <= 57:
                    k += 1
                whole = (
                    whole
                    and k == high
                    and b[point] == 46
                    and high > point + 1
                    and high - low <= _LONGEST_FLOAT
                )
            else:
                first, last = (0, 4) if high - low == 4 else (4, 9)
                whole = high - low == last - first
                for k in range(last - first if whole else 0):
                    whole = whole and b[low + k] == _BOTH[first + k]
            if not whole:
                return True
        out, used = (properties, inner) if level == 2 else (traits, outer)
        if out[used - 1] != 123:
            out[used] = 44
            used += 1
        out[used] = 34
        used += 1
        for k in range(key_low, key_high):
            out[used] = b[k]
            used += 1
        out[used], out[used + 1] = 34, 58
        used += 2
        if word < _INT:
            out[used] = 34
            used += 1
        for k in range(low, high):
            out[used] = b[k]
            used += 1
        if word < _INT:
            out[used] = 34
            used += 1
        if level == 2:
            inner = used
        else:
            outer = used
