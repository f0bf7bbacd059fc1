"""Personal data out of a text: found by form and check digits, in time proportional to length."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.text import Kind, is_card, is_iban, is_personal_id, redacted

DAYS = st.dates(date(1900, 1, 1), date(2025, 12, 31))
SEPARATORS = {1900: "-YXWVU", 2000: "ABCDEF"}
CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


@given(DAYS, st.integers(2, 899), st.integers(0, 5))
def test_a_personal_id_is_told_by_its_check_character(born: date, number: int, which: int) -> None:
    separator = SEPARATORS[born.year // 100 * 100][which]
    digits = f"{born:%d%m%y}{number:03d}"
    right = CHECKS[int(digits) % 31]
    for check in CHECKS:
        code = f"{digits[:6]}{separator}{digits[6:]}{check}"
        assert is_personal_id(code) == (check == right)
        assert (Kind.PERSONAL_ID in redacted(f"(koodi {code}).").kinds) == (check == right)


def test_a_mistyped_personal_id_is_taken_where_it_is_called_one() -> None:
    assert redacted("Hetuni on 131052-308U.").text == "Hetuni on [id]."
    assert redacted("Tuote 131052-308U").text == "Tuote 131052-308U"
    assert not is_personal_id("310252-308T")  # no such day


def obvious_luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


@given(st.from_regex(r"\A(?:4[0-9]|5[1-5])[0-9]{11,17}\Z"))
def test_cards_pass_luhn(number: str) -> None:
    assert is_card(number) == obvious_luhn(number)
    assert not is_card("59" + number[2:]), "no issuer has it"


@given(st.integers(0, 10**14 - 1), st.booleans(), st.integers(0, 98))
def test_an_iban_is_told_by_its_remainder(account: int, spaced: bool, check: int) -> None:
    body = f"{account:014d}"
    right = 98 - int(f"{body}151800") % 97  # F = 15, I = 18
    assert is_iban(f"FI{check:02d}{body}") == (int(f"{body}1518{check:02d}") % 97 == 1)
    iban = f"FI{right:02d}{body}"
    written = " ".join(iban[i : i + 4] for i in range(0, 18, 4)) if spaced else iban
    assert redacted(f"Tilini on {written} kiitos").text == "Tilini on [iban] kiitos"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Tilini FI21 1234 5600 0007 85, kiitos", "Tilini [iban], kiitos"),
        ("kortti 4111 1111 1111 1111 ei käy", "kortti [card] ei käy"),
        ("tilaus 4111111111111112", "tilaus 4111111111111112"),
        ("soita 040 123 4567 tai +44 20 7946 0958", "soita [phone] tai [phone]"),
        ("12.5.2024 klo 14:30, 1 299,00 €", "12.5.2024 klo 14:30, 1 299,00 €"),
        ("matti.meikalainen+osto@firma.fi", "[email]"),
        ("asiakas(at)firma.fi", "[email]"),
        ("Asun osoitteessa Mannerheimintie 5 B 12, 00100 Helsinki.", "Asun osoitteessa [address]."),
        ("Kävin Aleksis Kiven katu 5:ssä", "[address]:ssä"),
        ("I live at 10 Downing Street, London SW1A 2AA", "I live at [address], London [address]"),
        ("Valtatie 4 ruuhkautui", "Valtatie 4 ruuhkautui"),
        ("Kiitos! Terveisin Matti Virtanen", "Kiitos! Terveisin [name]"),
        ("nimeni on Ögür Bönz", "nimeni on [name]"),
        ("My name is John Smith and I wait", "My name is [name] and I wait"),
        ("Puhuin Maijan kanssa, Pekalle kiitos", "Puhuin [name] kanssa, [name] kiitos"),
        ("Annan palautetta, toivo elää", "Annan palautetta, toivo elää"),
        ("Kiitos hyvästä palvelusta", "Kiitos hyvästä palvelusta"),
        ("", ""),
    ],
)
def test_what_is_taken_and_what_stays(text: str, without: str) -> None:
    assert redacted(text).text.endswith(without)


@given(st.text(max_size=200))
def test_spans_are_of_the_text_that_was_given(text: str) -> None:
    result = redacted(text)
    at, rebuilt = 0, []
    for span in result.found:
        assert at <= span.start < span.end <= len(text)
        rebuilt += [text[at : span.start], f"[{span.kind}]"]
        at = span.end
    assert "".join([*rebuilt, text[at:]]) == result.text


PERSONAL = st.sampled_from(
    [
        "131052-308T", "FI21 1234 5600 0007 85", "4111 1111 1111 1111", "matti@firma.fi", "040 123 4567",
        "Mannerheimintie 5 B 12, 00100 Helsinki", "Matti Virtanen", "Giacomo Puccini", "+44 20 7946 0958", "a@b.fi",
    ]
)  # fmt: skip
AROUND = st.sampled_from(
    ["", " ", ", ", ". ", "\n", "-", "/", "(", ")", "t. ", "nimeni on ", "hei", "A", "0", "1 ", "[name]"]
)


@given(st.lists(st.one_of(PERSONAL, AROUND, st.text(max_size=5)), max_size=12).map("".join))
def test_redacting_what_is_redacted_changes_nothing(text: str) -> None:
    once = redacted(text)
    assert redacted(once.text).text == once.text


def test_what_is_out_may_uncover_more() -> None:
    done = redacted("kirjoita a@b.fi040 1234567 heti")
    assert done.text == "kirjoita [email][phone] heti"
    assert [(s.start, s.end) for s in done.found] == [(9, 15), (15, 26)]


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("The bill was sent by Giacomo Puccini in spring.", "The bill was sent by [name] in spring."),
        ("Got good service from Nathan in Dundee", "Got good service from [name] in Dundee"),
        ("I flew from Dallas to Denver in January", "I flew from Dallas to Denver in January"),
        ("Great Service And Good Food in New York", "Great Service And Good Food in New York"),
        ("Will they hope for grace in May?", "Will they hope for grace in May?"),
        ("Olen tyytyväinen. Tai en. Oma vika.", "Olen tyytyväinen. Tai en. Oma vika."),
        ("I think Brian Washington deserves praise", "I think [name] deserves praise"),
    ],
)
def test_names_amid_english_sentences(text: str, without: str) -> None:
    assert redacted(text).text == without


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1 ",
        "a@",
        "0 ",
        "00",
        "-",
        " ",
        "Aa ",
        "tie ",
        "t. ",
        "FI21 ",
        "(",
        "1",
        "+358 ",
        "Matti ",
        "a@b.fi040 1234567 ",
        "Xyzzy ",
        "Xy'Zz-",
    ],
)
def test_twice_the_text_takes_no_more_than_some_twice_the_time(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.perf_counter()
        redacted(text)
        return time.perf_counter() - start

    short, long = min(seconds(5_000) for _ in range(3)), min(seconds(80_000) for _ in range(2))
    assert long < 64 * short + 0.2  # 16 times as long: linear is 16 times, quadratic 256
