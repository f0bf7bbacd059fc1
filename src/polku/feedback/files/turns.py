"""Conversations: who said what in turn, who of them is a customer, and what the customers said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

MOST_SPEAKERS: Final = 200
"""Speakers that are told apart when it is guessed who is who."""
_STAFF: Final = re.compile(
    r"\b(?:interviewer|moderator|facilitator|researcher|agent|advisor|support|bot|operator|representative|rep|host|"
    r"haastattelija\w*|moderaattori|tutkija|asiakaspalvelija|asiakaspalvelu|aspa|neuvoja|myyjä|virkailija|botti|"
    r"intervjuare)\b|^(?:I|H|Q|K|INT)\d?$",
    re.I,
)
_CUSTOMER: Final = re.compile(
    r"\b(?:customer|client|respondent|interviewee|participant|user|visitor|guest|"
    r"asiakas|haastateltava|vastaaja|osallistuja|käyttäjä|kävijä|kund)\b|^(?:P|R|A|V)\d{0,2}$",
    re.I,
)
_NAMED: Final = re.compile(
    r"^(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?\)?\]?\s*[-–]?\s*)?"
    r"(?P<who>[^\W_][\w.'’&()/ -]{0,48}?)(?:\s+\[?\(?\d{1,2}:\d{2}(?::\d{2})?\)?\]?)?\s?:(?=\s|$)\s*(?P<said>.*)$"
)
_MOST_WORDS_OF_A_NAME: Final = 4
_FEWEST_TURNS: Final = 2
_SHARE_NAMED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said without anybody else between; `speaker` is "" where it is not told who."""

    speaker: str
    text: str
    conversation: str = ""
    at: datetime | None = None
    user_id: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """`is_staff` says whether their words are left out: they speak for the company."""

    name: str
    turns: int
    words: int
    questions: int
    is_staff: bool = False


def joined(said: Iterable[Turn]) -> Iterator[Turn]:
    """Turns in which each speaker speaks until another does."""
    held: list[Turn] = []
    for one in said:
        if held and (one.speaker, one.conversation) != (held[0].speaker, held[0].conversation):
            yield _one(held)
            held = []
        held.append(one)
    if held:
        yield _one(held)


def _one(held: list[Turn]) -> Turn:
    first = held[0]
    text = " ".join(t.text for t in held)
    return Turn(first.speaker, text, first.conversation, first.at, first.user_id, first.email)


def speakers(said: Iterable[Turn]) -> tuple[Speaker, ...]:
    """Who speaks, in order of how much, with a guess of who speaks for the company.

    Roles in names decide. Of two or more without any, whoever asks most questions by turn is the interviewer, if more
    than a third of their turns are questions.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for turn in said:
        if turn.speaker not in counts and len(counts) >= MOST_SPEAKERS:
            continue
        count = counts[turn.speaker]
        count[0] += 1
        count[1] += turn.text.count(" ") + 1
        count[2] += "?" in turn.text
    staff = {name for name in counts if _STAFF.search(name) and not _CUSTOMER.search(name)}
    told = staff or any(_CUSTOMER.search(name) for name in counts)
    if not told and len(counts) > 1:
        asks = {name: q / turns for name, (turns, _, q) in counts.items() if name}
        most = max(asks, key=lambda name: asks[name], default="")
        staff = {most} if asks.get(most, 0) > 1 / 3 else set()
    return tuple(
        Speaker(name, turns, words, questions, name in staff)
        for name, (turns, words, questions) in sorted(counts.items(), key=lambda c: -c[1][1])
    )


def transcript(paragraphs: Iterable[str]) -> list[Turn] | None:
    """Paragraphs of a transcript ("Name: words", also with a time before) as turns; None if they are none.

    They are one when half of them begin with a name, and a name comes twice. A paragraph without a name goes on with
    what was said before.
    """
    kept = [p.strip() for p in paragraphs if p.strip()]
    found = [_NAMED.match(p) for p in kept]
    names = [m["who"].strip() if m and _is_name(m["who"]) else "" for m in found]
    spoken = [n for n in names if n]
    if (
        len(spoken) < _FEWEST_TURNS
        or len(spoken) < _SHARE_NAMED * len(kept)
        or len(set(spoken)) == len(spoken) > 2
    ):
        return None
    turns: list[Turn] = []
    for paragraph, name, match in zip(kept, names, found, strict=True):
        if name and match:
            turns.append(Turn(name, match["said"].strip()))
        elif turns:
            turns.append(Turn(turns[-1].speaker, paragraph))
    return [t for t in joined(turns) if t.text.strip()]


def _is_name(who: str) -> bool:
    return len(who.split()) <= _MOST_WORDS_OF_A_NAME and (
        who[0].isupper() or bool(_STAFF.search(who) or _CUSTOMER.search(who))
    )
