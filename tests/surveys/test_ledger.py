from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from polku.mail import Postman, TemplateBroken
from polku.mail.outbox import messages
from polku.surveys.inviting import (
    Decision,
    History,
    answer,
    look,
    make_link,
    note_opened,
    note_outcome,
    opt_in,
    opt_out,
    refuse,
    remind,
    send_due,
)
from polku.surveys.inviting.ledger import (
    counts,
    counts_by,
    due_for_reminder,
    erase_profile,
    expire,
    histories,
    invitations,
    mark,
    record,
    suppressed,
    undecided,
)
from polku.surveys.inviting.tables import InvitationLink
from tests.mail.postoffice import SENDER, PostOffice, open_office
from tests.surveys.asking import DAY, HELSINKI, LARGE, NOW, RULES, ask, candidate, compose


def deliver(tables, office: PostOffice, now=NOW) -> None:
    with open_office(office):
        postman = Postman(
            tables, office.server, SENDER.address, notify=note_outcome, now=lambda: now, sleep=lambda s: None
        )
        postman.deliver()
        postman.close()


def states(tables) -> dict[str, tuple[str, str]]:
    with tables.session(read_only=True) as session:
        return {f"a{int(i.profile, 16)}": (i.state, i.reason) for i in invitations(session, limit=100)}


def test_each_occasion_is_decided_on_once(tables):
    people = [candidate(p) for p in (1, 2, LARGE)]
    with tables.session() as session:
        assert len(ask(session, *people)) == 3
        again = [Decision(c, reason="not_drawn") for c in people] + [
            Decision(candidate(9), reason="no_address")
        ]
        options = {"version": 4, "anonymous": False, "channel": "email", "answer_within": DAY, "now": NOW}
        assert record(session, again, **options) == 1
        assert counts(session, "nps") == dict.fromkeys(counts(session, ""), 0) | {
            "waiting": 3,
            "suppressed": 1,
        }
        assert suppressed(session, "nps") == {"no_address": 1}
        assert undecided(session, [*people, candidate(10)]) == [candidate(10)]
        assert counts_by(session, "nps", "channel")["email"]["waiting"] == 3
        assert [i.profile for i in invitations(session, profile=LARGE)] == [f"{LARGE:016x}"]
        assert histories(session, people, since=NOW - DAY)[LARGE].asked[0].at == NOW


def test_history_counts_what_waits_and_what_went_but_not_what_was_not_delivered(tables):
    with tables.session() as session:
        _, two = ask(session, candidate(1), candidate(2))
        mark(session, two.id, "failed", reason="not_delivered")
        opt_out(session, how="staff", now=NOW, address=" A3@Example.fi ")
        found = histories(session, [candidate(p) for p in (1, 2, 3)], since=NOW - DAY)
        assert [len(found[p].asked) for p in (1, 2, 3)] == [1, 0, 0]
        assert [found[p].opted_out for p in (1, 2, 3)] == [False, False, True]
        opt_in(session, address="a3@example.fi")
        assert histories(session, [candidate(3)], since=NOW) == {3: History()}


def test_letters_go_out_and_the_ledger_knows_what_became_of_them(tables):
    def office_says(to: str) -> str | None:
        return {"a2@example.fi": "550 no such user", "a3@example.fi": "451 later"}.get(to)

    with tables.session() as session:
        ask(session, *(candidate(p) for p in (1, 2, 3, 4)))
        assert send_due(session, compose, SENDER, NOW, rules=RULES) == 4
        assert send_due(session, compose, SENDER, NOW, rules=RULES) == 0
    office = PostOffice(at_rcpt=office_says, at_end=lambda to: "drop" if to.startswith("a4") else None)
    deliver(tables, office)
    assert states(tables) == {
        "a1": ("sent", ""),
        "a2": ("failed", "not_delivered"),
        "a3": ("queued", ""),
        "a4": ("sent", "uncertain"),
    }
    letter = office.letter("a1@example.fi")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = letter["List-Unsubscribe"].removeprefix("<https://polku.example.fi/s/").removesuffix("/stop>")
    with tables.session() as session:
        assert look(session, token, NOW).outcome == "open"
        assert refuse(session, token, NOW, how="one_click").outcome == "refused"
    assert states(tables)["a1"] == ("refused", "")


