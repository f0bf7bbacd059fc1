"""Kernels that read bodies of the protocol: where each event's fields stand, if all is as SDKs write it.

`tokenize` checks JSON as strictly as RFC 8259 says and notes its upper levels; `find` finds events in them. What is
merely unusual (escapes in an id, an unknown field, a call other than track, page and screen, …) is marked *careful*,
to be read field by field by polku.collect.reading, which also tells a sender what is wrong. So nothing is decided
here but that an event is plain.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from polku.collect.identifiers import BLOCKED
from polku.collect.protocol import LARGEST_EVENT, LONGEST_TEXT, MOST_EVENTS
from polku.store.kernels import Kernel, kernel

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Cells = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

NONE: Final = -(1 << 63)
"""No time."""
UNREADABLE: Final = NONE + 1
"""A time that is written in another way."""

BODY, START, TYPE, MARKS, ID, NAME, USER, ANONYMOUS = 0, 1, 3, 4, 5, 7, 9, 11
PROPERTIES, CONTEXT, PATH, TIME, FIRST_TIME, SENT = 13, 15, 17, 19, 21, 23
WIDTH: Final = 25
"""Columns of the events found. START and those from ID on take two: where it begins and ends; −1 if it is absent."""

CAREFUL, MONEY, PLACE = 1, 2, 4
"""Marks: to be read field by field; a property that may be money; a property that may be a page's address."""

TOKEN_BYTES: Final = 2
"""A token takes at least so many bytes, its comma or colon counted."""
_DEEPEST = 60
_NOTED = 6
_LARGEST = LARGEST_EVENT - 6 * 1024


def _by_length(words: list[str]) -> tuple[Bytes, Numbers, Numbers]:
    """Words as rows of bytes, the shortest first; their numbers (from 1 on); where those of each length begin."""
    order = sorted(range(len(words)), key=lambda i: len(words[i]))
    longest = max(map(len, words))
    rows, first = np.zeros((len(words), longest), np.uint8), np.zeros(longest + 2, np.int64)
    for row, i in zip(rows, order, strict=True):
        row[: len(words[i])] = np.frombuffer(words[i].encode(), np.uint8)
        first[len(words[i]) + 1 :] += 1
    return rows, np.array(order, np.int64) + 1, first


_WORDS, _WORD_NUMBERS, _WORDS_FROM = _by_length([
    "track", "page", "screen",  # numbered as EventType
    "messageId", "event", "name", "userId", "anonymousId", "timestamp", "originalTimestamp", "sentAt", "type",
    "properties", "context", "integrations", "_metadata", "writeKey", "receivedAt",
    "batch", "externalIds", "path", "url", "revenue", "total", "value",
])  # fmt: skip
_LONGEST_WORD = _WORDS.shape[1]
_TRACK, _PAGE, _SCREEN, _MESSAGE_ID, _EVENT, _NAME, _USER_ID, _ANONYMOUS_ID, _TIMESTAMP, _ORIGINAL = range(
    1, 11
)
_SENT_AT, _TYPE, _PROPERTIES, _CONTEXT, _INTEGRATIONS, _METADATA, _WRITE_KEY, _RECEIVED_AT = range(11, 19)
_BATCH, _EXTERNAL_IDS, _PATH, _URL, _REVENUE, _TOTAL, _VALUE = range(19, 26)
_NOBODY, _, _NOBODY_FROM = _by_length(sorted(BLOCKED))
_LONGEST_NOBODY = _NOBODY.shape[1]
_DAYS_BEFORE = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365], np.int64)


