"""After a contact with customer service."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, agreement, in_own_words, scale, survey, text

TEMPLATE = ReadySurvey(
    key="post-service",
    name=_l("After customer service"),
    purpose=_l("Was it solved, was it easy, and how was one treated? Ask within a day."),
    json=survey(
        text("Your contact with our customer service", "Asiointisi asiakaspalvelussamme"),
        {
            "type": "radiogroup",
            "name": "solved",
            "title": text("Was your issue solved?", "Ratkesiko asiasi?"),
            "isRequired": True,
            "choices": [
                {
                    "value": "first",
                    "text": text("Yes, at the first contact", "Kyllä, ensimmäisellä yhteydenotolla"),
                },
                {
                    "value": "later",
                    "text": text(
                        "Yes, but I had to contact you again", "Kyllä, mutta vasta uudella yhteydenotolla"
                    ),
                },
                {"value": "not_yet", "text": text("Not yet", "Ei vielä")},
                {"value": "no", "text": text("No", "Ei")},
            ],
        },
        agreement("ease", text("It was easy to get help.", "Avun saaminen oli helppoa.")),
        scale(
            "service",
            text(
                "How satisfied are you with the service you got?",
                "Kuinka tyytyväinen olet saamaasi palveluun?",
            ),
            text("Very dissatisfied", "Erittäin tyytymätön"),
            text("Very satisfied", "Erittäin tyytyväinen"),
            most=5,
        ),
        agreement("cared", text("I was listened to and understood.", "Minua kuunneltiin ja ymmärrettiin.")),
        in_own_words(
            "still_open",
            text("What is still unsolved?", "Mikä on vielä ratkaisematta?"),
            visible_if="{solved} anyof ['not_yet', 'no']",
        ),
        in_own_words(
            "comment", text("What could we have done better?", "Mitä olisimme voineet tehdä paremmin?")
        ),
    ),
    tags={
        "solved": Tag("", "action"),
        "ease": Tag("ces", "action"),
        "service": Tag("csat", "emotion"),
        "cared": Tag("", "emotion"),
    },
    order=41,
)