def test_a_broken_address_does_not_stop_the_others_and_a_broken_template_loses_nothing(tables):
    def broken_address(row, token, reminder):
        letter = compose(row, token, reminder)
        object.__setattr__(letter, "to", "ääliö" if row.profile.endswith("2") else letter.to)
        return None if row.profile.endswith("3") else letter

    def broken_template(row, token, reminder):
        raise TemplateBroken("x")

    with tables.session() as session:
        ask(session, *(candidate(p) for p in (1, 2, 3, 4)))
    with pytest.raises(TemplateBroken), tables.session() as session:
        send_due(session, broken_template, SENDER, NOW, rules=RULES)
    assert {s for s, _ in states(tables).values()} == {"waiting"}
    with tables.session() as session:
        send_due(session, broken_address, SENDER, NOW, rules=RULES)
        assert len(messages(session)) == 2
        assert session.query(InvitationLink).count() == 2, "no link is left of a letter that did not go"
    assert states(tables) == {
        "a1": ("queued", ""),
        "a2": ("failed", "bad_address"),
        "a3": ("failed", "no_address"),
        "a4": ("queued", ""),
    }


def test_who_opts_out_while_a_letter_waits_gets_none(tables):
    with tables.session() as session:
        ask(session, candidate(1), candidate(2))
        opt_out(session, how="link", now=NOW, profile=1)
        send_due(session, compose, SENDER, NOW, rules=RULES)
        assert len(messages(session)) == 1
    assert states(tables)["a1"] == ("suppressed", "opted_out")


def test_reminders_go_to_who_has_neither_answered_nor_refused(tables):
    with tables.session() as session:
        rows = ask(session, *(candidate(p) for p in (1, 2, 3, 4)))
        tokens = {row.profile: make_link(session, row.id) for row in rows}
        for row in rows[:3]:
            mark(session, row.id, "sent", sent_at=NOW)
        answer(session, tokens[rows[0].profile], NOW, HELSINKI)
        refuse(session, tokens[rows[1].profile], NOW)
        assert due_for_reminder(session, "nps", NOW + 4 * DAY, after=5 * DAY) == []
        assert remind(session, "nps", compose, SENDER, NOW + 5 * DAY, rules=RULES, after=5 * DAY) == 1
        assert [m.key for m in messages(session)] == [f"invitation:{rows[2].id}:1"]
        assert remind(session, "nps", compose, SENDER, NOW + 10 * DAY, rules=RULES, after=5 * DAY) == 0
        assert (
            remind(session, "nps", compose, SENDER, NOW + 10 * DAY, rules=RULES, after=5 * DAY, most=2) == 1
        )
        assert remind(session, "nps", compose, SENDER, NOW + 13 * DAY, rules=RULES, after=DAY, most=9) == 0
        session.flush()
        assert rows[2].state == "sent"
        assert look(session, tokens[rows[2].profile], NOW + 13 * DAY).outcome == "open"


def test_a_link_answers_once_and_what_it_cannot_do_is_clear(tables):
    with tables.session() as session:
        [row, late] = ask(session, candidate(1, about_event=55, touchpoint="delivery"), candidate(2))
        token, other, unsent = (
            make_link(session, row.id),
            make_link(session, row.id),
            make_link(session, late.id),
        )
        assert len(token) == 22
        assert look(session, unsent, NOW).outcome == "expired"
        mark(session, row.id, "sent", sent_at=NOW)
        seen = look(session, token, NOW)
        assert (seen.outcome, seen.survey, seen.version, seen.profile, seen.about_event) == (
            "open",
            "nps",
            3,
            1,
            55,
        )
        note_opened(session, token, NOW)
        assert row.opened_at == NOW
        assert look(session, token, NOW + 14 * DAY).outcome == "expired"
        assert answer(session, token, NOW + 14 * DAY, HELSINKI).outcome == "expired"
        assert answer(session, token, NOW, HELSINKI).outcome == "open"
        assert [answer(session, t, NOW, HELSINKI).outcome for t in (token, other)] == ["answered"] * 2
        for forged in (
            "",
            "x",
            "A" * 22,
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            token + "A",
            "ä" * 22,
        ):
            assert look(session, forged, NOW).outcome == "unknown"
            assert answer(session, forged, NOW, HELSINKI).outcome == "unknown"
            assert refuse(session, forged, NOW).outcome == "unknown"
        stopped = refuse(session, token, NOW + 400 * DAY)
        assert (stopped.outcome, stopped.opted_out) == ("answered", True)
        assert (row.state, row.answered_at) == ("answered", NOW)


