"""Net Promoter Score."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, in_own_words, recommend, survey, text

TEMPLATE = ReadySurvey(
    key="nps",
    name=_l("Recommendation (NPS)"),
    purpose=_l("How many would recommend you, and why. The reason is asked in words that fit the score."),
    json=survey(
        text("Would you recommend us?", "Suosittelisitko meitä?"),
        recommend(),
        in_own_words(
            "why_not",
            text("What should we do better?", "Mitä meidän pitäisi tehdä paremmin?"),
            visible_if="{recommend} <= 6",
        ),
        in_own_words(
            "what_lacks",
            text("What would make it a ten?", "Mitä kymppiin vielä tarvittaisiin?"),
            visible_if="{recommend} >= 7 and {recommend} <= 8",
        ),
        in_own_words(
            "what_works",
            text("What do you like most about us?", "Mikä meissä on parasta?"),
            visible_if="{recommend} >= 9",
        ),
    ),
    tags={"recommend": Tag("nps", "meaning")},
    source="Reichheld (2003), The One Number You Need to Grow",
    order=10,
)
