"""The company's own rules: put in force and undone, and whether a preview says what then happens."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from polku.db import Database
from polku.errors import Conflict, InvalidInput
from polku.profiles import store
from polku.profiles.decisions import DecisionKind
from polku.profiles.identity import Identities
from polku.profiles.rules import IdentityRules, RulesVersion
from polku.profiles.rules_queries import ProfileRules
from polku.profiles.rules_trial import RulesTrial, RulesTrials
from polku.store import Blocks
from polku.store.keys import identifier_key
from polku.workspace import Workspace
from tests.profiles.happenings import NOW, event, happen

MAIJA, MATTI = identifier_key("user_id", "maija"), identifier_key("user_id", "matti")
PHONE, LAPTOP = identifier_key("anonymous_id", "phone"), identifier_key("anonymous_id", "laptop")
TILL = "kassa@kauppa.fi"
ONE_DEVICE = IdentityRules(limits={"anonymous_id": 1})


def trial(workspace: Workspace, rules: IdentityRules) -> RulesTrial:
    return workspace.part(RulesTrials).trial(rules, asker=1)


def change(workspace: Workspace, rules: IdentityRules, who: str = "anna") -> RulesVersion:
    return workspace.part(Identities).change_rules(rules, who=who)


@pytest.fixture
def two_devices(workspace: Workspace) -> Workspace:
    """Maija on a phone and a laptop, each with a visit of its own."""
    happen(workspace.store, event(user="maija", anonymous="phone"), event(anonymous="phone"))
    happen(workspace.store, event(user="maija", anonymous="laptop"), event(anonymous="laptop"))
    return workspace


@pytest.fixture
def till(workspace: Workspace) -> Workspace:
    """Three visitors whose receipts bear the till's e-mail address, and one event of the till alone."""
    mail = [("email", TILL)]
    happen(workspace.store, *(event(anonymous=f"card-{i}", more=mail) for i in range(3)))
    happen(workspace.store, event(more=mail))
    return workspace


def test_another_limit_changes_who_is_who_in_the_past(two_devices: Workspace) -> None:
    who = two_devices.part(Identities)
    before = two_devices.engine.refresh()
    assert (before.profiles, before.events) == (1, 4)
    version = who.current().version
    change(two_devices, ONE_DEVICE)
    assert (who.current().profile(PHONE), who.current().profile(LAPTOP)) == (MAIJA, LAPTOP)
    assert who.current().version != version
    blocks = two_devices.engine.refresh()
    assert (blocks.profiles, blocks.events) == (2, 4)
    change(two_devices, IdentityRules())
    assert who.current().version == version
    assert (two_devices.engine.refresh().profiles, who.current().profile(LAPTOP)) == (1, MAIJA)


def test_rules_hold_after_a_restart_and_for_what_comes(two_devices: Workspace) -> None:
    change(two_devices, ONE_DEVICE)
    fresh = Identities(two_devices)
    assert fresh.rules == ONE_DEVICE
    for who in (fresh, two_devices.part(Identities)):
        assert who.current().profile(LAPTOP) == LAPTOP
    happen(two_devices.store, event(user="matti", anonymous="laptop"))
    assert two_devices.part(Identities).current().profile(LAPTOP) == MATTI


def test_a_value_of_ones_own_joins_nobody(till: Workspace) -> None:
    assert till.engine.refresh().profiles == 1
    change(till, IdentityRules(blocked=("KASSA@*.fi",)))
    blocks = till.engine.refresh()
    assert (blocks.profiles, blocks.events) == (3, 3)
    assert till.part(Identities).current().profile(identifier_key("email", TILL)) == 0


def test_the_order_decides_which_identifier_stays_out(workspace: Workspace) -> None:
    def say() -> list[dict[str, Any]]:
        more = [("email", "koti@example.fi"), ("phone", "040")]
        return [event(user="maija", more=[("email", "a@x.fi")]), event(user="matti", more=more)]

    happen(
        workspace.store, *say(), event(user="maija", more=[("phone", "040"), ("email", "koti@example.fi")])
    )
    assert workspace.part(Identities).current().profile(identifier_key("phone", "040")) == MATTI
    happen(workspace.store, event(anonymous="x", more=[("phone", "050"), ("email", "b@x.fi")]))
    happen(workspace.store, event(user="maija", anonymous="y", more=[("phone", "050"), ("email", "b@x.fi")]))
    keys = {
        v: identifier_key(t, v) for t, v in (("phone", "050"), ("email", "b@x.fi"), ("anonymous_id", "y"))
    }
    by_order = {}
    for order in (("user_id", "email"), ("user_id", "anonymous_id")):
        change(workspace, IdentityRules(limits={"anonymous_id": 1}, priority=order))
        now = workspace.part(Identities).current()
        by_order[order[1]] = [v for v, k in keys.items() if now.profile(k) == MAIJA]
    assert by_order == {"email": ["050", "b@x.fi"], "anonymous_id": ["y"]}


