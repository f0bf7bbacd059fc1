"""Themes that rise: planted ones are found in their first week, and steady comments raise no alarm."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from polku.feedback import FeedbackAlerts, FeedbackComments, sending, store
from polku.feedback.alerts import look
from polku.feedback.files import Brought
from polku.feedback.rising import TIMES, WEEK_S, WEEKS, Rise, expected_by_chance, rising, same_theme, untold
from polku.library import open_workspace
from polku.mail.tables import OutgoingMessage
from polku.settings import read_settings
from polku.stats import FEWEST, Estimate
from polku.text import Themes, themes_of_terms
from polku.web.store import set_up
from polku.webhooks import add
from polku.webhooks.tables import WebhookCall
from polku.workspace import Workspace
from tests.folders import empty_folder
from tests.web.visits import ADMIN

END = 2_000 * WEEK_S
WORDS = np.array([f"sana{i}" for i in range(300)])
SHARES = 1 / np.arange(2, 302)


def steady(rng: np.random.Generator, a_week: int) -> tuple[list[list[str]], list[int], list[int]]:
    """Thirteen weeks of comments of six words each, the frequent ones as frequent in every week."""
    n = int(rng.poisson(a_week * WEEKS))
    at = (END - 1 - rng.integers(0, WEEKS * WEEK_S, n)).tolist()
    chosen = rng.choice(len(WORDS), (n, 6), p=SHARES / SHARES.sum())
    return [WORDS[row].tolist() for row in chosen], list(range(n)), at


def look_at(terms: list[list[str]], who: list[int], at: list[int]) -> list[Rise]:
    return rising(terms, themes_of_terms(terms, number=8), who, at, END)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_new_is_found_in_its_first_week(seed: int) -> None:
    rng = np.random.default_rng(seed)
    terms, who, at = steady(rng, 200)
    planted = [i for i, t in enumerate(at) if t >= END - WEEK_S][:10]
    for i in planted:
        terms[i] += ["kassajono", "seisoo"]
    (rise,) = look_at(terms, who, at)
    assert set(rise.words) >= {"kassajono", "seisoo"}
    assert (rise.course, rise.count, sorted(rise.comments)) == ("new", 10, planted)


def test_what_grows_is_found_and_how_much_is_told() -> None:
    rng = np.random.default_rng(1)
    terms, who, at = steady(rng, 400)
    for i, t in enumerate(at):
        if rng.random() < (0.12 if t >= END - WEEK_S else 0.03):
            terms[i].append("palautus")
    rise = look_at(terms, who, at)[0]
    assert "palautus" in rise.words
    assert rise.course == "growing"
    assert rise.times.low is not None
    assert rise.times.high is not None
    assert rise.times.low < 4 < rise.times.high


def test_steady_comments_raise_no_alarm() -> None:
    rng = np.random.default_rng(11)
    assert sum(len(look_at(*steady(rng, 150))) for _ in range(3)) == 0


def test_a_customer_who_repeats_himself_is_no_theme() -> None:
    terms, who, at = steady(np.random.default_rng(2), 200)
    last = [i for i, t in enumerate(at) if t >= END - WEEK_S][:30]
    for i in last:
        terms[i].append("valitus")
        who[i] = 7
    assert look_at(terms, who, at) == []


def test_what_goes_up_and_down_every_other_week_is_not_told_of() -> None:
    terms, who, at = steady(np.random.default_rng(3), 200)
    for i, t in enumerate(at):
        if (END - 1 - t) // WEEK_S % 2 == 0 and i % 9 == 0:
            terms[i].append("palkkapaiva")
    assert look_at(terms, who, at) == []


def test_words_that_swing_raise_no_alarm_and_what_is_new_among_them_does() -> None:
    """Forty weeks of 400 comments in which every third word is more common in some weeks than in others."""
    rng = np.random.default_rng(5)
    sd = np.where(rng.random(len(WORDS)) < 0.3, 0.35, 0.0)
    terms: list[list[str]] = []
    for _ in range(WEEKS + 40):
        shares = SHARES * np.exp(rng.normal(size=len(WORDS)) * sd)
        terms += WORDS[rng.choice(len(WORDS), (400, 4), p=shares / shares.sum())].tolist()
    at = np.repeat(np.arange(WEEKS + 40), 400) * WEEK_S
    nothing = Themes((), np.zeros((0, 0)), 0)

    def found(week: int) -> list[Rise]:
        within = slice((week - WEEKS) * 400, week * 400)
        told = terms[within]
        return rising(told, nothing, list(range(len(told))), at[within].tolist(), week * WEEK_S)

    assert sum(len(found(week)) for week in range(WEEKS, WEEKS + 40)) == 0
    for i in range(-400, -388):  # 3% of the last week
        terms[i].append("kassajono")
    assert [rise.name for rise in found(WEEKS + 40)] == ["kassajono"]


def test_words_too_rare_to_be_found_are_not_found_by_looking_at_many() -> None:
    """Five of six customers in one week are one in 60,000: with 20,000 words of six customers no wonder."""
    rng = np.random.default_rng(6)
    weeks = rng.integers(0, WEEKS, (20_000, 6))
    weeks[0] = [WEEKS - 1] * 5 + [3]
    terms: list[list[str]] = [[] for _ in range(WEEKS * 400)]
    for nth, of_word in enumerate(weeks.tolist()):
        for week in of_word:
            terms[week * 400 + int(rng.integers(0, 400))].append(f"harvinainen{nth}")
    at = (np.repeat(np.arange(WEEKS), 400) * WEEK_S).tolist()
    assert rising(terms, Themes((), np.zeros((0, 0)), 0), list(range(len(at))), at, WEEKS * WEEK_S) == []


@given(
    st.lists(st.integers(0, 40), max_size=30),
    st.integers(20, 60),
    st.integers(100, 300),
    st.floats(1e-7, 0.5),
)
def test_expected_finds_are_those_of_every_count_that_could_come(
    totals: list[int], n: int, n_before: int, p: float
) -> None:
    by_hand = 0.0
    for total in totals:
        may_come = range(FEWEST, min(total, n) + 1)
        sure = {k: hypergeom.sf(k - 1, n + n_before, total, n) for k in may_come}
        by_hand += max(
            (chance for k, chance in sure.items() if chance <= p and k * n_before >= TIMES * (total - k) * n),
            default=0.0,
        )
    found = expected_by_chance(p, np.array(totals, np.int64), n, n_before)
    assert found == pytest.approx(by_hand, rel=1e-9)


@pytest.mark.parametrize("n", [0, 1, 10])
def test_few_comments_tell_nothing(n: int) -> None:
    assert rising([["uusi"]] * n, themes_of_terms([["uusi"]] * n), list(range(n)), [END - 1] * n, END) == []


def test_themes_are_the_same_by_their_words() -> None:
    assert same_theme(["kassajono", "kassajono seisoo"], ["seisoo", "kassajono"])
    assert not same_theme(["kassajono"], ["palautus"])


def test_what_was_told_and_its_likes_are_not_told_again() -> None:
    def rise(*words: str) -> Rise:
        return Rise(words[0], words, "new", (0,), 5, 100, Estimate.unknown(100, "too_few"), 0.001)

    rises = [rise("jono", "kassa"), rise("lasku"), rise("kassa jono"), rise("hinta")]
    assert [r.name for r in untold(rises, [("lasku", "virhe")])] == ["jono", "hinta"]
    assert (
        len(untold([rise(f"sana{i}") for i in range(9)], [])) == 5
    )  # if more rise, something else has changed


TODAY = datetime(2026, 5, 20, 8, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    mail = {
        "smtp_host": "127.0.0.1",
        "mail_from": "polku@example.fi",
        "public_url": "https://polku.example.fi",
    }
    with open_workspace(read_settings(empty_folder(tmp_path / "data"), **mail)) as workspace:
        yield workspace


def bring(workspace: Workspace, texts: list[tuple[str, datetime]]) -> None:
    before = workspace.store.snapshot.next_seq
    brought = [Brought(text, at, f"u{before + i}") for i, (text, at) in enumerate(texts)]
    asyncio.run(sending.bring(workspace, brought))
    until = time.monotonic() + 10
    while workspace.store.snapshot.next_seq < before + len(texts) and time.monotonic() < until:
        time.sleep(0.02)


def usual(nth: int) -> str:
    thing = ("Toimitus", "Tuote", "Palvelu", "Hinta", "Sivusto")[nth % 5]
    return f"{thing} oli {('hyvä', 'huono', 'kohtalainen')[nth % 3]}, tilauksessa {nth}."


def test_a_new_theme_is_told_once_by_letter_and_by_call(workspace: Workspace) -> None:
    days = [(usual(i), TODAY - timedelta(hours=5 * i + 12)) for i in range(400)]
    planted = [
        (f"Kassajonossa seisoin taas, käynti {i}.", TODAY - timedelta(hours=9 * i + 12)) for i in range(12)
    ]
    bring(workspace, days)
    FeedbackComments().answer(workspace)
    with workspace.db.session() as session:
        named = {k: v for k, v in ADMIN.items() if k != "company"}
        user = set_up(session, company_name=ADMIN["company"], **named, now=TODAY)
        store.subscribe(session, user.id, TODAY)
        add(session, "Chat", "https://hooks.example.fi/polku", ["theme.new", "theme.growing"], TODAY)
    assert look(workspace, TODAY) == 0
    bring(workspace, planted)
    assert look(workspace, TODAY) == 1
    assert look(workspace, TODAY) == 0
    assert look(workspace, TODAY + timedelta(days=1)) == 0
    (alert,) = FeedbackAlerts(days=3_650).answer(workspace).alerts
    assert alert.course == "new"
    assert "kassajono" in alert.words
    assert alert.count == 12
    with workspace.db.session(read_only=True) as session:
        letters, calls = session.query(OutgoingMessage).all(), session.query(WebhookCall).all()
        assert [(m.recipient, m.kind) for m in letters] == [("anna@example.fi", "theme")]
        assert [c.kind for c in calls] == ["theme.new"]
        assert '"kassajono' in calls[0].body.decode()