@kernel("u1[] i8[] i4[:,:] i8[:]", awaited=False)
def tokenize(b: Bytes, ends: Numbers, tokens: Cells, roots: Numbers) -> int:
    """Read JSON texts that stand one behind the other in `b`, each ending at `ends`; returns how many tokens.

    A text's first token goes to `roots`, −1 if it is not JSON (or holds escaped surrogates, or is nested more than
    60 deep). A token's row: the number of the word that it is (0: another, −1: with escapes), where it begins and
    ends, the token behind it and all within it. Tokens more than six deep are left out.
    """
    used, i = 0, 0
    open_at = np.empty(_DEEPEST + 1, np.int64)
    for text in range(len(ends)):
        end, first = ends[text], used
        depth, kinds = 0, np.int64(0)  # a bit for each open container: 1 is an object
        state = 0  # 0: a value; 1: a value or the end of its list; 2: a name; 3: a name or the end; 4: behind a value
        ok, done = True, False
        while i < end:
            c = b[i]
            if c == 32 or c == 10 or c == 13 or c == 9:
                i += 1
                continue
            if done:
                ok = False
                break
            start, word = i, 0
            if c == 34 and state != 4:  # a string
                i += 1
                while i < end and b[i] != 34:
                    c = b[i]
                    if 32 <= c < 128 and c != 92:
                        i += 1
                    elif c == 92 and i + 1 < end:
                        word, e = -1, b[i + 1]
                        if (
                            e == 34
                            or e == 92
                            or e == 47
                            or e == 98
                            or e == 102
                            or e == 110
                            or e == 114
                            or e == 116
                        ):
                            i += 2
                        elif e == 117 and i + 6 <= end:
                            code = np.int64(0)
                            for k in range(i + 2, i + 6):
                                h = np.int64(b[k])
                                if 48 <= h <= 57:
                                    code = code * 16 + h - 48
                                elif 65 <= (h & 0xDF) <= 70:
                                    code = code * 16 + (h & 0xDF) - 55
                                else:
                                    code = np.int64(0xD800)
                                    break
                            if 0xD800 <= code <= 0xDFFF:
                                ok = False
                                break
                            i += 6
                        else:
                            ok = False
                            break
                    elif 0xC2 <= c <= 0xF4:  # UTF-8 of several bytes (RFC 3629)
                        more = 1 if c < 0xE0 else 2 if c < 0xF0 else 3
                        if i + more >= end:
                            ok = False
                            break
                        low, high = 0x80, 0xBF
                        if c == 0xE0:
                            low = 0xA0
                        elif c == 0xF0:
                            low = 0x90
                        elif c == 0xED:
                            high = 0x9F
                        elif c == 0xF4:
                            high = 0x8F
                        ok = low <= b[i + 1] <= high
                        for k in range(i + 2, i + 1 + more):
                            ok = ok and 0x80 <= b[k] <= 0xBF
                        if not ok:
                            break
                        i += 1 + more
                    else:
                        ok = False
                        break
                if not ok or i >= end:
                    ok = False
                    break
                i += 1
                length = i - start - 2
                if word == 0 and 0 < length <= _LONGEST_WORD and depth <= _NOTED:
                    for w in range(_WORDS_FROM[length], _WORDS_FROM[length + 1]):
                        same = True
                        for k in range(length):
                            if _WORDS[w, k] != b[start + 1 + k]:
                                same = False
                                break
                        if same:
                            word = _WORD_NUMBERS[w]
                            break
                if state >= 2:  # it is a name: a colon follows
                    while i < end and (b[i] == 32 or b[i] == 10 or b[i] == 13 or b[i] == 9):
                        i += 1
                    if i >= end or b[i] != 58:
                        ok = False
                        break
                    if depth <= _NOTED:
                        tokens[used, 0], tokens[used, 1], tokens[used, 2] = word, start, i
                        tokens[used, 3] = used + 1
                        used += 1
                    i += 1
                    state = 0
                    continue
            elif (c == 123 or c == 91) and state < 2:
                if depth == _DEEPEST:
                    ok = False
                    break
                if depth <= _NOTED:
                    open_at[depth] = used
                    tokens[used, 0], tokens[used, 1] = 0, start
                    used += 1
                kinds = kinds << 1 | (1 if c == 123 else 0)
                depth += 1
                i += 1
                state = 3 if c == 123 else 1
                continue
            elif depth > 0 and c == (125 if kinds & 1 else 93) and (state == 4 or state == 1 or state == 3):
                depth -= 1
                kinds >>= 1
                i += 1
                if depth <= _NOTED:
                    tokens[open_at[depth], 2], tokens[open_at[depth], 3] = i, used
                state, done = 4, depth == 0
                continue
            elif c == 44 and state == 4:
                i += 1
                state = 2 if kinds & 1 else 0
                continue
            elif state < 2 and (c == 45 or 48 <= c <= 57):  # a number
                if c == 45:
                    i += 1
                digits = i
                while i < end and 48 <= b[i] <= 57:
                    i += 1
                ok = i > digits and (i == digits + 1 or b[digits] != 48)
                if ok and i < end and b[i] == 46:
                    i += 1
                    digits = i
                    while i < end and 48 <= b[i] <= 57:
                        i += 1
                    ok = i > digits
                if ok and i < end and (b[i] == 101 or b[i] == 69):
                    i += 1
                    if i < end and (b[i] == 43 or b[i] == 45):
                        i += 1
                    digits = i
                    while i < end and 48 <= b[i] <= 57:
                        i += 1
                    ok = i > digits
                if not ok:
                    break
            elif (
                state < 2
                and i + 4 <= end
                and (
                    (c == 116 and b[i + 1] == 114 and b[i + 2] == 117 and b[i + 3] == 101)
                    or (c == 110 and b[i + 1] == 117 and b[i + 2] == 108 and b[i + 3] == 108)
                )
            ):  # true, null
                i += 4
            elif (
                state < 2 and i + 5 <= end and c == 102
                and b[i + 1] == 97 and b[i + 2] == 108 and b[i + 3] == 115 and b[i + 4] == 101
            ):  # false  # fmt: skip
                i += 5
            else:
                ok = False
                break
            if depth <= _NOTED:  # a value that is no container
                tokens[used, 0], tokens[used, 1], tokens[used, 2] = word, start, i
                tokens[used, 3] = used + 1
                used += 1
            state, done = 4, depth == 0
        if ok and done:
            roots[text] = first
        else:
            roots[text], used = -1, first
        i = end
    return used


