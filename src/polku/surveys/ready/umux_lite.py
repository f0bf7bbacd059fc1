"""UMUX-Lite: usefulness and ease of a digital service."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, agreement, in_own_words, survey, text

TEMPLATE = ReadySurvey(
    key="umux-lite",
    name=_l("Usability (UMUX-Lite)"),
    purpose=_l(
        "Whether a site or an app does what is needed, and is easy to use: two questions instead of SUS's ten."
    ),
    json=survey(
        text("How does our service work for you?", "Miten palvelumme toimii sinulle?"),
        agreement(
            "needs", text("This service's features meet my needs.", "Tämä palvelu tekee sen, mitä tarvitsen.")
        ),
        agreement("ease", text("This service is easy to use.", "Tätä palvelua on helppo käyttää.")),
        in_own_words("what_lacks", text("What should work better?", "Minkä pitäisi toimia paremmin?")),
    ),
    tags={"needs": Tag("umux_lite", "action"), "ease": Tag("umux_lite", "action")},
    source="Lewis, Utesch & Maher (2013), UMUX-LITE: When There's No Time for the SUS",
)
