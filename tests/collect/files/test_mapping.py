from __future__ import annotations

import pytest

from polku.collect.files import parse_mapping
from polku.errors import InvalidInput
from tests.collect.files.importing import VISITS


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ("user_id =", "userid ="),
            ["unknown key 'event.1.userid'", "Did you mean 'user_id'?", "Allowed here:"],
        ),
        (("[read]", "[reads]"), ["unknown key 'reads'", "Did you mean 'read'?"]),
        (("[table.log]", "[table.log]\nfile = 'x'"), ["'table.log.file'", "Did you mean 'files'?"]),
        (("Europe/Helsinki", "Helsinki"), ["'Helsinki' is not a time zone", "Europe/Helsinki"]),
        (('table = "log"', 'table = "logs"'), ["event 1 (Visit): table 'logs'", "Did you mean 'log'?"]),
        (('user_id = "who"', ""), ["belongs to nobody", "anonymous_id"]),
        (('name = "Visit"', ""), ["event 1 (track) has no name", "name_from"]),
        (('at = "at"', ""), ["'event.1.at' is missing"]),
        (("[source]", "[source"), ["not valid TOML", "line 2"]),
        (("[table.log]", '[table.log]\nfrom = "log"'), ["needs itself: log → log"]),
        (("[table.log]", '[table.log]\njoin = { other = "id" }'), ["speaks of table 'other'", "Tables: log"]),
        (('user_id = "who"', 'identifiers = { user_id = "who" }'), ["user_id and anonymous_id have keys"]),
        (("[table.log]", '[table.log]\ndecimal = "x"'), ["'table.log.decimal' is 'x'"]),
    ],
)
def test_mistakes_are_named(change: tuple[str, str], words: list[str]):
    broken = VISITS.replace(*change)
    assert broken != VISITS
    with pytest.raises(InvalidInput) as error:
        parse_mapping(broken, name="shop.toml")
    for word in ["shop.toml", *words]:
        assert word in error.value.message


def test_keys_without_quotes_in_rename_are_texts():
    mapping = parse_mapping(
        VISITS.replace('name = "Visit"', 'name_from = "what"') + '[event.rename]\n1 = "One"\n'
    )
    assert mapping.event[0].rename == {"1": "One"}


def test_a_made_table_is_read_as_the_one_it_is_made_from():
    extra = '[table.days]\nfrom = "log"\n[table.log]\ntime_format = "%d.%m.%Y"\n'
    mapping = parse_mapping(VISITS.replace("[table.log]\n", extra))
    reading = mapping.reading("days")
    assert (reading.time_format, reading.timezone) == ("%d.%m.%Y", "Europe/Helsinki")
