"""A text as hashed features: words, pairs and triples of words, word beginnings, and what is inside words.

The same code makes the features that the shipped models were trained on and those that they are asked about.
Letters are folded (ä → a, å → a, ö → o), so that "hyva palvelu" is "hyvä palvelu". Words within reach of a negation
are features of their own ("ei toimi" is not "toimi"). A text is the set of its features, each of weight 1/√(number of
features): length itself says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from polku.store.kernels import kernel

BITS = 20
BUCKETS = 1 << BITS
REACH = 3
"""How many words after a negation it is taken to reach, at most to the end of the clause."""
MOST_CHARACTERS = 20_000
"""What comes later in one text no longer changes what it says as a whole."""

_FOLD = str.maketrans(
    {"å": "a", "ä": "a", "ö": "o", "š": "s", "ž": "z", "é": "e", "è": "e"} | dict.fromkeys("’´`", "'")
)
_NOT_SAID = re.compile(r"https?://\S{1,2000}|www\.\S{1,2000}|@\w{1,50}|\[\w{1,20}\]")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[!?]+|\.\.+|[^\w\s]{2,}|[^\w\s]")
_REPEATED = re.compile(r"(.)\1{2,}")
_DIGIT = re.compile(r"\d")
_NEGATIONS = frozenset(
    [
        "ei",
        "en",
        "et",
        "emme",
        "ette",
        "eivat",
        "eika",
        "enka",
        "etka",
        "alka",
        "ala",
        "alkaa",
        "alkoon",
        "ilman",
        "tuskin",
        "not",
        "no",
        "never",
        "cannot",
        "nor",
        "without",
        "hardly",
        "barely",
        "ain't",
        "don't",
        "didn't",
        "doesn't",
        "isn't",
        "wasn't",
        "aren't",
        "weren't",
        "won't",
        "can't",
        "couldn't",
        "wouldn't",
        "shouldn't",
        "haven't",
        "hasn't",
        "hadn't",
        "dont",
        "didnt",
        "doesnt",
        "isnt",
        "wasnt",
        "cant",
        "wont",
        "couldnt",
        "wouldnt",
        "nothing",
        "nobody",
    ]
)


@dataclass(frozen=True, slots=True)
class Features:
    """Features of texts: those of text i are `buckets[offsets[i] : offsets[i + 1]]`, in order, each once."""

    buckets: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def words_said(text: str) -> list[str]:
    """Folded words, numbers (digits as 0) and punctuation; addresses, handles and placeholders say nothing."""
    said = unicodedata.normalize("NFC", text[:MOST_CHARACTERS]).lower()
    said = _REPEATED.sub(r"\1\1", _NOT_SAID.sub(" ", said).translate(_FOLD))
    return _TOKEN.findall(_DIGIT.sub("0", said))


def features(texts: Sequence[str]) -> Features:
    """The features of texts.

    >>> len(features(["Hyvä palvelu!", ""]))
    2
    """
    words: list[str] = []
    starts, negated, documents = [0], [], [0]
    for text in texts:
        left = 0
        for word in words_said(text):
            starts.append(starts[-1] + len(word))
            is_word = word[0].isalnum()
            negated.append(is_word and left > 0)
            left = REACH if word in _NEGATIONS else left - 1 if is_word else 0
            words.append(word)
        documents.append(len(words))
    letters = np.frombuffer("".join(words).encode("utf-32-le", "replace"), np.uint32)
    most = len(words) * (_PER_WORD + 2 * _SIZES) + len(letters) * _SIZES
    buckets, offsets = np.empty(most, np.int32), np.zeros(len(documents), np.int64)
    _hash(
        letters,
        np.array(starts, np.int64),
        np.array(negated, np.bool_),
        np.array(documents, np.int64),
        np.int64(BUCKETS - 1),
        buckets,
        offsets,
    )
    return Features(buckets[: offsets[-1]].copy(), offsets)


_PER_WORD = 7  # what `_hash` writes for a word at most, beside what is inside it
_SIZES = 4  # of what is inside words: 2 to 5 letters, the space at both ends counted


@kernel("u4[] i8[] b1[] i8[] i8 i4[:] i8[:]", awaited=False)
def _hash(letters, starts, negated, documents, mask, buckets, offsets):  # type: ignore[no-untyped-def]
    prime, basis, spread = (
        np.uint64(0x100000001B3),
        np.uint64(0xCBF29CE484222325),
        np.uint64(0x9E3779B97F4A7C15),
    )
    shift, all_ones = np.uint64(40), np.uint64(mask)
    n = 0
    for document in range(len(documents) - 1):
        first = n
        before, before_that, start_before = np.uint64(1), np.uint64(1), np.uint64(1)
        for t in range(documents[document], documents[document + 1]):
            a, b = starts[t], starts[t + 1]
            word = basis ^ np.uint64(1)
            beginning = word
            for i in range(a, b):
                word = (word ^ np.uint64(letters[i])) * prime
                if i - a < 5:
                    beginning = word
            beginning ^= np.uint64(1 << 20)
            made = (
                word,
                word * np.uint64(31) + before,
                word * np.uint64(41) + before * np.uint64(43) + before_that * np.uint64(47),
                beginning,
                beginning * np.uint64(37) + start_before,
                word + np.uint64(77),
                beginning + np.uint64(79),
            )
            for k in range(7 if negated[t] else 5):
                buckets[n] = np.int32(((made[k] * spread) >> shift) & all_ones)
                n += 1
            for i in range(a - 1, b):
                inside = basis ^ np.uint64(5)
                for j in range(i, min(i + 5, b + 1)):
                    letter = np.uint64(letters[j]) if a <= j < b else np.uint64(32)
                    inside = (inside ^ letter) * prime
                    if j > i:
                        buckets[n] = np.int32(((inside * spread) >> shift) & all_ones)
                        n += 1
            before_that, before, start_before = before, word, beginning
        of_text = buckets[first:n]
        of_text.sort()
        last, n_of_all = np.int32(-1), first
        for i in range(first, n):
            if buckets[i] != last:
                last = buckets[i]
                buckets[n_of_all] = last
                n_of_all += 1
        n = n_of_all
        offsets[document + 1] = n
