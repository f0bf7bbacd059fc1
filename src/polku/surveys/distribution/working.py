"""Working through the list of a mailing, a part at a time: first what would come of it, then, when told to, the doing.

Each part is one unit of work with how far it got: whoever is stopped in the middle goes on behind the last whole part,
so that nobody is forgotten and nobody asked twice.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from polku.errors import InvalidInput, PolkuError
from polku.sheets import Row
from polku.surveys.distribution import lists, planning, store
from polku.surveys.distribution.addresses import Entry, Fault, entries
from polku.surveys.distribution.people import keep_recipients
from polku.surveys.distribution.planning import Listed
from polku.surveys.distribution.rules import AskingRules, read_rules
from polku.surveys.distribution.segments import members
from polku.surveys.distribution.store import Mailing
from polku.surveys.inviting import Decision
from polku.surveys.known import KnownSurveys
from polku.workspace import Workspace

log = logging.getLogger(__name__)

A_PART: Final = 1_000
FAULTS_KEPT: Final = 1_000
"""Lines that cannot be written to, of which it is told what stands on them; all are counted."""
EXAMPLES: Final = 50


def take_list(workspace: Workspace, mailing: Mailing, rows: Iterator[Row]) -> Mailing:
    """Keep the list of a mailing, to be looked through. Raises InvalidInput for one without an address."""
    faults: list[Fault] = []
    bad = 0

    def good() -> Iterator[Entry]:
        nonlocal bad
        for one in entries(rows, mailing.channel):
            if isinstance(one, Entry):
                yield one
                continue
            bad += 1
            if len(faults) < FAULTS_KEPT:
                faults.append(one)

    try:
        total = lists.write(workspace, str(mailing.id), good())
    except PolkuError:
        forget(workspace, mailing)
        raise
    if not total:
        forget(workspace, mailing)
        raise InvalidInput("There is no address that can be written to.", field="addresses")
    told = {"faults": [[f.line, f.given] for f in faults], "bad": bad}
    return _kept(workspace, mailing, total, told)


def take_segment(workspace: Workspace, mailing: Mailing) -> Mailing:
    """Keep who is in the segment of a mailing now. Raises InvalidInput for one without anybody."""
    those = members(workspace, mailing.who)
    if not len(those):
        forget(workspace, mailing)
        raise InvalidInput("Nobody is in this segment now.", field="who")
    total = lists.write(workspace, str(mailing.id), (Entry(0, f"{p:016x}") for p in those.tolist()))
    return _kept(workspace, mailing, total, {})


def work(workspace: Workspace, now: datetime, *, seconds: float, only: int | None = None) -> int:
    """Go on with mailings (or the one with this number) for so long; how many entries were looked at.

    One that cannot be gone on with does not stop the others.
    """
    until, done = time.monotonic() + seconds, 0
    with workspace.db.session(read_only=True) as session:
        found = store.at_work(session) if only is None else [store.mailing(session, only)]
    for mailing in found:
        try:
            while mailing.state in store.AT_WORK and time.monotonic() < until:
                looked = part(workspace, mailing, now)
                done += looked
                with workspace.db.session(read_only=True) as session:
                    mailing = store.mailing(session, mailing.id)
                if not looked:
                    break
        except PolkuError as e:
            log.error("mailing_waits mailing=%d reason=%s", mailing.id, e.message)
    return done


def part(workspace: Workspace, mailing: Mailing, now: datetime) -> int:
    """The next part of a mailing's list; how many entries it had. One of a closed survey waits."""
    asked = workspace.part(KnownSurveys).by_key(mailing.survey)
    if not asked.open:
        return 0
    found, read_to = lists.read(workspace, str(mailing.id), mailing.read_to, A_PART)
    with workspace.db.session(read_only=True) as session:
        rules = read_rules(session)
    listed = candidates(workspace, mailing, found, rules, now)
    is_last = len(found) < A_PART
    limits = planning.rules_of(workspace, rules, mailing.share)
    with workspace.db.session() as session:
        decisions = planning.decided(session, listed.candidates, limits, now)
        told = _added(mailing.told, decisions, len(listed.candidates), is_first=not mailing.read_to)
        if mailing.state == "looking":
            if not store.advance(session, mailing, read_to, told, "planned" if is_last else "looking"):
                return 0
            return len(found)
        if not store.advance(session, mailing, read_to, told, "done" if is_last else "sending"):
            return 0
        planning.put_down(session, asked, decisions, rules, now, mailing.channel)
        going = [d.candidate.profile for d in decisions if d.send_at]
        keep_recipients(
            session, mailing.survey, {p: listed.addresses[p] for p in going if p in listed.addresses}, now
        )
    if is_last:
        lists.remove(workspace, str(mailing.id))
    return len(found)


def candidates(
    workspace: Workspace, mailing: Mailing, found: Sequence[Entry], rules: AskingRules, now: datetime
) -> Listed:
    """Those of some entries of a mailing's list."""
    if mailing.kind == "segment":
        profiles = [int(e.address, 16) for e in found]
        return planning.of_segment(workspace, mailing, profiles, rules.consent_trait, now)
    return planning.of_list(workspace, mailing, [e.address for e in found], rules.consent_trait, now)


def examples(workspace: Workspace, mailing: Mailing, now: datetime) -> Sequence[Decision]:
    """What would come of the first entries, those first that would not be asked."""
    found, _ = lists.read(workspace, str(mailing.id), 0, EXAMPLES)
    with workspace.db.session(read_only=True) as session:
        rules = read_rules(session)
        listed = candidates(workspace, mailing, list(islice(found, EXAMPLES)), rules, now)
        limits = planning.rules_of(workspace, rules, mailing.share)
        decisions = planning.decided(session, listed.candidates, limits, now)
    return sorted(decisions, key=lambda d: d.send_at is not None)


def forget(workspace: Workspace, mailing: Mailing) -> None:
    """Forget a mailing that has not gone, with its list. Raises NotFound, Conflict."""
    with workspace.db.session() as session:
        store.drop(session, mailing.id, mailing.survey)
    lists.remove(workspace, str(mailing.id))


def _kept(workspace: Workspace, mailing: Mailing, total: int, told: dict[str, Any]) -> Mailing:
    with workspace.db.session() as session:
        store.set_total(session, mailing.id, total)
        store.advance(session, mailing, 0, told, "looking")
        return store.mailing(session, mailing.id)


def _added(told: Any, decisions: Sequence[Decision], listed: int, *, is_first: bool) -> dict[str, Any]:
    """What came of looking so far, with that of one more part."""
    before = {} if is_first else told
    reasons = Counter(before.get("reasons", {})) + Counter(d.reason for d in decisions if d.send_at is None)
    times = [d.send_at.isoformat() for d in decisions if d.send_at]
    first = before.get("first_at")
    return {k: told[k] for k in ("faults", "bad") if k in told} | {
        "sent": before.get("sent", 0) + len(times),
        "reasons": dict(reasons),
        "before": before.get("before", 0) + listed - len(decisions),
        "first_at": min([*times, *([first] if first else [])], default=None),
    }
