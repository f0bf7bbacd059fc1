"""What the page of paths shows step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.datastructures import QueryParams

from polku.i18n import current_language, gettext
from polku.journeys.asking.export import Export
from polku.journeys.asking.filters import Filters, touchpoints_by_stage
from polku.journeys.asking.results import Met
from polku.journeys.asking.units import LEVELS
from polku.journeys.map.mapping import usual_steps
from polku.journeys.map.results import MapOfJourneys
from polku.journeys.paths import headline
from polku.journeys.paths.choice import STEPS, Choice
from polku.journeys.paths.comparing import beside
from polku.journeys.paths.stream import HALF, WHOLE, step_name, stream
from polku.journeys.paths.walk_queries import JourneyPaths
from polku.journeys.paths.walk_results import ANYTHING, REST, PathsOfJourneys
from polku.journeys.touchpoints.catalogue import Catalogue
from polku.web.channels import CHANNELS
from polku.workspace import Workspace

CHANNEL_COLOUR: Final = 5

Options = list[tuple[str, list[tuple[str, str]]]]
"""What can be chosen, under titles."""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step that was chosen, and the way back to it."""

    name: str
    address: str


def explorer(
    given: QueryParams, workspace: Workspace, filters: Filters, journeys: MapOfJourneys, catalogue: Catalogue
) -> dict[str, Any]:
    """The values of the template `journeys/explorer.html`. Raises InvalidInput and UnknownTouchpoint."""
    language = current_language()
    choice = Choice.read(given, filters, (usual_steps(journeys) or [""])[-1])
    query = JourneyPaths.of(choice.asked(filters.asked_each))
    paths = query.answer(workspace)
    names, other = _other(choice, filters, workspace, catalogue)

    def link(stop: Any) -> str | None:
        on = choice.going_on(stop)
        return on.address(filters) if on else None

    def colour(met: Met) -> int:
        return colour_of(met, choice.level, catalogue)

    format = WHOLE if other is None else HALF
    shown = [paths] if other is None else [paths, other]
    return {
        "choice": choice,
        "paths": paths,
        "other": other,
        "names": names,
        "streams": [
            stream(p, format, name="ab"[i], language=language, link=link, colour=colour)
            for i, p in enumerate(shown)
        ],
        "rows": beside(paths, other),
        "step_name": step_name,
        "link": link,
        "colour": colour,
        "crumbs": _crumbs(choice, filters, catalogue, language),
        "where": _where(choice.level, catalogue, language),
        "levels": LEVELS,
        "step_choices": STEPS,
        "next_says": headline.of_paths(list(zip(names, shown, strict=False)), language),
        "paths_export": Export(query),
        "others_filters": replace(filters, who=choice.who_b),
    }


def _other(
    choice: Choice, filters: Filters, workspace: Workspace, catalogue: Catalogue
) -> tuple[list[str], PathsOfJourneys | None]:
    """The second of two that are compared, if any are, and what both are called."""
    asked = filters.asked
    if choice.who_b:
        names = [_named(w, filters, catalogue) for w in (filters.who, choice.who_b)]
        asked = asked | {"who": choice.who_b}
    elif filters.compare and filters.before:
        names, asked = [gettext("This period"), gettext("The time before")], filters.before
    else:
        return [""], None
    return names, JourneyPaths.of(choice.asked(asked)).answer(workspace)


def _named(who: Sequence[str], filters: Filters, catalogue: Catalogue) -> str:
    said = [filters.in_words(w, catalogue, current_language()) for w in who]
    return ", ".join(said) if said else gettext("Everyone")


def colour_of(met: Met, level: str, catalogue: Catalogue) -> int:
    """The colour of a touchpoint's or a stage's place on the map; 0 for what has none there, 5 for channels."""
    if level == "channel":
        return 0 if met.key in (REST.key, ANYTHING.key) else CHANNEL_COLOUR
    stages = [s.key for s in catalogue.stages]
    stage: str | None = met.key
    if level == "touchpoint":
        stage = next((t.stage for t in catalogue.touchpoints if t.key == met.key), None)
    return stages.index(stage) % 4 + 1 if stage in stages else 0


def _crumbs(choice: Choice, filters: Filters, catalogue: Catalogue, language: str) -> list[Crumb]:
    """The way that was chosen, each step with the address at which it was the last."""
    crumbs = []
    for at, key in enumerate(choice.taken):
        kept = replace(choice, then=choice.taken[1 : at + 1] if choice.at else choice.taken[: at + 1])
        crumbs.append(Crumb(_name(key, choice.level, catalogue, language), kept.address(filters)))
    return crumbs


def _name(key: str, level: str, catalogue: Catalogue, language: str) -> str:
    if key == ANYTHING.key:
        return ANYTHING.name(language)
    if level == "channel":
        return str(CHANNELS.get(key, key))
    stage = catalogue.stage(key)
    if level == "stage":
        return stage.name(language) if stage else key
    return catalogue.touchpoint(key).name(language)


def _where(level: str, catalogue: Catalogue, language: str) -> Options:
    """Where paths may begin or end, at a level."""
    if level == "channel":
        used = {t.channel for t in catalogue.touchpoints}
        return [("", [(c, str(n)) for c, n in CHANNELS.items() if c in used])]
    if level == "stage":
        return [("", [(s.key, s.name(language)) for s in catalogue.stages])]
    return touchpoints_by_stage(catalogue, language)
