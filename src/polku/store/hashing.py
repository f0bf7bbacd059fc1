"""XXH3 (64 bits) of many short texts at once.

Written after the algorithm's published specification, for texts of up to 240 bytes; longer ones are left to the
library of the same name, against which this is tested.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from polku.store.kernels import kernel

Keys = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

LONGEST: Final = 240
_SECRET: Final = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
    "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
)
_S = np.array([int.from_bytes(_SECRET[i : i + 8], "little") for i in range(len(_SECRET) - 7)], np.uint64)
"""The secret from each of its bytes on."""
_HALF = np.uint64(0xFFFFFFFF)
_P1, _P2, _P3 = np.uint64(0x9E3779B185EBCA87), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)
_MX1, _MX2 = np.uint64(0x165667919E3779F9), np.uint64(0x9FB21C651E98DF25)
_FLIP_3 = (_S[0] & _HALF) ^ (_S[0] >> np.uint64(32))
_FLIP_8, _FLIP_LOW, _FLIP_HIGH = _S[8] ^ _S[16], _S[24] ^ _S[32], _S[40] ^ _S[48]


@kernel("u1[] i8[] i8[] i4[] u1[] u8[:]", awaited=False)
def hash_texts(
    prefixes: Bytes,
    prefix_ends: npt.NDArray[np.int64],
    prefix_of: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int32],
    data: Bytes,
    hashes: Keys,
) -> int:
    """Hash each text of an Arrow array behind its prefix; returns how many are too long, whose hash is left 0."""
    u = np.uint64
    text = np.zeros(LONGEST + 16, np.uint8)
    left = 0
    for n in range(len(hashes)):
        which = prefix_of[n]
        first = prefix_ends[which - 1] if which > 0 else 0
        before = prefix_ends[which] - first
        length = before + np.int64(offsets[n + 1]) - np.int64(offsets[n])
        hashes[n] = u(0)
        if length > LONGEST:
            left += 1
            continue
        for k in range(before):
            text[k] = prefixes[first + k]
        for k in range(length - before):
            text[before + k] = data[offsets[n] + k]
        size = u(length)
        if length <= 3:
            if length == 0:
                h = _S[56] ^ _S[64]
            else:
                h = u(text[0]) << u(16) | u(text[length >> 1]) << u(24) | u(text[length - 1]) | size << u(8)
                h ^= _FLIP_3
            h = (h ^ (h >> u(33))) * _P2
            h = (h ^ (h >> u(29))) * _P3
            hashes[n] = h ^ (h >> u(32))
            continue
        if length <= 8:
            low, high = u(0), u(0)
            for k in range(4):
                low |= u(text[k]) << u(8 * k)
                high |= u(text[length - 4 + k]) << u(8 * k)
            h = (high + (low << u(32))) ^ _FLIP_8
            h ^= (h << u(49) | h >> u(15)) ^ (h << u(24) | h >> u(40))
            h *= _MX2
            h ^= (h >> u(35)) + size
            h *= _MX2
            hashes[n] = h ^ (h >> u(28))
            continue
        short, long = length <= 16, length > 128
        rounds = 1 if short else length // 16 + 1 if long else 2 * ((length - 1) // 32 + 1)
        h = size if short else size * _P1
        for j in range(rounds):
            pair = j >> 1
            if short:
                at, then, secret = 0, length - 8, 0
            elif not long:
                at = 16 * pair if j & 1 == 0 else length - 16 * (pair + 1)
                then, secret = at + 8, 32 * pair + 16 * (j & 1)
            elif j == rounds - 1:
                at, then, secret = length - 16, length - 8, 136 - 17
            else:
                at, then, secret = 16 * j, 16 * j + 8, 16 * j if j < 8 else 16 * (j - 8) + 3
            if long and j == 8:
                h = (h ^ (h >> u(37))) * _MX1
                h ^= h >> u(32)
            a, b, swapped = u(0), u(0), u(0)
            for k in range(8):
                a |= u(text[at + k]) << u(8 * k)
                b |= u(text[then + k]) << u(8 * k)
            if short:
                a ^= _FLIP_LOW
                b ^= _FLIP_HIGH
                for k in range(8):
                    swapped |= ((a >> u(8 * k)) & u(255)) << u(56 - 8 * k)
                h += swapped + b
            else:
                a ^= _S[secret]
                b ^= _S[secret + 8]
            # the 128 bits of a·b, folded
            low_low, high_low = (a & _HALF) * (b & _HALF), (a >> u(32)) * (b & _HALF)
            low_high, high_high = (a & _HALF) * (b >> u(32)), (a >> u(32)) * (b >> u(32))
            cross = (low_low >> u(32)) + (high_low & _HALF) + low_high
            upper = (high_low >> u(32)) + (cross >> u(32)) + high_high
            h += ((cross << u(32)) | (low_low & _HALF)) ^ upper
        h = (h ^ (h >> u(37))) * _MX1
        hashes[n] = h ^ (h >> u(32))
    return left


def buffers(texts: Any) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Offsets and bytes of an Arrow string array, also of a slice of one."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return ends, np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
