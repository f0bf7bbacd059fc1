"""The rules by themselves: what they block, and what cannot be kept."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import InvalidInput
from polku.i18n import use_language
from polku.profiles.rules import (
    LONGEST_BLOCKED,
    MOST_BLOCKED,
    MOST_OF_A_TYPE,
    IdentityRules,
    RulesVersion,
    check,
    problems,
)
from polku.profiles.rules_history import Difference, changes, differences

TILL = "kassa@kauppa.fi"


def blocks(blocked: str, value: str) -> bool:
    values = pa.chunked_array([[value]], pa.string())
    return bool(IdentityRules(blocked=(blocked,)).are_blocked(values)[0])


@pytest.mark.parametrize(
    ("blocked", "value", "yes"),
    [
        (TILL, " Kassa@Kauppa.FI ", True),
        ("KASSA@kauppa.fi", TILL, True),
        (TILL, "kassa@kauppaxfi", False),
        (TILL, "oma-kassa@kauppa.fi", False),
        ("test*@kauppa.fi", "test@kauppa.fi", True),
        ("test*@kauppa.fi", "test1@kauppa.fi", True),
        ("test*@kauppa.fi", "test1@kauppa.fi.example", False),
        ("*.invalid", "x\ny.invalid", True),
        ("ab*ba", "aba", False),
        ("(a|b)+$", "a", False),
        ("Ääkköset*", "ÄÄKKÖSET 1", True),
    ],
)
def test_values_of_ones_own_mean_nobody(blocked: str, value: str, yes: bool) -> None:
    assert blocks(blocked, value) is yes


def test_what_polku_blocks_stays_blocked() -> None:
    values = pa.chunked_array([["null", "0000", TILL, "maija"]])
    assert IdentityRules(blocked=(TILL,)).are_blocked(values).tolist() == [True, True, True, False]


texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=3, max_size=12)


@given(blocked=texts, value=texts)
def test_nothing_but_a_star_means_more_than_itself(blocked: str, value: str) -> None:
    usual = bool(IdentityRules().are_blocked(pa.chunked_array([[value]]))[0])
    parts = [re.escape(p) for p in blocked.lower().split("*")]
    fits = re.fullmatch("[^\0]*".join(parts), value.lower()) is not None
    assert blocks(blocked, value) is (fits or usual)
    assert blocks(blocked, blocked.replace("*", value))


def test_as_many_and_as_long_values_as_are_allowed_can_be_looked_for() -> None:
    longest = tuple(f"{i:03}{'ä*' * ((LONGEST_BLOCKED - 3) // 2)}" for i in range(MOST_BLOCKED))
    rules = IdentityRules(blocked=longest)
    check(rules)
    found = rules.are_blocked(pa.chunked_array([["007" + "äxx" * LONGEST_BLOCKED, "maija"]]))
    assert found.tolist() == [True, False]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (IdentityRules(limit=0), "limit"),
        (IdentityRules(limit=MOST_OF_A_TYPE + 1), "limit"),
        (IdentityRules(limits={"email": 0}), "limits.email"),
        (IdentityRules(limits={"user_id": 2}), "limits.user_id"),
        (IdentityRules(limits={"name": 2}), "limits.name"),
        (IdentityRules(limits={"": 2}), "limits."),
        (IdentityRules(limits={f"t{i}": 2 for i in range(51)}), "limits"),
        (IdentityRules(priority=("email", "user_id")), "priority"),
        (IdentityRules(priority=()), "priority"),
        (IdentityRules(priority=("user_id", "email", "email")), "priority"),
        (IdentityRules(priority=("user_id", "name")), "priority"),
        (IdentityRules(blocked=("*",)), "blocked"),
        (IdentityRules(blocked=("  ",)), "blocked"),
        (IdentityRules(blocked=("a*b",)), "blocked"),
        (IdentityRules(blocked=("x" * (LONGEST_BLOCKED + 1),)), "blocked"),
        (IdentityRules(blocked=tuple(map(str, range(MOST_BLOCKED + 1)))), "blocked"),
    ],
)
def test_what_cannot_be_kept_is_told_by_field_and_language(rules: IdentityRules, field: str) -> None:
    with use_language("fi"):
        assert list(problems(rules)) == [field]
        with pytest.raises(InvalidInput, match=re.escape(field)) as refused:
            check(rules)
    assert list(refused.value.details["fields"]) == [field]  # type: ignore[arg-type]
    with use_language("fi"):
        assert problems(rules)[field] != refused.value.details["fields"][field]  # type: ignore[index]


def test_the_usual_rules_can_be_kept() -> None:
    check(IdentityRules())
    check(IdentityRules(1, {"email": 100, "user_id": 1}, ("user_id", "phone"), (TILL, "x", "abc*")))


def test_every_difference_is_another_fingerprint() -> None:
    all_ = [
        IdentityRules(),
        IdentityRules(4),
        IdentityRules(limits={"email": 5}),
        IdentityRules(priority=("user_id",)),
        IdentityRules(blocked=(TILL,)),
    ]
    assert len({r.fingerprint for r in all_}) == len(all_)
    assert (
        IdentityRules(limits={"a": 1, "b": 2}).fingerprint
        == IdentityRules(limits={"b": 2, "a": 1}).fingerprint
    )


def test_a_change_is_told_by_what_differs() -> None:
    before = IdentityRules(5, {"email": 3, "phone": 2}, blocked=("x", TILL))
    after = IdentityRules(4, {"email": 1}, ("user_id", "phone"), (TILL, "y*z1"))
    assert differences(before, after) == (
        Difference("limit", 5, 4),
        Difference("limit_of", 3, 1, "email"),
        Difference("limit_of", 2, None, "phone"),
        Difference("priority", listed=("user_id", "phone")),
        Difference("blocked", listed=("y*z1",)),
        Difference("no_longer_blocked", listed=("x",)),
    )
    assert differences(after, after) == ()
    versions = [RulesVersion(0, before), RulesVersion(1, after), RulesVersion(2, before)]
    assert [(c.version.number, c.before) for c in changes(versions)] == [(2, 1), (1, 0)]
