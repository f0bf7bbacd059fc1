"""After a delivery."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, in_own_words, scale, survey, text

_ASPECTS = [
    {"value": "schedule", "text": text("It came when promised", "Toimitus tuli luvattuun aikaan")},
    {"value": "tracking", "text": text("I knew where it was", "Tiesin, missä lähetys kulki")},
    {"value": "condition", "text": text("It arrived undamaged", "Tuote tuli perille ehjänä")},
    {"value": "contents", "text": text("I got what I ordered", "Sain sen, mitä tilasin")},
]

TEMPLATE = ReadySurvey(
    key="post-delivery",
    name=_l("After a delivery"),
    purpose=_l(
        "How the delivery went, a few days after it: satisfaction, and what exactly went well or wrong."
    ),
    json=survey(
        text("Your delivery", "Toimituksesi"),
        scale(
            "delivery",
            text("How satisfied are you with the delivery?", "Kuinka tyytyväinen olet toimitukseen?"),
            text("Very dissatisfied", "Erittäin tyytymätön"),
            text("Very satisfied", "Erittäin tyytyväinen"),
            most=5,
        ),
        {
            "type": "matrix",
            "name": "aspects",
            "title": text("How did it go?", "Miten toimitus sujui?"),
            "rows": _ASPECTS,
            "columns": [
                {"value": "yes", "text": text("Yes", "Kyllä")},
                {"value": "partly", "text": text("Partly", "Osittain")},
                {"value": "no", "text": text("No", "Ei")},
            ],
        },
        in_own_words(
            "what_went_wrong",
            text("What went wrong?", "Mikä meni pieleen?"),
            visible_if="{delivery} <= 3 or {aspects.condition} = 'no' or {aspects.contents} = 'no'",
        ),
        {
            "type": "boolean",
            "name": "contact_me",
            "title": text("May we contact you about this?", "Saammeko ottaa sinuun yhteyttä asiasta?"),
            "labelTrue": text("Yes", "Kyllä"),
            "labelFalse": text("No", "Ei"),
            "visibleIf": "{delivery} <= 2",
        },
    ),
    tags={"delivery": Tag("csat", "action"), "aspects": Tag("", "action")},
    order=40,
)
