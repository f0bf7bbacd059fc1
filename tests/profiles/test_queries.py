from __future__ import annotations

import json
from datetime import timedelta

import pytest

from polku.errors import Conflict, InvalidInput, NotFound
from polku.profiles import judgement, warm
from polku.profiles.decisions import DecisionKind
from polku.profiles.identity import Identities
from polku.profiles.naming import Naming, TouchpointLabel
from polku.profiles.queries import ProfileList, ProfileSearch, ProfileShow, ProfileTimeline
from polku.profiles.reviews import ProfileReviews, pair_of
from polku.store import EventType
from polku.store.keys import identifier_key
from polku.workspace import Workspace
from tests.profiles.happenings import Untold, event, happen

DAY = timedelta(days=1)


def answered(score: int, comment: str = "", **who: str) -> dict[str, object]:
    properties = {"metric": "nps", "score": score, "comment": comment}
    return event("Survey Responded", score=score * 20 - 100, properties=properties, **who)  # type: ignore[arg-type]


def test_a_timeline_is_newest_first_with_answer_comment_and_money(workspace: Workspace) -> None:
    happen(
        workspace.store,
        event("Order Completed", user="maija", value=49.9, ago=2 * DAY),
        {**answered(9, "Kiitos!", user="maija"), "occurred_at": event(ago=DAY)["occurred_at"]},
        event("Cart Viewed", user="maija", ago=3 * DAY),
    )
    for refreshed in (False, True):  # from the store alone, and from the blocks
        if refreshed:
            assert workspace.engine.refresh().events == 3
        told = ProfileTimeline(id="maija").answer(workspace)
        assert [h.name for h in told.happenings] == ["Survey Responded", "Order Completed", "Cart Viewed"]
        first, second, _ = told.happenings
        assert (first.answer, first.comment, first.score) == ("nps 9", "Kiitos!", 80)
        assert (second.value, second.comment) == (49.9, None)


def test_what_came_after_the_refresh_is_there_at_once_and_in_its_place(workspace: Workspace) -> None:
    happen(workspace.store, event("Old", user="maija", ago=5 * DAY), event("New", user="maija"))
    workspace.engine.refresh()
    happen(workspace.store, event("Late", user="maija", ago=2 * DAY), event("Stranger", user="matti"))
    assert [h.name for h in ProfileTimeline(id="maija").answer(workspace).happenings] == [
        "New",
        "Late",
        "Old",
    ]


def test_a_merge_and_a_split_show_before_the_blocks_know(workspace: Workspace) -> None:
    happen(
        workspace.store, event("Visit", anonymous="phone", ago=DAY), event("Signup", user="maija", ago=DAY)
    )
    workspace.engine.refresh()
    happen(workspace.store, event("Login", user="maija", anonymous="phone"))
    assert ProfileTimeline(id="maija").answer(workspace).events == 3
    workspace.engine.refresh()
    pair = (identifier_key("user_id", "maija"), identifier_key("anonymous_id", "phone"))
    workspace.part(Identities).decide(DecisionKind.SPLIT, [pair], who="anna")
    assert {h.name for h in ProfileTimeline(id="maija").answer(workspace).happenings} == {"Signup", "Login"}
    assert ProfileTimeline(id="phone").answer(workspace).events == 1