@kernel("u1[] i4[:,:] i8[] i8[] i4[:,:] i4[:,:] b1[:]", awaited=False)
def find(
    b: Bytes, tokens: Cells, roots: Numbers, types: Numbers, cells: Cells, sent: Cells, plain: Flags
) -> int:
    """Find the events of the bodies that were tokenized; returns how many.

    `types` holds 0 for a batch, else the call whose address the body came to. Each event found fills a row of
    `cells` (columns above), each body a row of `sent` (where its own sentAt begins and ends) and an entry of
    `plain`. A body that is not plain has no events here.
    """
    used = 0
    for body in range(len(roots)):
        sent[body, :] = -1
        root, before = roots[body], used
        ok = root >= 0 and b[tokens[root, 1]] == 123
        event, behind = root, (np.int64(tokens[root, 3]) if ok else root)
        if ok and types[body] == 0:
            seen, event, behind = np.int64(0), np.int64(-1), np.int64(-1)
            name, last = root + 1, np.int64(tokens[root, 3])
            while name < last:
                word, value = tokens[name, 0], name + 1
                c = b[tokens[value, 1]]
                if word < 0 or (word > 0 and seen >> word & 1):
                    ok = False
                seen |= np.int64(1) << max(word, 0)
                if word == _BATCH:
                    ok = ok and c == 91
                    event, behind = value + 1, np.int64(tokens[value, 3])
                elif word == _SENT_AT and c != 110:
                    ok = ok and c == 34 and tokens[value, 0] == 0
                    sent[body, 0], sent[body, 1] = tokens[value, 1] + 1, tokens[value, 2] - 1
                elif word == _WRITE_KEY:
                    ok = ok and (c == 34 or c == 110)
                elif word in (_CONTEXT, _INTEGRATIONS):  # said for all events
                    ok = False
                name = np.int64(tokens[value, 3])
            ok = ok and event >= 0
        while ok and event < behind:
            if b[tokens[event, 1]] != 123 or used == len(cells) or used - before == MOST_EVENTS:
                ok = False
                break
            cell = cells[used]
            cell[:] = -1
            cell[BODY], cell[START], cell[START + 1] = body, tokens[event, 1], tokens[event, 2]
            marks, seen, code = 0, np.int64(0), types[body]
            name, last = event + 1, np.int64(tokens[event, 3])
            while name < last:
                word, value = tokens[name, 0], name + 1
                low, high = tokens[value, 1], tokens[value, 2]
                c = b[low]
                if word < _MESSAGE_ID or word > _RECEIVED_AT or seen >> word & 1:
                    marks |= CAREFUL
                else:
                    seen |= np.int64(1) << word
                if word in (_PROPERTIES, _CONTEXT):
                    if c == 123:
                        at = PROPERTIES if word == _PROPERTIES else CONTEXT
                        cell[at], cell[at + 1] = low, high
                    elif c != 110:
                        marks |= CAREFUL
                elif word == _INTEGRATIONS:
                    if not ((c == 123 and tokens[value, 3] == value + 1) or c == 110):
                        marks |= CAREFUL
                elif word <= _TYPE and c != 110:
                    low, high = low + 1, high - 1
                    if c != 34 or tokens[value, 0] < 0 or high - low > LONGEST_TEXT:
                        marks |= CAREFUL
                    elif word == _TYPE:
                        code = np.int64(tokens[value, 0])
                    else:
                        at = ID
                        if word in (_EVENT, _NAME):
                            at = NAME
                        elif word == _USER_ID:
                            at = USER
                        elif word == _ANONYMOUS_ID:
                            at = ANONYMOUS
                        elif word == _TIMESTAMP:
                            at = TIME
                        elif word == _ORIGINAL:
                            at = FIRST_TIME
                        elif word == _SENT_AT:
                            at = SENT
                        cell[at], cell[at + 1] = low, high
                if c == 123 and word in (_PROPERTIES, _CONTEXT):
                    inner, inner_last = value + 1, np.int64(tokens[value, 3])
                    pages = 0
                    while inner < inner_last:
                        about, within = tokens[inner, 0], inner + 1
                        if word == _PROPERTIES:
                            if about < 0:
                                marks |= MONEY | PLACE
                            elif about >= _REVENUE:
                                marks |= MONEY
                            elif about in (_PATH, _URL):
                                marks |= PLACE
                        elif about < 0 or about == _EXTERNAL_IDS:
                            marks |= CAREFUL
                        elif about == _PAGE:
                            pages += 1
                            d = b[tokens[within, 1]]
                            if pages > 1 or (d != 123 and d != 110):
                                marks |= CAREFUL
                            elif d == 123:
                                k, k_last, paths = within + 1, np.int64(tokens[within, 3]), 0
                                while k < k_last:
                                    if tokens[k, 0] < 0:
                                        marks |= CAREFUL
                                    elif tokens[k, 0] == _PATH:
                                        paths += 1
                                        e = b[tokens[k + 1, 1]]
                                        if paths > 1 or (e != 34 and e != 110) or tokens[k + 1, 0] < 0:
                                            marks |= CAREFUL
                                        elif e == 34 and tokens[k + 1, 2] - tokens[k + 1, 1] > 2:
                                            cell[PATH] = tokens[k + 1, 1] + 1
                                            cell[PATH + 1] = tokens[k + 1, 2] - 1
                                    k = np.int64(tokens[k + 1, 3])
                        inner = np.int64(tokens[within, 3])
                name = np.int64(tokens[value, 3])
            if code < _TRACK or code > _SCREEN or cell[ID + 1] <= cell[ID]:
                marks |= CAREFUL
            other = _NAME if code == _TRACK else _EVENT
            if seen >> other & 1 or tokens[event, 2] - tokens[event, 1] > _LARGEST:
                marks |= CAREFUL
            if cell[USER] < 0 and cell[ANONYMOUS] < 0:
                marks |= CAREFUL
            if code == _TRACK:
                visible = False
                for k in range(cell[NAME], cell[NAME + 1]):
                    if 32 < b[k] < 127:
                        visible = True
                        break
                if not visible:
                    marks |= CAREFUL
            if cell[PATH] >= 0:
                low, high = cell[PATH], cell[PATH + 1]
                if b[low] != 47 or (high - low > 1 and b[low + 1] == 47) or high - low > 2000:
                    marks |= CAREFUL
                for k in range(low, high):
                    if b[k] == 63 or b[k] == 35:
                        marks |= CAREFUL
            cell[TYPE], cell[MARKS] = code, marks
            used += 1
            event = np.int64(tokens[event, 3])
        plain[body] = ok
        if not ok:
            used = before
    return used