def test_looking_changes_nothing(tables):
    with tables.session() as session:
        [row] = ask(session, candidate(1))
        token = make_link(session, row.id)
        mark(session, row.id, "sent", sent_at=NOW)
    with tables.session(read_only=True) as session:
        for _ in range(3):
            look(session, token, NOW)
        assert not session.dirty
    assert states(tables) == {"a1": ("sent", "")}


def test_many_answers_at_the_same_time_count_once(tables):
    with tables.session() as session:
        [row] = ask(session, candidate(1))
        token = make_link(session, row.id)
        mark(session, row.id, "sent", sent_at=NOW)

    def once(_: int) -> str:
        with tables.session() as session:
            return answer(session, token, NOW, HELSINKI).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(once, range(24)))
    assert sorted(outcomes) == ["answered"] * 23 + ["open"]


def test_the_token_is_nowhere_once_the_letter_has_gone(tables):
    with tables.session() as session:
        ask(session, candidate(1))
        send_due(session, compose, SENDER, NOW, rules=RULES)
    office = PostOffice()
    deliver(tables, office)
    token = office.letter("a1@example.fi")["List-Unsubscribe"].split("/")[4]
    with tables.session(read_only=True) as session:
        assert look(session, token, NOW).outcome == "open"
        everything = "".join(str(vars(m)) for m in messages(session)) + str(
            [vars(link) for link in session.query(InvitationLink)]
        )
    assert token not in everything


def test_expiring_and_erasing(tables):
    with tables.session() as session:
        rows = ask(session, candidate(1), candidate(2), candidate(3))
        token = make_link(session, rows[0].id)
        mark(session, rows[0].id, "sent", sent_at=NOW)
        mark(session, rows[1].id, "answered")
        assert expire(session, NOW) == 0
        assert expire(session, NOW + 14 * DAY) == 2
        assert erase_profile(session, 1) == 1
        assert look(session, token, NOW).outcome == "unknown"
        assert session.query(InvitationLink).count() == 0


def test_no_address_is_kept_in_the_ledger(tables):
    with tables.session() as session:
        [row] = ask(session, candidate(1))
        session.refresh(row)
        assert "example.fi" not in str(vars(row))


def test_nothing_is_put_into_the_outbox_at_night(tables):
    night = NOW.replace(hour=23)
    with tables.session() as session:
        rows = ask(session, candidate(1), candidate(2))
        mark(session, rows[1].id, "sent", sent_at=NOW - 7 * DAY)
        assert send_due(session, compose, SENDER, night, rules=RULES) == 0
        assert remind(session, "nps", compose, SENDER, night, rules=RULES, after=DAY) == 0
        assert messages(session) == []
        assert send_due(session, compose, SENDER, night + DAY / 2, rules=RULES) == 1


def test_opting_out_takes_back_letters_that_have_not_gone_and_answering_the_reminder(tables):
    with tables.session() as session:
        first, second, reminded, other = ask(
            session, candidate(1, "a"), candidate(1, "b"), candidate(2), candidate(3)
        )
        send_due(session, compose, SENDER, NOW, rules=RULES)
        for row in (first, reminded):
            mark(session, row.id, "sent", sent_at=NOW)
        remind(session, "nps", compose, SENDER, NOW + DAY, rules=RULES, after=DAY)
        refuse(session, make_link(session, first.id), NOW)
        answer(session, make_link(session, reminded.id), NOW, HELSINKI)
        assert [m.key for m in messages(session)] == [f"invitation:{other.id}:0"]
        assert (second.state, second.reason) == ("suppressed", "opted_out")
