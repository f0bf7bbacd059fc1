"""Which item of its metric a question asks."""

from __future__ import annotations

from collections.abc import Iterable

from polku.errors import InvalidInput
from polku.metrics import metric
from polku.surveys.results.questions import Question


def item_place(question: Question) -> int:
    """The place, among the items of the metric that it is tagged with, of the one that a question asks.

    A metric of one item is asked under any name. Raises InvalidInput for an unknown metric, a question that is none of
    its items, or one that is no rating on the item's scale.
    """
    chosen = metric(question.metric or "")
    names = [item.key for item in chosen.items]
    name = question.item or (names[0] if len(names) == 1 else "")
    if name not in names:
        raise InvalidInput(
            "The question '%(question)s' is none that %(metric)s is made of, so it does not count there. "
            "Its items are: %(items)s. Name the question as the item that it asks, or take the metric off.",
            question=question.key,
            metric=str(chosen.name),
            items=", ".join(names),
        )
    item = chosen.items[names.index(name)]
    if question.kind != "rating" or (question.low, question.high) != (item.low, item.high):
        raise InvalidInput(
            "The question '%(question)s' cannot tell %(metric)s: that is asked as a rating from %(low)s to %(high)s.",
            question=question.key,
            metric=str(chosen.name),
            low=item.low,
            high=item.high,
        )
    return names.index(name)


def misfit(question: Question) -> InvalidInput | None:
    """Why a question cannot tell the metric that it is tagged with; None where it can, or has none."""
    if not question.metric:
        return None
    try:
        item_place(question)
    except InvalidInput as e:
        return e
    return None


def unasked(questions: Iterable[Question]) -> dict[str, tuple[str, ...]]:
    """By metric, of those of which some item is asked: the items that nobody is asked, so that it is told of nobody."""
    asked: dict[str, set[int]] = {}
    for question in questions:
        if question.metric and not misfit(question):
            asked.setdefault(question.metric, set()).add(item_place(question))
    lacking = {
        key: tuple(item.key for i, item in enumerate(metric(key).items) if i not in there)
        for key, there in asked.items()
    }
    return {key: items for key, items in lacking.items() if items}