@kernel("u1[] i4[] i4[] i8[:]", awaited=False)
def read_times(b: Bytes, starts: Cells, ends: Cells, times: Numbers) -> None:
    """Times like 2026-05-01T10:00:00.123Z or …+02:00 in microseconds since 1970; NONE where absent (−1), and
    UNREADABLE those that are written in another way."""
    for n in range(len(starts)):
        i, end = starts[n], ends[n]
        times[n] = NONE if i < 0 else UNREADABLE
        if i < 0 or end - i < 20 or end - i > 32:
            continue
        ok = b[i + 4] == 45 and b[i + 7] == 45 and b[i + 10] == 84 and b[i + 13] == 58 and b[i + 16] == 58
        for k in range(19):
            if k != 4 and k != 7 and k != 10 and k != 13 and k != 16:
                ok = ok and 48 <= b[i + k] <= 57
        if not ok:
            continue
        year = (b[i] - 48) * 1000 + (b[i + 1] - 48) * 100 + (b[i + 2] - 48) * 10 + np.int64(b[i + 3]) - 48
        month = (b[i + 5] - 48) * 10 + np.int64(b[i + 6]) - 48
        day = (b[i + 8] - 48) * 10 + np.int64(b[i + 9]) - 48
        hour = (b[i + 11] - 48) * 10 + np.int64(b[i + 12]) - 48
        minute = (b[i + 14] - 48) * 10 + np.int64(b[i + 15]) - 48
        second = (b[i + 17] - 48) * 10 + np.int64(b[i + 18]) - 48
        leap = 1 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 0
        if year < 1900 or month < 1 or month > 12 or day < 1 or hour > 23 or minute > 59 or second > 59:
            continue
        if day > _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1] + (leap if month == 2 else 0):
            continue
        before = year - 1
        days = before * 365 + before // 4 - before // 100 + before // 400 - 719_162
        days += _DAYS_BEFORE[month - 1] + (leap if month > 2 else 0) + day - 1
        at = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000
        i += 19
        if b[i] == 46:
            i += 1
            first, unit = i, 100_000
            while i < end and 48 <= b[i] <= 57:
                at += (np.int64(b[i]) - 48) * unit
                unit //= 10
                i += 1
            if i == first or i - first > 6:
                continue
        if i + 1 == end and b[i] == 90:
            times[n] = at
        elif i + 6 == end and b[i + 3] == 58 and (b[i] == 43 or b[i] == 45):
            for k in range(i + 1, i + 6):
                ok = ok and (k == i + 3 or 48 <= b[k] <= 57)
            hour = (b[i + 1] - 48) * 10 + np.int64(b[i + 2]) - 48
            minute = (b[i + 4] - 48) * 10 + np.int64(b[i + 5]) - 48
            if ok and hour < 24 and minute < 60:
                ahead = (hour * 60 + minute) * 60_000_000
                times[n] = at - ahead if b[i] == 43 else at + ahead


