"""Customer Loyalty Index."""

from polku.i18n import _l
from polku.surveys.ready.template import ReadySurvey, Tag, in_own_words, scale, survey, text

_LOW = text("Not at all likely", "En lainkaan todennäköisesti")
_HIGH = text("Extremely likely", "Erittäin todennäköisesti")

TEMPLATE = ReadySurvey(
    key="loyalty",
    name=_l("Loyalty (CLI)"),
    purpose=_l("Will customers recommend you, buy again, and buy more?"),
    json=survey(
        text("What comes next?", "Miten tästä eteenpäin?"),
        scale(
            "recommend",
            text(
                "How likely are you to recommend us to others?",
                "Kuinka todennäköisesti suosittelisit meitä muille?",
            ),
            _LOW,
            _HIGH,
            least=0,
            most=10,
        ),
        scale(
            "repurchase",
            text(
                "How likely are you to buy from us again?", "Kuinka todennäköisesti ostat meiltä uudelleen?"
            ),
            _LOW,
            _HIGH,
            least=0,
            most=10,
        ),
        scale(
            "buy-more",
            text(
                "How likely are you to try our other products or services?",
                "Kuinka todennäköisesti kokeilet muita tuotteitamme tai palvelujamme?",
            ),
            _LOW,
            _HIGH,
            least=0,
            most=10,
        ),
        in_own_words(
            "what_would_keep_you",
            text("What would make you come back?", "Mikä saisi sinut palaamaan?"),
            visible_if="{repurchase} <= 5",
        ),
    ),
    tags={
        "recommend": Tag("cli", "meaning"),
        "repurchase": Tag("cli", "meaning"),
        "buy-more": Tag("cli", "meaning"),
    },
)
