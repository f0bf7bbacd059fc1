"""Customer satisfaction."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, in_own_words, scale, survey, text

TEMPLATE = ReadySurvey(
    key="csat",
    name=_l("Satisfaction (CSAT)"),
    purpose=_l("How many are satisfied. Ask soon after what the question is about."),
    json=survey(
        text("How did we do?", "Miten onnistuimme?"),
        scale(
            "satisfaction",
            text("How satisfied are you with us overall?", "Kuinka tyytyväinen olet meihin kokonaisuutena?"),
            text("Very dissatisfied", "Erittäin tyytymätön"),
            text("Very satisfied", "Erittäin tyytyväinen"),
            most=5,
        ),
        in_own_words(
            "what_went_wrong",
            text("What went wrong?", "Mikä meni pieleen?"),
            visible_if="{satisfaction} <= 2",
        ),
        in_own_words(
            "comment",
            text("Is there anything you would like to add?", "Haluatko kertoa vielä jotain?"),
            visible_if="{satisfaction} >= 3",
        ),
    ),
    tags={"satisfaction": Tag("csat", "emotion")},
    order=20,
)