@kernel("u1[] i4[] i4[] b1[:]", awaited=False)
def doubt(b: Bytes, starts: Cells, ends: Cells, doubtful: Flags) -> None:
    """Mark ids that may stand for nobody (see identifiers.is_blocked); absent ones (−1) are left alone."""
    for n in range(len(starts)):
        i, end = starts[n], ends[n]
        if i < 0:
            continue
        length = end - i
        if length == 0 or b[i] <= 32 or b[end - 1] <= 32 or b[i] >= 128 or b[end - 1] >= 128:
            doubtful[n] = True
            continue
        blank = True
        for k in range(i, end):
            if b[k] != 48 and b[k] != 45:
                blank = False
                break
        if blank:
            doubtful[n] = True
        elif length <= _LONGEST_NOBODY:
            for w in range(_NOBODY_FROM[length], _NOBODY_FROM[length + 1]):
                same = True
                for k in range(length):
                    c = b[i + k]
                    if _NOBODY[w, k] != (c + 32 if 65 <= c <= 90 else c):
                        same = False
                        break
                if same:
                    doubtful[n] = True


@kernel("u1[] i4[] i4[] i4[:] u1[:]", awaited=False)
def gather(b: Bytes, starts: Cells, ends: Cells, offsets: Cells, data: Bytes) -> None:
    """Copy pieces of `b` one behind the other to `data`, with `offsets` of each; absent ones (−1) are empty."""
    at = np.int64(0)
    for i in range(len(starts)):
        offsets[i] = at
        start, length = np.int64(starts[i]), np.int64(ends[i]) - np.int64(starts[i])
        for k in range(length):
            data[at + k] = b[start + k]
        at += length
    offsets[len(starts)] = at


KERNELS: Final[tuple[Kernel[..., Any], ...]] = (tokenize, find, read_times, doubt, gather)