def test_rules_that_cannot_be_kept_change_nothing(two_devices: Workspace) -> None:
    who = two_devices.part(Identities)
    before = who.current()
    for wrong in (IdentityRules(limit=0), IdentityRules(priority=("email",))):
        with pytest.raises(InvalidInput):
            change(two_devices, wrong)
        with pytest.raises(InvalidInput):
            trial(two_devices, wrong)
    assert who.current() is before
    assert ProfileRules().answer(two_devices).number == 0


def test_the_history_is_kept_and_repetition_is_none(two_devices: Workspace) -> None:
    one = change(two_devices, ONE_DEVICE)
    assert change(two_devices, ONE_DEVICE, who="ville") == one
    change(two_devices, IdentityRules(blocked=(TILL,)), who="ville")
    told = ProfileRules().answer(two_devices)
    assert (told.number, told.rules, told.changed_by) == (2, IdentityRules(blocked=(TILL,)), "ville")
    assert told.changed_at is not None
    assert [(v.number, v.rules, v.changed_by) for v in told.earlier] == [
        (1, ONE_DEVICE, "anna"),
        (0, IdentityRules(), ""),
    ]
    assert [(t.type, t.limit, t.identifiers) for t in told.types] == [
        ("user_id", 1, 1),
        ("email", 5, 0),
        ("anonymous_id", 5, 2),
    ]


def test_rules_are_rows_that_are_only_added(tables: Database) -> None:
    with tables.session(read_only=True) as session:
        assert store.rules_in_force(session) == RulesVersion(0, IdentityRules())
    given = [
        IdentityRules(100, {"email": 1, "käyttäjä": 7}, ("user_id", "phone"), ("ä'\"\\%*", TILL)),
        IdentityRules(),
    ]
    for rules in given:
        with tables.session() as session:
            store.append_rules(session, RulesVersion(0, rules, "Åsa " * 50, NOW))
    with tables.session(read_only=True) as session:
        versions = store.rules_versions(session)
        assert store.rules_in_force(session) == versions[-1]
    assert [v.number for v in versions] == [0, 1, 2]
    assert [v.rules for v in versions[1:]] == given
    assert versions[1].changed_at == NOW


def test_a_preview_counts_and_names_who_comes_apart(two_devices: Workspace) -> None:
    found = trial(two_devices, ONE_DEVICE)
    assert (found.customers_now, found.customers_then, found.split, found.joined) == (1, 2, 1, 0)
    [example] = found.splits
    assert [(p.id, p.name) for p in example.before] == [(f"{MAIJA:016x}", "maija")]
    assert [(p.name, p.events) for p in example.after] == [("maija", 3), ("Visitor laptop", 1)]
    assert (example.customers, example.more) == (2, 0)
    assert not found.changes_nothing
    assert trial(two_devices, IdentityRules()).changes_nothing
    assert two_devices.part(Identities).rules == IdentityRules(), "nothing is changed"


def test_of_who_comes_apart_only_pieces_with_events_are_told(two_devices: Workspace) -> None:
    happen(two_devices.store, event(user="maija", more=[("email", TILL)]))
    rules = IdentityRules(limits={"anonymous_id": 1}, blocked=(TILL,))
    [example] = trial(two_devices, rules).splits
    assert ([p.name for p in example.after], example.more) == (["maija", "Visitor laptop"], 0)
    [example] = trial(two_devices, IdentityRules(blocked=(TILL,))).losses
    assert [(p.id == "", p.events) for p in example.after] == [(False, 5), (True, 0)], "else all are"


def test_a_preview_names_who_would_be_joined(two_devices: Workspace) -> None:
    change(two_devices, ONE_DEVICE)
    found = trial(two_devices, IdentityRules())
    assert (found.customers_now, found.customers_then, found.split, found.joined) == (2, 1, 0, 1)
    assert [p.name for p in found.joins[0].before] == ["maija", "Visitor laptop"]
    assert [(p.name, p.events) for p in found.joins[0].after] == [("maija", 4)]


def test_a_preview_says_what_each_value_concerns(till: Workspace) -> None:
    happen(till.store, event(user="null", anonymous="card-0", more=[("name", "Nolla")]))
    found = trial(till, IdentityRules(blocked=(TILL, "nobody@*.fi")))
    assert (found.customers_now, found.customers_then, found.split) == (1, 3, 1)
    assert found.events_to_nobody == 1
    told = [(b.value, b.identifiers, b.events, b.seen_with, b.found) for b in found.blocked]
    assert told == [
        (TILL, 1, 1, 3, (TILL,)),
        ("nobody@*.fi", 0, 0, 0, ()),
        ("", 1, 1, 1, ("null",)),
    ]


def test_a_preview_names_what_limits_keep_apart_from_very_many(till: Workspace) -> None:
    mail = [("email", TILL)]
    happen(till.store, *(event(anonymous=f"card-{i}", more=mail) for i in range(3, 14)))
    assert trial(till, IdentityRules()).crowded == (), "nine are kept apart"
    happen(till.store, event(anonymous="card-14", more=mail))
    assert [(c.type, c.value, c.seen_with) for c in trial(till, IdentityRules()).crowded] == [
        ("email", TILL, 15)
    ]
    assert trial(till, IdentityRules(limit=6)).crowded == ()
    assert trial(till, IdentityRules(blocked=(TILL,))).crowded == ()
    happen(till.store, *(event(user="maija", anonymous=f"device-{i}") for i in range(30)))
    assert [c.value for c in trial(till, IdentityRules()).crowded] == [TILL], (
        "a customer may have many devices"
    )


