"""What answers of journeys show of themselves in a notebook: what their pages say in a sentence, and their pictures.

An answer does not know the stages of touchpoints, which only colour the pictures of pages: here all have one colour.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from markupsafe import Markup

from polku.answer import pictured
from polku.charts import Figure
from polku.i18n import current_language, gettext
from polku.journeys.asking.results import Met
from polku.journeys.attribution import drawing as of_attribution
from polku.journeys.attribution.headline import of_attribution as attribution_says
from polku.journeys.attribution.results import AttributionOfJourneys
from polku.journeys.attribution.telling import sides_of
from polku.journeys.between.figures import spread_of
from polku.journeys.between.results import TimeBetween
from polku.journeys.comparison import drawing as of_comparison
from polku.journeys.comparison.headline import of_comparison as comparison_says
from polku.journeys.comparison.naming import names_of
from polku.journeys.comparison.results import JourneysCompared
from polku.journeys.conformance import drawing as of_conformance
from polku.journeys.conformance.headline import of_conformance as conformance_says
from polku.journeys.conformance.results import ConformanceOfJourneys
from polku.journeys.funnel import figures as of_funnel
from polku.journeys.funnel.results import ConversionOverTime, FunnelOfJourneys
from polku.journeys.map import drawing as of_map
from polku.journeys.map.headline import of_map as map_says
from polku.journeys.map.results import MapOfJourneys
from polku.journeys.next.figures import likely
from polku.journeys.next.results import NextOfJourneys
from polku.journeys.paths import flow, headline, stream
from polku.journeys.paths.results import GraphOfJourneys
from polku.journeys.paths.walk_results import REST, PathsOfJourneys
from polku.journeys.retention import figures as of_retention
from polku.journeys.retention.headline import of_lifecycle
from polku.journeys.retention.headline import of_retention as retention_says
from polku.journeys.retention.results import LifecycleOfJourneys, RetentionOfJourneys
from polku.journeys.stages.figures import moves_of, stock_of
from polku.journeys.stages.headline import of_stages
from polku.journeys.stages.results import StagesOfJourneys
from polku.journeys.types.drawing import types_across
from polku.journeys.types.headline import name_of, of_types
from polku.journeys.types.results import TypesOfJourneys
from polku.journeys.volumes.figures import figure_of
from polku.journeys.volumes.results import VolumesOverTime
from polku.web.pictures import image

STAGES: Final = ("components", "journeys")
"""The style sheets of every page of journeys."""


def _shown(says: str, drawing: Markup, *sheets: str, within: str = "") -> Markup:
    """A sentence and its picture; what there is nothing to draw of is left out."""
    told = Markup("<p>{}</p>").format(says) if says else Markup("")
    return told + (image(drawing, *STAGES, *sheets, says=says, within=within) if drawing else Markup(""))


def _figures(*figures: Figure | None) -> Markup:
    shown = Markup("")
    for figure in figures:
        if figure:
            head = Markup("<p><b>{}</b><br/>{}</p>").format(figure.title, figure.description)
            drawn = Markup(figure.to_svg(None))  # noqa: S704  Vega escapes the text it draws
            shown += head + image(drawn, says=figure.description)
    return shown


def _map(told: MapOfJourneys) -> Markup:
    if not told.touchpoints:
        return Markup("")
    language = current_language()
    drawn = of_map.across(told, language=language, link=lambda _: "")
    return _shown(map_says(told, language), drawn)


def _graph(told: GraphOfJourneys) -> Markup:
    language = current_language()
    most = replace(told, transitions=told.transitions[: flow.MOST])
    drawn = flow.flow(None, most, flow.WIDE, language=language, link=lambda _: "")
    return _shown(headline.of_graph(told, language), drawn, within="flow-picture")


def _paths(told: PathsOfJourneys) -> Markup:
    def colour(met: Met) -> int:
        return 0 if met.key == REST.key else flow.BARE

    language = current_language()
    drawn = stream.stream(
        told, stream.WHOLE, name="alone", language=language, link=lambda _: None, colour=colour
    )
    return _shown(headline.of_paths([("", told)], language), drawn, "paths")


def _funnel(told: FunnelOfJourneys) -> Markup:
    return _figures(of_funnel.steps_of(told, current_language()), of_funnel.to_convert(told))


def _conversion(told: ConversionOverTime) -> Markup:
    return _figures(of_funnel.over_time(told))


def _retention(told: RetentionOfJourneys) -> Markup:
    language = current_language()
    figure = of_retention.curve_of(told, language)
    return _figures(figure) if figure else _shown(retention_says(told, language), Markup(""))


def _lifecycle(told: LifecycleOfJourneys) -> Markup:
    figure = of_retention.cycle_of(told)
    return _figures(figure) if figure else _shown(of_lifecycle(told), Markup(""))


def _between(told: TimeBetween) -> Markup:
    return _figures(spread_of(told, current_language()))


def _volumes(told: VolumesOverTime) -> Markup:
    return _figures(figure_of(told, current_language()))


def _stages(told: StagesOfJourneys) -> Markup:
    if not told.staged:
        return Markup("")
    language = current_language()
    says = of_stages(told, language)
    return _figures(stock_of(told, says, language), moves_of(told, ""))


def _comparison(told: JourneysCompared) -> Markup:
    language, names = current_language(), names_of(told)
    drawn = of_comparison.draw(told.rows, names, of_comparison.WIDE, language)
    return _shown(comparison_says(told, names, language), drawn, "comparison", within="compared-picture")


def _conformance(told: ConformanceOfJourneys) -> Markup:
    language = current_language()
    drawn = of_conformance.across(told, language) or of_conformance.down(told, language)
    return _shown(conformance_says(told, language), drawn, "conformance", within="design-picture")


def _types(told: TypesOfJourneys) -> Markup:
    """The picture, and the typical paths in words: dots of one colour do not tell what they are."""
    language = current_language()
    ways = Markup("").join(
        Markup("<li><b>{}</b>: {}</li>").format(
            name_of(t, language), " → ".join(met.name(language) for met in t.path)
        )
        for t in told.types
    )
    drawn = _shown(of_types(told, language), types_across(told, {}, language), "types")
    return drawn + (Markup("<ol>{}</ol>").format(ways) if ways else "")


def _attribution(told: AttributionOfJourneys) -> Markup:
    language, sides = current_language(), sides_of(told, money=False)
    drawn = of_attribution.models_across(sides, told.models, of_attribution.WIDE, language)
    shown = _shown(attribution_says(told, sides, language), drawn, "attribution", within="models-picture")
    if not drawn:
        return shown
    signs = of_attribution.legend(told.models, of_attribution.WIDE.width)
    return shown + image(signs, *STAGES, "attribution", says=gettext("Models"), within="models-picture")


def _next(told: NextOfJourneys) -> Markup:
    return _figures(likely(told, current_language()))


pictured(MapOfJourneys, _map)
pictured(GraphOfJourneys, _graph)
pictured(PathsOfJourneys, _paths)
pictured(FunnelOfJourneys, _funnel)
pictured(ConversionOverTime, _conversion)
pictured(RetentionOfJourneys, _retention)
pictured(LifecycleOfJourneys, _lifecycle)
pictured(TimeBetween, _between)
pictured(VolumesOverTime, _volumes)
pictured(StagesOfJourneys, _stages)
pictured(JourneysCompared, _comparison)
pictured(ConformanceOfJourneys, _conformance)
pictured(TypesOfJourneys, _types)
pictured(AttributionOfJourneys, _attribution)
pictured(NextOfJourneys, _next)