def test_pages_of_a_timeline_hold_every_event_once_even_with_equal_times(workspace: Workspace) -> None:
    happen(workspace.store, *(event(f"E{i}", user="maija", ago=(i // 7) * DAY) for i in range(40)))
    workspace.engine.refresh()
    seen, before = [], ""
    while True:
        page = ProfileTimeline(id="maija", limit=9, before=before).answer(workspace)
        seen += [h.seq for h in page.happenings]
        if page.older is None:
            break
        before = page.older
    assert len(seen) == len(set(seen)) == 40
    for wrong in ("yesterday", "1-\u00b2", f"1-{'9' * 5000}"):
        with pytest.raises(InvalidInput, match="before"):
            ProfileTimeline(id="maija", before=wrong).answer(workspace)


class _Names:
    columns = ()

    def touchpoints(self, events):  # type: ignore[no-untyped-def]
        return Untold(None).touchpoints(events) + 7  # type: ignore[arg-type]

    def label(self, code: int, language: str) -> TouchpointLabel | None:
        name = {"fi": "Puhelu", "en": "Phone call"}[language]
        return TouchpointLabel("phone_call", name, "phone", "Asiakkuus", 4) if code == 7 else None


def test_touchpoints_are_named_by_whoever_knows_them(workspace: Workspace) -> None:
    workspace.part(Naming).use(_Names())
    happen(workspace.store, event("Call Ended", user="maija"))
    told = ProfileTimeline(id="maija", channel="phone").answer(workspace)
    assert [(h.touchpoint, h.channel, h.stage) for h in told.happenings] == [
        ("phone_call", "phone", "Asiakkuus")
    ]
    assert ProfileTimeline(id="maija", channel="web").answer(workspace).happenings == ()
    assert ProfileShow(id="maija").answer(workspace).stage == "Asiakkuus"


def test_show_says_who_how_much_and_why(workspace: Workspace) -> None:
    more = [("email", "maija@example.fi"), ("name", "Maija Meikäläinen")]
    happen(
        workspace.store,
        event("Product Viewed", anonymous="phone", ago=3 * DAY),
        event(user="maija", anonymous="phone", more=more, type=EventType.IDENTIFY, ago=2 * DAY),
        event("Order Completed", user="maija", value=20.0, ago=DAY),
        event("Order Refunded", user="maija", value=-5.0),
    )
    workspace.engine.refresh()
    shown = ProfileShow(id="email:maija@example.fi").answer(workspace)
    assert (shown.name, shown.numbers.events, shown.numbers.orders, shown.numbers.value) == (
        "Maija Meikäläinen", 4, 1, 15.0,
    )  # fmt: skip
    why = {i.value: i for i in shown.identifiers}
    assert shown.identifiers[0].value == "maija"
    assert (why["maija"].events, why["phone"].events, why["maija@example.fi"].events) == (3, 1, 0)
    assert [(e.with_value, e.event) for e in why["phone"].evidence] == [("maija", "identify")]


def test_traits_take_the_latest_and_show_who_says_otherwise(workspace: Workspace) -> None:
    def told(source: int, ago: timedelta, **traits: str) -> dict[str, object]:
        return event(user="maija", type=EventType.IDENTIFY, source=source, ago=ago, properties=dict(traits))

    happen(
        workspace.store,
        told(1, 3 * DAY, city="Oulu", plan="basic"),
        told(1, 2 * DAY, city="Vaasa"),
        told(2, DAY, city="Turku", plan="basic"),
    )
    city, plan = ProfileShow(id="maija").answer(workspace).traits
    assert (city.value, city.source, [(c.value, c.source) for c in city.others]) == (
        "Turku",
        "2",
        [("Vaasa", "1")],
    )
    assert (plan.value, plan.others) == ("basic", ())


def test_an_id_may_be_a_value_a_typed_value_or_a_key(workspace: Workspace) -> None:
    happen(workspace.store, event(user="7", more=[("email", "maija@example.fi")]), event(anonymous="7"))
    key = f"{identifier_key('user_id', '7'):016x}"
    for text in (key, "user_id:7", "maija@example.fi", " maija@example.fi "):
        assert ProfileShow(id=text).answer(workspace).id == key
    with pytest.raises(Conflict, match=r"2 profiles.*user_id:7"):
        ProfileShow(id="7").answer(workspace)
    with pytest.raises(NotFound, match="nobody"):
        ProfileShow(id="nobody").answer(workspace)


def found(text: str, workspace: Workspace) -> list[str]:
    return [f.name for f in ProfileSearch(text=text).answer(workspace).profiles]


def test_search_folds_case_and_diacritics_and_ranks_whole_first(workspace: Workspace) -> None:
    def named(user: str, name: str) -> dict[str, object]:
        return event(user=user, more=[("name", name), ("email", f"{user}@example.fi")])

    happen(workspace.store, named("u1", "Äijälä Jöns"), named("u2", "Jöns"), named("u3", "Kaijöns Ek"))
    assert found("JONS", workspace) == ["Jöns", "Äijälä Jöns", "Kaijöns Ek"]
    assert found("aija", workspace) == ["Äijälä Jöns"]
    assert found("u2@EXAMPLE", workspace) == ["Jöns"]
    assert found("example.fi", workspace) == ["Äijälä Jöns", "Jöns", "Kaijöns Ek"]
    assert found("zzz", workspace) == []
    assert found("  ", workspace) == []
    happen(workspace.store, named("u4", "Aijalan Uusi"))
    assert found("aijal", workspace) == ["Äijälä Jöns", "Aijalan Uusi"]


def test_search_finds_a_device_by_its_id_and_one_profile_once(workspace: Workspace) -> None:
    happen(
        workspace.store,
        event(user="maija", anonymous="dev-maija-1"),
        event(user="maija", anonymous="dev-maija-2"),
    )
    assert found("dev-maija", workspace) == ["maija"]
    assert found("maija", workspace) == ["maija"]


def test_the_list_sorts_and_pages(workspace: Workspace) -> None:
    for i in range(7):
        many = [event("Order Completed", user=f"u{i}", value=10.0 * i, ago=i * DAY) for _ in range(i + 1)]
        happen(workspace.store, *many)
    happen(workspace.store, answered(2, user="u3"))
    workspace.engine.refresh()
    names = lambda **asked: [c.name for c in ProfileList(**asked).answer(workspace).customers]  # noqa: E731
    assert (set(names(limit=2)), names(offset=2, limit=2)) == ({"u0", "u3"}, ["u1", "u2"])
    assert names(sort="value", limit=2) == ["u6", "u5"]
    assert names(sort="value", limit=2, offset=2) == ["u4", "u3"]
    assert names(sort="events", ascending=True, limit=2) == ["u0", "u1"]
    assert names(sort="score", limit=1) == names(sort="score", ascending=True, limit=1) == ["u3"]
    assert len(names(sort="score")) == 7


def test_a_review_shows_both_and_judging_moves_what_the_preview_said(workspace: Workspace) -> None:
    mail = [("email", "koti@example.fi")]
    happen(
        workspace.store, event(user="maija", more=mail), event(user="matti", more=mail), event(user="matti")
    )
    (review,) = ProfileReviews().answer(workspace).reviews
    assert {review.one.name, review.other.name} == {"koti@example.fi", "matti"}
    assert {review.evidence[0].one, review.evidence[0].other} == {"user_id:matti", "email:koti@example.fi"}
    (change,) = judgement.preview(workspace, DecisionKind.SAME, [pair_of(review.pair, workspace)]).changes
    assert (change.identifiers, change.events) == (("matti",), 2)
    judgement.judge(workspace, review.pair, "same", who="anna")
    assert ProfileTimeline(id="matti").answer(workspace).events == 3
    assert ProfileReviews().answer(workspace).total == 0
    with pytest.raises(Conflict, match="already"):
        judgement.judge(workspace, review.pair, "different", who="anna")


def test_a_split_preview_says_what_leaves_and_what_goes_elsewhere(workspace: Workspace) -> None:
    happen(
        workspace.store,
        event(user="maija", anonymous="phone"),
        event(anonymous="phone"),
        event(user="matti", anonymous="phone"),
    )
    profile, key = judgement.keys_of(workspace, "maija", "phone")
    pairs = judgement.split_pairs(workspace, profile, key)
    (change,) = judgement.preview(workspace, DecisionKind.SPLIT, pairs).changes
    assert (change.identifiers, change.events, change.to_name) == (("phone",), 1, "matti")
    with pytest.raises(Conflict, match="named by"):
        judgement.split_pairs(workspace, profile, profile)
    with pytest.raises(Conflict, match="no identifier"):
        judgement.keys_of(workspace, "maija", "matti")


def test_taking_out_a_bridge_takes_what_hangs_on_it(workspace: Workspace) -> None:
    happen(workspace.store, event(user="maija", anonymous="tablet"))
    happen(workspace.store, event(anonymous="tablet", more=[("email", "lapsi@example.fi")]))
    profile, key = judgement.keys_of(workspace, "maija", "tablet")
    pairs = judgement.split_pairs(workspace, profile, key)
    workspace.part(Identities).decide(DecisionKind.SPLIT, pairs, who="anna")
    left = ProfileShow(id="tablet").answer(workspace)
    assert {i.value for i in left.identifiers} == {"tablet", "lapsi@example.fi"}
    assert [d.kind for d in left.decisions] == ["split"]
    assert json.dumps([i.value for i in ProfileShow(id="maija").answer(workspace).identifiers]) == '["maija"]'


def test_warming_up_makes_ready_and_changes_nothing(workspace: Workspace) -> None:
    warm(workspace)
    happen(workspace.store, event(user="maija"))
    warm(workspace)
    assert found("maija", workspace) == ["maija"]
