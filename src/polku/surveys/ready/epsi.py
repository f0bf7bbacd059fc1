"""An index of satisfaction in the style of EPSI: three items, and three of loyalty."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, in_own_words, scale, survey, text

TEMPLATE = ReadySurvey(
    key="epsi",
    name=_l("Index of satisfaction and loyalty (EPSI-style)"),
    purpose=_l(
        "Satisfaction overall, against expectations and against the ideal, and loyalty: for following over years."
    ),
    json=survey(
        text("You as our customer", "Sinä asiakkaanamme"),
        scale(
            "overall",
            text(
                "Think of all your experience with us. How satisfied are you?",
                "Ajattele kaikkia kokemuksiasi meistä. Kuinka tyytyväinen olet?",
            ),
            text("Very dissatisfied", "Erittäin tyytymätön"),
            text("Very satisfied", "Erittäin tyytyväinen"),
            most=10,
        ),
        scale(
            "expectations",
            text("How well do we meet your expectations?", "Kuinka hyvin vastaamme odotuksiasi?"),
            text("Far below them", "Jäämme niistä kauas"),
            text("Far above them", "Ylitämme ne selvästi"),
            most=10,
        ),
        scale(
            "ideal",
            text(
                "Imagine a company that is perfect in this field. How close to it are we?",
                "Kuvittele alan täydellinen yritys. Kuinka lähellä sitä olemme?",
            ),
            text("Very far from it", "Hyvin kaukana"),
            text("Very close to it", "Hyvin lähellä"),
            most=10,
        ),
        scale(
            "choose_again",
            text(
                "If you had to choose again today, how likely is it that you would choose us?",
                "Jos valitsisit nyt uudelleen, kuinka todennäköisesti valitsisit meidät?",
            ),
            text("Not at all likely", "En lainkaan todennäköisesti"),
            text("Very likely", "Hyvin todennäköisesti"),
            most=10,
        ),
        scale(
            "talk",
            text(
                "When you talk about us to others, how do you talk?",
                "Kun puhut meistä muille, mihin sävyyn puhut?",
            ),
            text("Very negatively", "Hyvin kielteiseen"),
            text("Very positively", "Hyvin myönteiseen"),
            most=10,
        ),
        scale(
            "recommend_others",
            text(
                "If somebody asked you for advice, how likely is it that you would recommend us?",
                "Jos joku kysyisi sinulta neuvoa, kuinka todennäköisesti suosittelisit meitä?",
            ),
            text("Not at all likely", "En lainkaan todennäköisesti"),
            text("Very likely", "Hyvin todennäköisesti"),
            most=10,
        ),
        in_own_words("comment", text("What is behind your answers?", "Mitä vastaustesi taustalla on?")),
    ),
    tags={
        "overall": Tag("epsi", "emotion"),
        "expectations": Tag("epsi", "action"),
        "ideal": Tag("epsi", "meaning"),
        "choose_again": Tag("", "meaning"),
        "talk": Tag("", "meaning"),
        "recommend_others": Tag("", "meaning"),
    },
    source="Fornell et al. (1996), The American Customer Satisfaction Index; items as in ACSI and EPSI, 1–10",
)
