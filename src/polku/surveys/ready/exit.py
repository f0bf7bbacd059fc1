"""Why a customer leaves."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, in_own_words, recommend, survey, text


def _reason(value: str, english: str, finnish: str) -> dict[str, object]:
    return {"value": value, "text": text(english, finnish)}


TEMPLATE = ReadySurvey(
    key="exit",
    name=_l("When a customer leaves"),
    purpose=_l("Why customers cancel or stop buying, and what would have kept them."),
    json=survey(
        text("We are sorry to see you go", "Harmi, että lähdet"),
        {
            "type": "checkbox",
            "name": "reasons",
            "title": text("Why are you leaving?", "Miksi lähdet?"),
            "isRequired": True,
            "choicesOrder": "random",
            "showOtherItem": True,
            "otherText": text("Something else", "Muu syy"),
            "otherErrorText": text("Please tell us what.", "Kerrothan, mikä."),
            "choices": [
                _reason("price", "The price", "Hinta"),
                _reason("need", "I no longer need it", "En tarvitse sitä enää"),
                _reason("quality", "It did not work as it should", "Se ei toiminut niin kuin piti"),
                _reason("service", "Customer service", "Asiakaspalvelu"),
                _reason("hard", "It was hard to use", "Sitä oli hankala käyttää"),
                _reason("competitor", "I found a better alternative", "Löysin paremman vaihtoehdon"),
            ],
        },
        in_own_words(
            "alternative",
            text("What is better about the alternative?", "Mikä vaihtoehdossa on parempaa?"),
            visible_if="{reasons} contains 'competitor'",
        ),
        in_own_words("kept_you", text("What would have kept you?", "Mikä olisi saanut sinut jäämään?")),
        {
            "type": "radiogroup",
            "name": "come_back",
            "title": text("Might you come back one day?", "Voisitko joskus palata?"),
            "choices": [
                _reason("yes", "Yes", "Kyllä"),
                _reason("maybe", "Maybe", "Ehkä"),
                _reason("no", "No", "En"),
            ],
        },
        recommend(),
        thanks=text("Thank you. You are welcome back any time.", "Kiitos. Olet aina tervetullut takaisin."),
    ),
    tags={
        "reasons": Tag("", "action"),
        "come_back": Tag("", "meaning"),
        "recommend": Tag("nps", "meaning"),
    },
)
