"""Make the lists of names and of words that redaction knows: python -m scripts.people_names FOLDER

FOLDER has the files dist.female.first, dist.male.first and dist.all.last of the 1990 census (U.S. Census Bureau, names
files; works of the U.S. government, in the public domain), e.g. as the sdist of the package `names` 0.3.0 carries them.
What is written in lower case in the training part of XED's English subtitles is a common word too: such a given name
is marked by being in a list of its own, and such a surname is left out. `finnish_words.txt` are words that come twice
or more in lower case in the training parts of FinnSentiment and XED (both CC BY 4.0). The same files give the same
lists.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks import corpora

REDACTION = Path(__file__).parent.parent / "src" / "polku" / "text" / "redaction"
SOURCE = "# U.S. Census Bureau, 1990 census, public domain; made by scripts/people_names.py"
SHORTEST = 3
FEWEST = 2


def main() -> None:
    folder = Path(sys.argv[1])
    common = _common_words()
    given = _names(folder / "dist.female.first") | _names(folder / "dist.male.first")
    _write("us_given_names.txt", given - common)
    _write("us_given_names_that_are_words.txt", given & common)
    _write("us_surnames.txt", _names(folder / "dist.all.last") - common)
    _write(
        "finnish_words.txt",
        _finnish_words(),
        source="# FinnSentiment and XED, CC BY 4.0; made by scripts/people_names.py",
    )


def _names(file: Path) -> set[str]:
    words = (
        line.split()[0].lower() for line in file.read_text(encoding="ascii").splitlines() if line.strip()
    )
    return {word for word in words if len(word) >= SHORTEST}


def _common_words() -> set[str]:
    train = (x.text for x in corpora.xed("en") if not corpora.is_held_out(x.text))
    return {word for text in train for word in re.findall(r"(?<![\w'’])[a-z]{3,}(?!\w)", text)}


def _finnish_words() -> set[str]:
    train = (
        x.text for x in (*corpora.finnsentiment(), *corpora.xed("fi")) if not corpora.is_held_out(x.text)
    )
    counts = Counter(word for text in train for word in re.findall(r"(?<![\w'’])[a-zåäö]{3,}(?!\w)", text))
    return {word for word, times in counts.items() if times >= FEWEST}


def _write(name: str, words: Iterable[str], *, source: str = SOURCE) -> None:
    lines = textwrap.wrap(" ".join(sorted(words)), 120)
    (REDACTION / name).write_text("\n".join([source, *lines, ""]), encoding="utf-8")
    print(f"{name}: {sum(len(line.split()) for line in lines):,} names")


if __name__ == "__main__":
    main()
