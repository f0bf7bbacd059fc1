"""The picture of the map: where names stand, what is drawn of what is not known."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from polku.i18n import use_language
from polku.journeys.asking.results import Covered, Met
from polku.journeys.map import drawing, headline
from polku.journeys.map.labels import Box, Named, place, shortened, text_width
from polku.journeys.map.results import MapOfJourneys, StageOnMap, TouchpointOnMap
from polku.stats import Estimate

COVERED = Covered(None, None, None, None, datetime(2026, 1, 1, tzinfo=UTC))


def touchpoint(key: str, score: float | None, reach: int = 100) -> TouchpointOnMap:
    felt = Estimate.unknown(2, "too_few") if score is None else Estimate(score, score - 5, score + 5, 40)
    met = Met(key, key.capitalize(), key.capitalize(), "web")
    return TouchpointOnMap(met, reach, Estimate(0.5, 0.4, 0.6, 200), reach, Estimate(60, 50, 70, 9), felt)


def map_of(*stages: list[TouchpointOnMap]) -> MapOfJourneys:
    told = tuple(
        StageOnMap(f"s{i}", f"Vaihe {i}", f"Stage {i}", 100, Estimate(0.5 - i / 10, 0.3, 0.6, 100), tuple(ts))
        for i, ts in enumerate(stages)
    )
    return MapOfJourneys(COVERED, 100, 300, told)


def draw(journeys: MapOfJourneys) -> str:
    return str(drawing.across(journeys, language="en", link=lambda t: f"/x/{t.touchpoint.key}"))


def test_what_is_not_known_is_hollow_between_dashes() -> None:
    svg = draw(map_of([touchpoint("a", 20)], [touchpoint("b", None), touchpoint("c", -30)]))
    assert [re.findall(r'class="dot (\w+)"', svg), svg.count("line guessed")] == [
        ["good", "unknown", "bad"],
        2,
    ]
    a, b, c = (float(y) for y in re.findall(r'cy="([\d.]+)"', svg))
    assert a < b < c
    assert svg.count('class="minus"') == 1
    assert "/x/b" in svg
    assert "too few answers" in svg


def test_the_best_and_the_worst_stand_out() -> None:
    svg = draw(map_of([touchpoint("a", 20), touchpoint("b", 10)], [touchpoint("c", -30)]))
    assert re.findall(r'class="extreme"[^>]*>([^<]+)<', svg) == ["A +20", "C −30"]


def test_nothing_known_is_a_dashed_line_on_zero() -> None:
    svg = draw(map_of([touchpoint("a", None), touchpoint("b", None)], []))
    assert 'class="line"' not in svg
    assert len(set(re.findall(r'cy="([\d.]+)"', svg))) == 1


def test_a_name_cannot_break_out_of_the_picture() -> None:
    svg = draw(map_of([touchpoint('<script>"&', 5), touchpoint("b", 1)]))
    assert "<script" not in svg.lower()
    assert "&lt;script&gt;" in svg.lower()


def test_the_path_down_is_as_high_as_its_cards() -> None:
    journeys = map_of([touchpoint("a", 1), touchpoint("b", 2)], [touchpoint("c", 3)])
    height = 2 * drawing.HEAD + 3 * drawing.STEP
    assert f"height:{height / 16:g}rem" in str(drawing.down(journeys))


def test_a_stage_without_touchpoints_takes_little_room() -> None:
    journeys = map_of([], [touchpoint("a", 1), touchpoint("b", 2)], [touchpoint("c", 3)])
    bands = [float(w) for w in re.findall(r'class="band" x="[\d.]+" width="([\d.]+)"', draw(journeys))]
    assert bands[0] < 110
    assert abs(bands[1] - 2 * bands[2]) < 0.2
    assert abs(sum(bands) - drawing.WIDE.width) < 0.2
    height = drawing.BARE_HEAD + 2 * drawing.HEAD + 3 * drawing.STEP
    assert f"height:{height / 16:g}rem" in str(drawing.down(journeys))


def test_the_time_before_is_behind() -> None:
    now, before = (
        map_of([touchpoint("a", 1), touchpoint("b", 2)]),
        map_of([touchpoint("a", 9), touchpoint("b", 9)]),
    )
    svg = str(drawing.across(now, language="en", link=lambda t: "/", before=before))
    assert svg.index('class="before"') < svg.index('class="line"')


words = st.text("aeiklmnostuäö", min_size=1, max_size=16)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(words, st.integers(90, 250)), min_size=1, max_size=24))
def test_names_do_not_cover_each_other(named: list[tuple[str, int]]) -> None:
    slot = 1160 / len(named)
    points = [Named((i + 0.5) * slot, y, 5, text, 5, False) for i, (text, y) in enumerate(named)]
    boxes = [label.box for label in place(points, [], Box(0, 20, 1160, 330), widest=110)]
    covered = sum(a.overlap(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert covered <= 40 * len(named) / 24  # a touch of edges in the densest of pictures
    assert all(b.left >= 0 and b.right <= 1160 for b in boxes)


def test_a_long_name_is_cut() -> None:
    cut = shortened("Maksun keskeytyminen mobiilissa", 100)
    assert cut.endswith("…")
    assert text_width(cut) <= 105
    assert shortened("Kassa", 100) == "Kassa"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_headline_says_best_worst_and_narrowest() -> None:
    journeys = map_of([touchpoint("good", 40), touchpoint("so-so", 10)], [touchpoint("bad", -20)], [])
    said = headline.of_map(journeys, "en")
    assert "+40\u00a0±\u00a05" in said  # on one line
    assert plain(said) == (
        "Good feels best (+40 ± 5), Bad worst (−20 ± 5). "
        "Fewest go on from Stage 1 to Stage 2: 40.0% ± 15.0. The difference to others may be chance."
    )
    with use_language("fi"):
        assert plain(headline.of_map(journeys, "fi")).startswith(
            "Parhaalta tuntuu Good (+40 ± 5), heikoimmalta Bad"
        )


def test_headline_names_no_best_and_worst_whose_intervals_meet() -> None:
    journeys = map_of([touchpoint("good", 20), touchpoint("so-so", 15)], [touchpoint("bad", 11)])
    assert headline.extremes(journeys) is None
    assert "too few answers to tell which touchpoint feels best or worst" in headline.of_map(journeys, "en")
    assert headline.extremes(map_of([touchpoint("good", 22)], [touchpoint("bad", 11)])) is not None


def test_headline_compares_no_stages_where_only_one_leads_on() -> None:
    journeys = map_of([touchpoint("good", 40)], [touchpoint("bad", -20)])
    assert plain(headline.of_map(journeys, "en")).endswith("50.0% ± 15.0 go on from Stage 0 to Stage 1.")


def test_headline_of_nothing_known_is_empty() -> None:
    assert headline.of_map(map_of([touchpoint("a", None)]), "en") == ""
