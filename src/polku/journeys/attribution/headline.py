"""What attribution says, in a sentence or two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from polku.i18n import gettext, ngettext, number, percent
from polku.journeys.asking.telling import apart, is_told, said
from polku.journeys.attribution.naming import NAMES
from polku.journeys.attribution.results import AttributionOfJourneys
from polku.journeys.attribution.telling import Side, disagreement, ends_of
from polku.stats import Estimate


def of_attribution(answer: AttributionOfJourneys, sides: Sequence[Side], language: str) -> str:
    """Who earns most, whichever way one counts or not, and where the models disagree."""
    outcome = answer.outcome.name(language)
    if answer.reason == "nothing_before":
        return gettext(
            "No touchpoint that may earn it comes before %(outcome)s. Let all touchpoints earn, or look further back.",
            outcome=outcome,
        )
    if answer.reason:
        return gettext("With these choices %(outcome)s never happens.", outcome=outcome)
    told = [s for s in sides if any(map(is_told, s.shares))]
    if not told:
        return gettext("There are too few of %(outcome)s to say what earned them.", outcome=outcome)
    return said([*_winner(answer, told, language), *_disagreement(answer, told, language)])


def _winner(answer: AttributionOfJourneys, sides: Sequence[Side], language: str) -> list[str]:
    """Who has most by each model; and whether that could be chance."""
    best = [max(sides, key=lambda s, m=m: _value(s.shares[m])) for m in range(len(answer.models))]  # type: ignore[misc]
    won = Counter(s.touchpoint.key for s in best)
    winner = next(s for s in best if s.touchpoint.key == won.most_common(1)[0][0])
    ends = ends_of(winner.shares)
    assert ends is not None  # only those of which something is told are here
    values = {
        "best": winner.touchpoint.name(language),
        "outcome": answer.outcome.name(language),
        "least": percent(_value(winner.shares[ends[0]])),
        "most": percent(_value(winner.shares[ends[1]])),
    }
    if len(won) > 1:
        m = next(m for m, s in enumerate(best) if s is not winner)
        return [
            gettext(
                "By %(ways)s of %(all)s ways of counting %(best)s earns most of the credit for %(outcome)s; "
                "by another, %(model)s, %(other)s does.",
                ways=number(won[winner.touchpoint.key]),
                all=number(len(answer.models)),
                model=NAMES[answer.models[m]],
                other=best[m].touchpoint.name(language),
                **values,
            )
        ]
    sentences = [
        gettext(
            "Whichever way one counts, %(best)s earns most of the credit for %(outcome)s: %(least)s–%(most)s.",
            **values,
        )
    ]
    others = [s for s in sides if s is not winner]
    if not all(apart(s.shares[m], winner.shares[m]) for m in range(len(answer.models)) for s in others):
        sentences.append(gettext("The difference to others may be chance."))
    return sentences


def _disagreement(answer: AttributionOfJourneys, sides: Sequence[Side], language: str) -> list[str]:
    found = [(s, ends) for s in sides if (ends := disagreement(s.shares))]
    if not found:
        return [gettext("The ways do not disagree by more than chance.")]
    worst, (least, most) = max(
        found, key=lambda f: _value(f[0].shares[f[1][1]]) - _value(f[0].shares[f[1][0]])
    )
    return [
        ngettext(
            "The ways disagree on %(name)s: %(least)s by %(least_by)s, %(most)s by %(most_by)s.",
            "The ways disagree on %(num)s of %(all)s, most on %(name)s: %(least)s by %(least_by)s, %(most)s by "
            "%(most_by)s.",
            len(found),
            all=number(len(sides)),
            name=worst.touchpoint.name(language),
            least=percent(_value(worst.shares[least])),
            most=percent(_value(worst.shares[most])),
            least_by=NAMES[answer.models[least]],
            most_by=NAMES[answer.models[most]],
        )
    ]


def _value(e: Estimate) -> float:
    return -1.0 if e.estimate is None else e.estimate
