"""Stages, touchpoints and rules in the operational tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from polku.db import Database
from polku.errors import Conflict, InvalidInput, UnknownTouchpoint
from polku.journeys.touchpoints import store
from polku.journeys.touchpoints.catalogue import Stage
from polku.journeys.touchpoints.defaults import STAGES, TOUCHPOINTS, install_defaults
from polku.journeys.touchpoints.rules import Rule
from polku.journeys.touchpoints.spec import TouchpointSpec

CART = TouchpointSpec(
    "cart", "Ostoskori", "Cart", "web", "acquisition", (Rule(name="Cart Viewed"), Rule(path="/kori"))
)


@pytest.fixture
def session(tables: Database) -> Iterator[Session]:
    with tables.session() as session:
        store.install_stages(session, STAGES)
        yield session


def test_a_touchpoint_comes_back_as_it_was_described(session: Session) -> None:
    code = store.add_touchpoint(session, CART)
    session.expire_all()
    found = store.load_spec(session, "cart")
    assert replace(found, rules=(), position=None) == replace(CART, rules=())
    assert [(r.name, r.path, r.touchpoint) for r in found.rules] == [
        ("Cart Viewed", "", code),
        ("", "/kori", code),
    ]
    touchpoint = store.load_catalogue(session).touchpoint("OSTOSKORI")
    assert (touchpoint.code, touchpoint.stage, touchpoint.name("en")) == (code, "acquisition", "Cart")
    assert {r.touchpoint for r in store.load_rules(session, {}).rules} == {code}


def test_the_catalogue_is_in_order_of_stage_and_position(session: Session) -> None:
    for key, stage in (("b", "acquisition"), ("none", None), ("a", "awareness"), ("c", "acquisition")):
        store.add_touchpoint(session, replace(CART, key=key, stage=stage))
    assert [t.key for t in store.load_catalogue(session).touchpoints] == ["a", "b", "c", "none"]
    store.move_touchpoint(session, "c", -1)
    store.move_touchpoint(session, "a", 5)
    store.move_stage(session, "acquisition", -9)
    assert [t.key for t in store.load_catalogue(session).touchpoints] == ["c", "b", "a", "none"]


def test_every_change_raises_the_version(session: Session) -> None:
    versions = [store.version(session)]
    for change in (
        lambda: store.add_touchpoint(session, CART),
        lambda: store.change_touchpoint(session, "cart", replace(CART, name_fi="Kori")),
        lambda: store.move_touchpoint(session, "cart", 1),
        lambda: store.rename_stage(session, "awareness", name_fi="Herätys", name_en="Awakening"),
        lambda: store.delete_touchpoint(session, "cart"),
        lambda: store.delete_stage(session, "awareness"),
    ):
        change()
        versions.append(store.version(session))
    assert versions == sorted(set(versions))


def test_changing_names_leaves_the_rules_version(session: Session) -> None:
    store.add_touchpoint(session, CART)
    before = store.load_rules(session, {}).version
    store.change_touchpoint(session, "cart", replace(CART, name_fi="Kori", stage=None))
    assert store.load_rules(session, {}).version == before
    store.change_touchpoint(session, "cart", replace(CART, rules=CART.rules[:1]))
    assert store.load_rules(session, {}).version != before


def test_the_code_of_a_deleted_touchpoint_is_not_used_again(session: Session) -> None:
    code = store.add_touchpoint(session, CART)
    store.delete_touchpoint(session, "cart")
    assert store.add_touchpoint(session, CART) > code
    assert len(store.load_rules(session, {}).rules) == 2


def test_installing_keeps_what_users_changed_and_deleted(session: Session) -> None:
    other = replace(CART, key="other")
    assert store.install_touchpoints(session, [CART, other]) == 2
    store.change_touchpoint(session, "cart", replace(CART, name_fi="Oma kori"))
    store.delete_touchpoint(session, "other")
    assert store.install_touchpoints(session, [CART, other]) == 0
    assert [t.name_fi for t in store.load_catalogue(session).touchpoints] == ["Oma kori"]
    store.add_touchpoint(session, other)
    assert store.install_touchpoints(session, [other]) == 0


def test_the_defaults_are_valid_and_installed_once(session: Session) -> None:
    install_defaults(session)
    install_defaults(session)
    catalogue = store.load_catalogue(session)
    assert len(catalogue.touchpoints) == len(TOUCHPOINTS)
    assert [s.name_fi for s in catalogue.stages] == ["Tietoisuus", "Harkinta", "Hankinta", "Asiakkuus"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"stage": "aquisition"}, "stage"),
        ({"name_fi": " "}, "name_fi"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"key": "Ostos kori"}, "key"),
        ({"rules": (Rule(),)}, "rules.0.name"),
        ({"rules": (Rule(name="x"), Rule(path="https://shop.example/"))}, "rules.1.path"),
        ({"rules": (Rule(path="/x?y=1"),)}, "rules.0.path"),
        ({"rules": (Rule(type="tracks"),)}, "rules.0.type"),
        ({"rules": (Rule(property="p", operator=">=", value="x"),)}, "rules.0.value"),
        ({"rules": (Rule(property="p", operator="equals"),)}, "rules.0.value"),
        ({"rules": (Rule(property="p", operator="is", value="1"),)}, "rules.0.operator"),
        ({"rules": (Rule(name="x", value="1"),)}, "rules.0.property"),
        ({"rules": (Rule(name="x" * 201),)}, "rules.0.name"),
        ({"rules": (Rule(name="x", position=-1),)}, "rules.0.position"),
        ({"rules": (Rule(name="x"),) * 51}, "rules"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(
    session: Session, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        store.add_touchpoint(session, replace(CART, **change))  # type: ignore[arg-type]
    assert list(raised.value.details["fields"]) == [field]  # type: ignore[call-overload]
    assert not store.load_catalogue(session).touchpoints


def test_unknown_and_taken_keys(session: Session) -> None:
    store.add_touchpoint(session, CART)
    with pytest.raises(Conflict):
        store.add_touchpoint(session, CART)
    with pytest.raises(UnknownTouchpoint, match="'cart'"):
        store.delete_touchpoint(session, "carts")


def test_stages(session: Session) -> None:
    first = store.add_stage(session, name_fi="Paluu", name_en="Return")
    second = store.add_stage(session, name_fi="Paluu 2", name_en="Return")
    assert (first, second) == ("return", "return-2")
    store.add_touchpoint(session, replace(CART, stage=first))
    with pytest.raises(Conflict, match="1 touchpoints"):
        store.delete_stage(session, first)
    store.delete_stage(session, second)
    with pytest.raises(InvalidInput):
        store.rename_stage(session, first, name_fi="", name_en="x")
    with pytest.raises(InvalidInput, match="awareness"):
        store.move_stage(session, "nowhere", 1)
    store.install_stages(session, [Stage("x", 1, "x", "x")])
    assert store.load_catalogue(session).stages[-1] == Stage("return", 5, "Paluu", "Return")
