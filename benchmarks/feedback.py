"""Searching a million stored comments, and how fast they are stored: `python -m benchmarks.feedback [comments]`.

Comments are put together of phrases, with words inflected as people do and a long tail of rare ones; what they say
is taken from the analysis of the phrases, so that what is measured is storing and searching, not the models
(`benchmarks.listening` measures those).
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from polku.feedback.file import CommentFile, Read
from polku.feedback.said import Said
from polku.feedback.search import Wanted, search
from polku.text import analyzed

COMMENTS = 1_000_000
BATCH = 5_000
PHRASES = (
    "Toimitus oli myöhässä jo toisen kerran.", "Toimituksen kanssa oli ongelmia.", "Paketti tuli rikkinäisenä perille.",
    "Asiakaspalvelijanne oli todella ystävällinen.", "Jonotin puhelimessa tunnin.", "Hinta oli liian korkea.",
    "Laskussa oli virhe.", "Verkkokaupassanne on helppo asioida.", "Tuotteen laatu yllätti iloisesti.",
    "Palautus kesti kolme viikkoa.", "En saanut vastausta sähköpostiini.", "Suosittelen teitä ystävillenikin!",
    "The delivery was late again.", "Your staff were very helpful.", "I waited on the phone for an hour.",
    "The invoice was wrong.", "It is easy to buy from you.", "The quality is excellent.",
)  # fmt: skip
LETTERS = str.maketrans("0123456789", "aeioubcdfg")
SEARCHES = {
    "a common word": Wanted("toimitus"),
    "an inflected word": Wanted("laskuissa"),
    "two words": Wanted("toimituksen hinta"),
    "three words": Wanted("paketti puhelin virhe"),
    "a rare word": Wanted("zq4711".translate(LETTERS)),
    "a beginning": Wanted("asiakaspalv*"),
    "a word, negative": Wanted("toimitus", sentiment="negative"),
    "a word at a touchpoint": Wanted("toimitus", touchpoint="t7"),
    "a word in a month": Wanted("toimitus", low=1_760_000_000, high=1_762_592_000),
    "negative, of a level": Wanted(sentiment="negative", level="action"),
    "no word": Wanted(),
}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COMMENTS
    rng = np.random.default_rng(1)
    of_phrases = analyzed(PHRASES, expected="fi")
    with tempfile.TemporaryDirectory() as folder:
        file = CommentFile(Path(folder))
        file.prepare(1)
        start = time.perf_counter()
        for at in range(0, count, BATCH):
            file.add([_read(at + i, rng, of_phrases) for i in range(min(BATCH, count - at))], seq=at + BATCH)
        took = time.perf_counter() - start
        size = file.path.stat().st_size
        print(
            f"stored {count:,} comments, {count / took:,.0f}/s without analysis, {size / count:,.0f} bytes each"
        )
        every = []
        for name, wanted in SEARCHES.items():
            times = []
            for _ in range(9):
                start = time.perf_counter()
                with file.reading() as connection:
                    hits = search(connection, wanted, limit=50)
                times.append(1000 * (time.perf_counter() - start))
            every += times
            found = f"{hits.total:,}{'+' if hits.more else ''}"
            print(f"search {name}: {median(times):.1f} ms, slowest {max(times):.1f} ms, found {found}")
        print(f"search of {count:,} comments: {median(every):.1f} ms at the median of all")


def _read(nth, rng, of_phrases):  # type: ignore[no-untyped-def]  # a benchmark's own
    from dataclasses import replace

    chosen = rng.integers(0, len(PHRASES), int(rng.integers(1, 4)))
    rare = f"zq{int(rng.zipf(1.2)) % 200_000}".translate(LETTERS)
    text = " ".join([*(PHRASES[i] for i in chosen), rare])
    told = of_phrases[int(chosen[0])]
    told = replace(told, redacted=replace(told.redacted, text=text))
    at = 1_700_000_000 + int(rng.integers(0, 80_000_000))
    touchpoint = f"t{int(rng.integers(0, 12))}"
    return Read(Said(nth + 1, 0, int(rng.integers(1, 300_000)), at, touchpoint, None, None, text), told)


if __name__ == "__main__":
    main()
