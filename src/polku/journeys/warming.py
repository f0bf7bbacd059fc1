"""What is asked ahead, so that nobody waits for it."""

from __future__ import annotations

from polku.journeys.funnel.queries import JourneyConversion, JourneyFunnel
from polku.journeys.map.mapping import USUAL_WINDOW, usual_steps
from polku.journeys.map.queries import JourneyMap
from polku.journeys.paths.choice import Choice
from polku.journeys.paths.queries import JourneyGraph
from polku.journeys.paths.walk_queries import JourneyPaths
from polku.journeys.retention.queries import JourneyLifecycle, JourneyRetention
from polku.journeys.sessions.queries import JourneySessions
from polku.journeys.stages.queries import JourneyStages
from polku.journeys.variants.queries import COMPARED, JourneyVariants
from polku.journeys.volumes.queries import JourneyScores, JourneyVolumes
from polku.workspace import Query, Workspace


def warm(workspace: Workspace) -> None:
    """Ask what the pages open with; `Answers` keeps it, and asks again at every refresh."""
    journeys = JourneyMap.of({}).answer(workspace)
    asked: tuple[type[Query], ...] = (
        JourneyVolumes,
        JourneyScores,
        JourneyGraph,
        JourneySessions,
        JourneyRetention,
        JourneyLifecycle,
        JourneyStages,
    )
    for query in asked:
        query.of({}).answer(workspace)
    JourneyPaths.of(Choice().asked({})).answer(workspace)
    JourneyVariants.of({"collapse": True, "top": COMPARED}).answer(workspace)
    if steps := usual_steps(journeys):
        for of_funnel in (JourneyFunnel, JourneyConversion):
            of_funnel.of({"steps": steps, "within": USUAL_WINDOW}).answer(workspace)
