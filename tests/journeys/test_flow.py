"""The flow picture: what bends where, how thick, and what is left out."""

from __future__ import annotations

import re
from dataclasses import replace

from polku.i18n import use_language
from polku.journeys.asking.results import Ends, Met, Quantiles
from polku.journeys.map.results import MapOfJourneys
from polku.journeys.paths import headline
from polku.journeys.paths.flow import NARROW, THICKEST, WIDE, Format, flow
from polku.journeys.paths.results import GraphOfJourneys, Transition
from polku.stats import Estimate
from tests.journeys.test_drawing import COVERED, map_of, touchpoint

MAP = map_of([touchpoint("a", 1), touchpoint("b", 1)], [], [touchpoint("c", 1)])


def transition(came: str, went: str, count: int) -> Transition:
    a, b = (Met(k, k.capitalize(), k.capitalize(), "web") for k in (came, went))
    minute = Estimate(60, 50, 70, count)
    return Transition(a, b, count, Estimate(0.5, 0.45, 0.55, count), minute, Quantiles(*[minute] * 5))


def graph_of(*transitions: Transition) -> GraphOfJourneys:
    return GraphOfJourneys(COVERED, transitions, 1.0, sum(t.count for t in transitions), ())


def draw(graph: GraphOfJourneys, journeys: MapOfJourneys = MAP, format: Format = WIDE) -> str:
    return str(flow(journeys, graph, format, language="en", link=lambda t: f"/x/{t.key}"))


def test_what_leads_onwards_is_on_the_right_and_what_leads_back_on_the_left() -> None:
    svg = draw(graph_of(transition("a", "c", 80), transition("c", "b", 20)))
    bends = re.findall(
        r'class="flow-(\w+) stage-(\d)"><title>([^<]+)<.*? d="M([\d.]+),([\d.]+)C.*? ([\d.]+),([\d.]+)"', svg
    )
    (css, stage, told, x, y, _, end), (css_back, stage_back, _, x_back, y_back, _, end_back) = bends
    assert [css, stage, told] == ["onwards", "1", "A → C: 80 (50.0% ± 5.0)"]
    assert [css_back, stage_back] == ["back", "3"]
    assert float(x) == WIDE.right
    assert float(x_back) == WIDE.left
    assert float(y) < float(end)
    assert float(y_back) > float(end_back)


def test_without_a_map_touchpoints_stand_as_journeys_end_at_them_and_between_after_what_leads_there() -> None:
    ends = tuple(Ends(transition(k, k, 1).came, 5, 5) for k in ("a", "c"))
    graph = replace(
        graph_of(transition("a", "b", 9), transition("b", "c", 8), transition("c", "a", 7)), ends=ends
    )
    svg = str(flow(None, graph, WIDE, language="en", link=lambda t: ""))
    boxes = re.findall(r'<a class="stage-(\d)" href=""><title>(\w)</title>', svg)
    assert boxes == [("5", "A"), ("5", "B"), ("5", "C")]
    assert svg.count("flow-onwards") == 2
    assert svg.count("flow-back") == 1
    assert "stage-name" not in svg


def test_thickness_is_how_often() -> None:
    svg = draw(graph_of(transition("a", "b", 100), transition("b", "c", 50), transition("a", "c", 5)))
    assert [float(w) for w in re.findall(r'stroke-width="([\d.]+)"', svg)] == [THICKEST, THICKEST / 2, 1]


def test_the_same_again_is_told_not_drawn() -> None:
    svg = draw(graph_of(transition("b", "b", 1234), transition("a", "b", 10)))
    assert svg.count('class="bend"') == 1
    assert "↻ 1,234" in svg
    assert 'stroke-width="17"' in svg  # the thickest of those drawn


def test_every_box_leads_to_its_touchpoint_by_stage() -> None:
    svg = draw(graph_of(transition("a", "c", 80)))
    assert re.findall(r'<a class="stage-(\d)" href="/x/(\w)"', svg) == [("1", "a"), ("3", "c")]
    assert "Stage 0" in svg
    assert "Stage 1" not in svg  # nothing stands there


def test_what_is_not_on_the_map_is_not_drawn() -> None:
    assert draw(graph_of(transition("a", "survey", 80), transition("b", "b", 9))) == ""
    assert draw(graph_of()) == ""


def test_bends_stay_in_the_picture() -> None:
    names = [f"t{i}" for i in range(14)]
    journeys = map_of([touchpoint(n, 1) for n in names])
    transitions = [transition(names[0], n, 900) for n in names[1:]]
    transitions += [transition(n, names[0], 900) for n in names[1:]]
    for format in (WIDE, NARROW):
        svg = draw(graph_of(*transitions), journeys, format)
        for edge, middle in re.findall(r'class="bend"[^>]* d="M([\d.]+),[\d.]+C([-\d.]+),', svg):
            outermost = float(edge) + (float(middle) - float(edge)) * 0.75
            assert THICKEST / 2 <= outermost <= format.width - THICKEST / 2


def test_names_are_not_markup() -> None:
    journeys = map_of([touchpoint("<i>", 1), touchpoint("b", 1)])
    svg = draw(graph_of(transition("<i>", "b", 9)), journeys)
    assert "<i>" not in svg.lower()
    assert "&lt;i&gt;" in svg.lower()


def test_headline_names_the_most_frequent_way_between_two() -> None:
    graph = graph_of(transition("b", "b", 100), transition("a", "b", 60), transition("b", "c", 50))
    assert headline.of_graph(graph, "en") == (
        "Most often A leads to B: 50.0%\u00a0±\u00a05.0 of those who go on."
    )
    with use_language("fi"):
        assert "A → B" in headline.of_graph(graph, "fi")
    assert headline.of_graph(graph_of(transition("b", "b", 100)), "en") == ""