def test_an_empty_folder_can_be_previewed(workspace: Workspace) -> None:
    found = trial(workspace, ONE_DEVICE)
    assert (found.customers_now, found.customers_then) == (0, 0)
    assert found.changes_nothing


def test_who_asks_again_does_not_wait_for_the_first_answer(two_devices: Workspace) -> None:
    trials = two_devices.part(RulesTrials)
    told: list[str] = []

    def ask() -> None:
        try:
            trials.trial(ONE_DEVICE, asker=7)
            told.append("answered")
        except Conflict as e:
            told.append(e.message)

    threads = []
    with trials.alone:
        for number in range(1, 4):
            threads.append(threading.Thread(target=ask))
            threads[-1].start()
            while trials.asked(7) < number:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join()
    assert sorted(told) == ["You have asked for another preview meanwhile."] * 2 + ["answered"]


def _owners(blocks: Blocks) -> dict[int, int]:
    """The profile of each event that belongs to one, by the event's number."""
    found = {}
    for block in blocks.blocks:
        whose = np.repeat(block.profiles, np.diff(block.offsets))
        found |= dict(zip(block.seq.tolist(), whose.tolist(), strict=True))
    return found


def _several(before: dict[int, int], after: dict[int, int]) -> int:
    """How many owners of one way have events of several of the other."""
    into: dict[int, set[int]] = {}
    for seq in before.keys() & after.keys():
        into.setdefault(before[seq], set()).add(after[seq])
    return sum(len(others) > 1 for others in into.values())


def _differing(before: dict[int, int], after: dict[int, int], with_events: set[int]) -> set[int]:
    """Whose identifiers (0: nobody's) are not all somebody's, and the same one's, the other way."""
    into: dict[int, set[int]] = {}
    for key, owner in before.items():
        into.setdefault(owner, set()).add(after[key])
    return {o for o, others in into.items() if o in with_events and (len(others) > 1 or 0 in others)}


def _made_up_events(rng: np.random.Generator, n: int) -> Iterator[dict[str, Any]]:
    values = {"email": [TILL, "a@x.fi", "b@x.fi", "test"], "phone": ["040", "050", "000"]}
    for _ in range(n):
        more = [(t, str(rng.choice(v))) for t, v in values.items() if rng.random() < 0.3]
        user = f"u{rng.integers(9)}" if rng.random() < 0.4 else None
        device = f"d{rng.integers(14)}" if rng.random() < 0.8 else None
        if user or device or more:
            yield event(user=user, anonymous=device, more=more)


def _made_up_rules(rng: np.random.Generator) -> IdentityRules:
    types = ["email", "phone", "anonymous_id"]
    limits = {t: int(rng.integers(1, 4)) for t in types if rng.random() < 0.6}
    order = [str(t) for t in rng.permutation(types)[: rng.integers(4)]]
    blocked = tuple(v for v in (TILL, "d12", "u[0-9]", "*x.fi") if rng.random() < 0.3)
    return IdentityRules(int(rng.integers(1, 6)), limits, ("user_id", *order), blocked)


@pytest.mark.parametrize("seed", range(4))
def test_what_a_preview_says_is_what_happens(workspace: Workspace, seed: int) -> None:
    rng, who = np.random.default_rng(seed), workspace.part(Identities)
    told: Counter[str] = Counter()
    for _ in range(8):
        happen(workspace.store, *_made_up_events(rng, 12))
        if rng.random() < 0.3:
            pair = identifier_key("user_id", "u1"), identifier_key("user_id", "u2")
            who.decide(DecisionKind.SAME, [pair], who="anna")
        keys = workspace.store.snapshot.columns("identifiers", ["key"])["key"].to_numpy()
        rules = _made_up_rules(rng)
        found = trial(workspace, rules)
        before, map_before = _owners(workspace.engine.refresh()), who.current().profiles(keys)
        change(workspace, rules)
        after, map_after = _owners(workspace.engine.refresh()), who.current().profiles(keys)
        assert found.customers_now == len(set(before.values()))
        assert found.customers_then == len(set(after.values()))
        assert found.split == _several(before, after)
        assert found.joined == _several(after, before)
        assert found.events_to_nobody == len(before.keys() - after.keys())
        assert found.events_from_nobody == len(after.keys() - before.keys())
        old = dict(zip(keys.tolist(), map_before.tolist(), strict=True))
        new = dict(zip(keys.tolist(), map_after.tolist(), strict=True))
        assert found.split + found.losing == len(_differing(old, new, set(before.values())))
        assert found.joined + found.gaining == len(_differing(new, old, set(after.values())))
        told.update(
            split=found.split, joined=found.joined, losing=found.losing, nobody=found.events_to_nobody
        )
    assert min(told[k] for k in ("split", "joined", "losing")) > 0, "these events try nothing"
