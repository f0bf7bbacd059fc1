"""Customer Effort Score 2.0."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, agreement, in_own_words, survey, text

TEMPLATE = ReadySurvey(
    key="ces",
    name=_l("Effort (CES 2.0)"),
    purpose=_l("How easily customers get done what they came for. Ask right after service."),
    json=survey(
        text("How easy was it?", "Kuinka helppoa se oli?"),
        agreement(
            "ease",
            text(
                "The company made it easy for me to handle my issue.",
                "Yrityksen kanssa oli helppo hoitaa asiani.",
            ),
        ),
        in_own_words(
            "what_was_hard",
            text("What made it hard?", "Mikä teki siitä hankalaa?"),
            visible_if="{ease} <= 4",
        ),
    ),
    tags={"ease": Tag("ces", "action")},
    source="Dixon, Toman & DeLisi (2013), The Effortless Experience",
    order=30,
)
