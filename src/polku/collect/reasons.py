"""The catalogue of reasons for which an event is rejected: stable codes, what they mean, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from polku.i18n import LazyText, _l


@dataclass(frozen=True, slots=True)
class Reason:
    """Why events are rejected. `replayable`: reading it again may take it, e.g. after an upgrade of Polku."""

    code: str
    title: LazyText
    advice: LazyText
    replayable: bool = True


_CATALOGUE: Final = (
    Reason(
        "no_name",
        _l("The event has no name"),
        _l("Give track calls a name, e.g. “Order Completed”."),
    ),
    Reason(
        "no_identity",
        _l("Nobody knows whose event it is"),
        _l("Send userId or anonymousId. Values such as “null” or “unknown” do not count."),
    ),
    Reason(
        "no_previous_id",
        _l("An alias without the earlier id"),
        _l("Give the alias call the id that the person had before: previousId."),
    ),
    Reason(
        "invalid_field",
        _l("A field is of the wrong kind"),
        _l("Correct the field that the sample names: ids are text, properties an object."),
    ),
    Reason(
        "invalid_time",
        _l("A time cannot be read"),
        _l("Write times as ISO 8601, e.g. 2026-11-23T09:30:00Z."),
    ),
    Reason(
        "impossible_time",
        _l("A time that cannot be"),
        _l("Check the sender's clock. Times before 1990 or more than a day ahead are not taken."),
    ),
    Reason(
        "invalid_score",
        _l("A survey response with an impossible score"),
        _l("NPS is 0–10, CSAT 1–5 and CES 1–7. Send the metric and the score as the customer gave it."),
    ),
    Reason(
        "event_too_large",
        _l("The event is too large"),
        _l("Leave out long texts and lists: an event may hold 32 kilobytes."),
    ),
    Reason(
        "batch_too_large",
        _l("Too much in one request"),
        _l("Send smaller batches: at most 500 kilobytes and 2,500 events at a time."),
    ),
    Reason(
        "body_too_large",
        _l("A request too large to keep"),
        _l(
            "Send smaller batches: at most 500 kilobytes and 2,500 events at a time. Only the beginning of these is "
            "kept, so they cannot be replayed: send their events again."
        ),
        replayable=False,
    ),
    Reason(
        "invalid_json",
        _l("It is not valid JSON"),
        _l("Let a JSON library write it. Numbers must fit in 64 bits."),
    ),
    Reason(
        "invalid_utf8",
        _l("Letters are encoded wrongly"),
        _l("Send text as UTF-8."),
    ),
    Reason(
        "not_a_number",
        _l("It holds a number that is none"),
        _l("Leave out NaN and Infinity, or send null."),
    ),
    Reason(
        "invalid_gzip",
        _l("The compressed data is damaged"),
        _l("Check what compresses the requests, and proxies on the way."),
        replayable=False,
    ),
    Reason(
        "not_an_object",
        _l("The event is not an object"),
        _l("Send each event as a JSON object: {…}."),
    ),
    Reason(
        "not_a_batch",
        _l("There is no batch in it"),
        _l('Send {"batch": […]} to /v1/batch, or single events to /v1/track and the like.'),
    ),
    Reason(
        "bad_time",
        _l("A time cannot be read"),
        _l("Say in the mapping how times are written (time_format), and import the file again."),
        replayable=False,
    ),
    Reason(
        "time_out_of_range",
        _l("A time that cannot be"),
        _l("Check the time and its format in the mapping, and import the file again."),
        replayable=False,
    ),
    Reason(
        "no_identifier",
        _l("Nobody knows whose event it is"),
        _l("Name in the mapping a column that says who the row is about, and import the file again."),
        replayable=False,
    ),
    Reason(
        "bad_value",
        _l("An amount of money that is no number"),
        _l("Correct the column in the file or the mapping, and import the file again."),
        replayable=False,
    ),
    Reason(
        "bad_score",
        _l("A survey response with an impossible score"),
        _l("Check the metric in the mapping: NPS is 0–10, CSAT 1–5 and CES 1–7. Then import the file again."),
        replayable=False,
    ),
    Reason(
        "bad_number",
        _l("A number that is none"),
        _l(
            "Correct the column in the file, or leave it out of “numbers” in the mapping. Then import the file again."
        ),
        replayable=False,
    ),
    Reason(
        "too_few_columns",
        _l("A row has too few columns"),
        _l("Correct the row in the file and import the file again."),
        replayable=False,
    ),
    Reason(
        "too_many_columns",
        _l("A row has too many columns"),
        _l("Put text that holds the delimiter in quotation marks, and import the file again."),
        replayable=False,
    ),
    Reason(
        "open_quote",
        _l("A quotation mark is left open"),
        _l("Close it, or say another quotation mark in the mapping, and import the file again."),
        replayable=False,
    ),
    Reason(
        "row_too_long",
        _l("A row is too long"),
        _l("See whether a quotation mark is left open, and import the file again."),
        replayable=False,
    ),
    Reason(
        "bad_letters",
        _l("Letters that cannot be read"),
        _l("Say the file's encoding in the mapping, and import the file again."),
        replayable=False,
    ),
    Reason(
        "bad_row",
        _l("A row that cannot be read"),
        _l("Correct the row in the file and import the file again."),
        replayable=False,
    ),
    Reason(
        "bad_json",
        _l("A line is no JSON object"),
        _l("Write one whole JSON object a line, and import the file again."),
        replayable=False,
    ),
    Reason(
        "cut_row",
        _l("The file ends in the middle of a row"),
        _l("Get the whole file and import it: only what is missing is added."),
        replayable=False,
    ),
    Reason(
        "no_time",
        _l("The event has no time"),
        _l("Give each event of the log its time:timestamp, and import the log again."),
        replayable=False,
    ),
    Reason(
        "row_too_large",
        _l("The event is too large"),
        _l("Leave out long texts, shorten the event's name, and import the file again."),
        replayable=False,
    ),
    Reason(
        "no_id",
        _l("The row has no id"),
        _l("Give each row an id, or leave the id out of the mapping, and import the file again."),
        replayable=False,
    ),
    Reason(
        "duplicate_id",
        _l("The id of another event"),
        _l("Give each event a messageId of its own. The first event with this id was kept."),
        replayable=False,
    ),
    Reason(
        "not_applied",
        _l("Polku failed to store it"),
        _l("The fault is ours and is in the log. Upgrade Polku, then replay."),
    ),
)

REASONS: Final = {r.code: r for r in _CATALOGUE}

OTHER_TITLE: Final = _l("Another reason")
OTHER_ADVICE: Final = _l("See the sample.")


def reason_of(code: str) -> Reason:
    """The reason with this code; of one that is not ours (an importer's own), what little there is to say."""
    return REASONS.get(code) or Reason(code, OTHER_TITLE, OTHER_ADVICE, replayable=False)
