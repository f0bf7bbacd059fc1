"""The three levels of experience: action, emotion, meaning."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, agreement, in_own_words, scale, survey, text


def _emotion(value: str, english: str, finnish: str) -> dict[str, object]:
    return {"value": value, "text": text(english, finnish)}


TEMPLATE = ReadySurvey(
    key="three-levels",
    name=_l("Three levels of experience"),
    purpose=_l(
        "Did we meet the need, what did it feel like, and what does it mean? Two or three questions on each level."
    ),
    json=survey(
        text("Your experience", "Kokemuksesi"),
        agreement("met_my_needs", text("I got what I needed.", "Sain sen, mitä tarvitsin.")),
        agreement("ease", text("It was easy to get things done.", "Asiani hoitui helposti.")),
        scale(
            "felt",
            text("How did you feel afterwards?", "Millainen olo sinulle jäi?"),
            text("Very bad", "Hyvin huono"),
            text("Very good", "Hyvin hyvä"),
            most=7,
        ),
        {
            "type": "radiogroup",
            "name": "emotion",
            "title": text("Which word describes it best?", "Mikä sana kuvaa sitä parhaiten?"),
            "choices": [
                _emotion("joy", "Delighted", "Ilahtunut"),
                _emotion("trust", "Confident", "Luottavainen"),
                _emotion("relief", "Relieved", "Helpottunut"),
                _emotion("surprise", "Surprised", "Yllättynyt"),
                _emotion("indifference", "Indifferent", "Yhdentekevä"),
                _emotion("uncertainty", "Unsure", "Epävarma"),
                _emotion("disappointment", "Disappointed", "Pettynyt"),
                _emotion("frustration", "Frustrated", "Turhautunut"),
                _emotion("anger", "Angry", "Vihainen"),
            ],
        },
        agreement(
            "fits_values",
            text(
                "This company fits what matters to me.", "Tämä yritys sopii siihen, mikä minulle on tärkeää."
            ),
        ),
        agreement(
            "would_miss",
            text(
                "I would miss this company if it no longer existed.",
                "Jäisin kaipaamaan tätä yritystä, jos sitä ei enää olisi.",
            ),
        ),
        in_own_words("comment", text("Tell us more, if you like.", "Kerro halutessasi lisää.")),
    ),
    tags={
        "met_my_needs": Tag("", "action"),
        "ease": Tag("ces", "action"),
        "felt": Tag("", "emotion"),
        "emotion": Tag("", "emotion"),
        "fits_values": Tag("", "meaning"),
        "would_miss": Tag("", "meaning"),
    },
)
