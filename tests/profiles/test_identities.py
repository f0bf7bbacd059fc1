from __future__ import annotations

import numpy as np
import pytest

from polku.errors import Conflict, NotFound
from polku.profiles.decisions import DecisionKind
from polku.profiles.identity import Identities
from polku.store import EventType
from polku.store.keys import identifier_key
from polku.workspace import Workspace
from tests.profiles.happenings import event, happen

MAIJA, MATTI = identifier_key("user_id", "maija"), identifier_key("user_id", "matti")
PHONE, LAPTOP = identifier_key("anonymous_id", "phone"), identifier_key("anonymous_id", "laptop")
EMAIL = identifier_key("email", "koti@example.fi")


def test_an_anonymous_visit_belongs_to_the_user_who_logs_in_later(workspace: Workspace) -> None:
    who = workspace.part(Identities)
    happen(workspace.store, event(anonymous="phone"))
    assert who.current().profile(PHONE) == PHONE
    before = who.resolve(workspace.store.snapshot)
    happen(workspace.store, event(user="maija", anonymous="phone", type=EventType.IDENTIFY))
    assert who.current().profile(PHONE) == MAIJA
    assert who.current().version == before.version
    assert before.profile(PHONE) == PHONE, "a resolved map does not change under its reader"


def test_same_from_scratch_as_by_and_by(workspace: Workspace, rng: np.random.Generator) -> None:
    who = workspace.part(Identities)
    for _ in range(30):
        users, devices = rng.integers(0, 12, 8), rng.integers(0, 25, 8)
        happen(
            workspace.store,
            *(
                event(user=f"u{u}", anonymous=f"a{d}", more=[("email", f"e{u % 5}@x.fi")] if d % 3 else None)
                for u, d in zip(users, devices, strict=True)
            ),
        )
        who.current()
    fresh = Identities(workspace).current()
    keys = workspace.store.snapshot.columns("identifiers", ["key"])["key"].to_numpy()
    assert who.current().edges == fresh.edges > 50
    assert (who.current().profiles(keys) == fresh.profiles(keys)).all()
    assert len(who.current().conflicts) == len(fresh.conflicts) > 5


def test_an_alias_cannot_join_two_known_users(workspace: Workspace) -> None:
    happen(workspace.store, event(user="maija"), event(user="matti"))
    happen(workspace.store, event(user="maija", more=[("previous_id", "matti")], type=EventType.ALIAS))
    now = workspace.part(Identities).current()
    assert (now.profile(MAIJA), now.profile(MATTI)) == (MAIJA, MATTI)
    assert [c.pair for c in now.conflicts] == [(min(MAIJA, MATTI), max(MAIJA, MATTI))]


def test_a_shared_email_cannot_join_two_known_users(workspace: Workspace) -> None:
    mail = [("email", "koti@example.fi")]
    happen(workspace.store, event(user="maija", more=mail), event(user="matti", more=mail))
    now = workspace.part(Identities).current()
    assert (now.profile(EMAIL), now.profile(MATTI)) == (MAIJA, MATTI)


def test_split_undo_and_split_again(workspace: Workspace) -> None:
    who = workspace.part(Identities)
    happen(workspace.store, event(user="maija", anonymous="phone"), event(user="maija", anonymous="laptop"))
    first = who.current().version
    split = who.decide(DecisionKind.SPLIT, [(PHONE, MAIJA)], who="anna", why="lent to a friend")
    assert (who.current().profile(PHONE), who.current().profile(LAPTOP)) == (PHONE, MAIJA)
    assert who.current().version != first
    who.undo(split.id, who="anna")
    assert who.current().profile(PHONE) == MAIJA
    who.decide(DecisionKind.SPLIT, [(MAIJA, PHONE)], who="anna")
    assert who.current().profile(PHONE) == PHONE
    happen(workspace.store, event(user="maija", anonymous="phone"))
    assert who.current().profile(PHONE) == PHONE, "a later event does not bring it back"
    assert [d.kind.value for d in who.decisions()] == ["split", "undo", "split"]


def test_an_undone_decision_cannot_be_undone_again(workspace: Workspace) -> None:
    who = workspace.part(Identities)
    made = who.decide(DecisionKind.SPLIT, [(PHONE, MAIJA)], who="anna")
    who.undo(made.id, who="anna")
    with pytest.raises(Conflict, match="does not hold"):
        who.undo(made.id, who="anna")
    with pytest.raises(NotFound):
        who.undo(999, who="anna")


def test_an_approved_review_joins_and_survives_a_restart(workspace: Workspace) -> None:
    who = workspace.part(Identities)
    happen(workspace.store, event(user="maija", anonymous="phone"), event(user="matti", anonymous="phone"))
    before = who.current()
    assert len(before.conflicts) == 1
    made = who.decide(DecisionKind.SAME, [(MAIJA, MATTI)], who="anna")
    happen(workspace.store, event(user="matti", anonymous="laptop"))
    for now in (who.current(), Identities(workspace).current()):
        assert {now.profile(k) for k in (MAIJA, MATTI, PHONE, LAPTOP)} == {MAIJA}
        assert now.conflicts == []
        assert now.version == before.version, "a mere merge"
    who.undo(made.id, who="anna")
    now = who.current()
    assert (now.profile(MATTI), now.profile(LAPTOP), now.profile(PHONE)) == (MATTI, MATTI, MAIJA)
    assert now.version != before.version


def test_a_rejected_review_never_comes_back(workspace: Workspace) -> None:
    who = workspace.part(Identities)
    happen(workspace.store, event(user="maija", anonymous="phone"), event(user="matti", anonymous="phone"))
    version = who.current().version
    who.decide(DecisionKind.DIFFERENT, [(MAIJA, MATTI)], who="anna")
    mail = [("email", "koti@example.fi")]
    happen(workspace.store, event(user="matti", more=mail), event(user="maija", more=mail))
    for now in (who.current(), Identities(workspace).current()):
        assert now.conflicts == []
        assert now.version == version


def test_supposing_changes_nothing(workspace: Workspace) -> None:
    who = workspace.part(Identities)
    happen(workspace.store, event(user="maija", anonymous="phone"))
    now = who.current()
    graph, near = who.supposing([], [PHONE])
    assert graph.members(PHONE) == [MAIJA, PHONE]
    assert near == {MAIJA, PHONE}
    assert who.current() is now


def test_blocks_follow_a_split(workspace: Workspace) -> None:
    happen(workspace.store, event(user="maija", anonymous="phone"), event(anonymous="phone"))
    blocks = workspace.engine.refresh()
    assert (blocks.profiles, blocks.events) == (1, 2)
    workspace.part(Identities).decide(DecisionKind.SPLIT, [(MAIJA, PHONE)], who="anna")
    blocks = workspace.engine.refresh()
    assert (blocks.profiles, blocks.events) == (2, 2)
