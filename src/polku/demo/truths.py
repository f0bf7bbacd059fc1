"""What is planted in the demo data: the true effects that estimators are to find again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Effect:
    """What meeting `key` does: `score` in points on −100…100, `repurchase_odds` as a factor on the odds.

    `touchpoint` is the key in touchpoints.TOUCHPOINTS of which it is a part, None when it is of none.
    """

    key: str
    touchpoint: str | None
    met_when: str
    score: float
    repurchase_odds: float


WINDOW_DAYS: Final = 30
"""A thing counts as met before a response when it happened at most this many days earlier."""

REPURCHASE_DAYS: Final = 120
"""A repurchase is an Order Completed at most this many days after the previous order's Delivery Completed."""

BASE: Final = {"nps": 8.0, "csat": 6.0, "ces": 14.0}
"""Expected score of the average person who has met nothing that matters."""

MOOD_SD: Final = 16.0
MOOD_LIMIT: Final = 40.0
MOOD_ENGAGEMENT_CORRELATION: Final = 0.4
CONCENTRATION: Final = {"nps": 7.0, "csat": 6.0, "ces": 6.0}
STEPS: Final = {"nps": 10, "csat": 4, "ces": 6}
RESPONSE_INTERCEPT: Final = {"nps": -0.1, "csat": 0.0, "ces": -0.4}
RESPONSE_SLOPE: Final = 0.006
REPURCHASE_INTERCEPT: Final = -0.75
REPURCHASE_ENGAGEMENT: Final = 0.5
EXPECTED_LIMIT: Final = 97.0

EFFECTS: Final = (
    Effect("late_delivery", "late_delivery", "Delivery Completed with late_days >= 1", -31.0, 0.6),
    Effect(
        "mobile_payment_failed", "mobile_payment_failed", "Payment Failed with device = mobile", -24.0, 1.0
    ),
    Effect("evening_chat_wait", "evening_chat_queue", "Chat Ended with queue = evening", -18.0, 1.0),
    Effect("onboarding_email", "onboarding", "Email Opened with campaign = Käyttöönotto-ohje", 14.0, 1.35),
    Effect("guide", "guides", "page with path /oppaat/* on a device that is ever known", 6.0, 1.0),
    Effect("phone_solved", "phone", "Call Ended with solved = true", 9.0, 1.0),
    Effect("on_time_delivery", "delivery", "Delivery Completed with late_days = 0", 0.0, 1.0),
    Effect(
        "other_payment_failed",
        None,
        "Payment Failed with another device (desktop, tablet, app)",
        0.0,
        1.0,
    ),
    Effect("chat", "chat", "Chat Ended with queue = none or day", 0.0, 1.0),
    Effect("phone_unsolved", "phone", "Call Ended with solved = false", 0.0, 1.0),
    Effect("newsletter", "newsletter", "Email Opened with kind = newsletter", 0.0, 1.0),
    Effect("reviews", "reviews", "page with path /arvostelut/*", 0.0, 1.0),
    Effect("store_purchase", "store", "In-Store Purchase", 0.0, 1.0),
    Effect("order_returned", "return", "Order Returned", 0.0, 1.0),
)

MODEL: Final = {
    "score": (
        "A response's expected score, on −100…100, is base[metric] + the person's mood + the sum of "
        "the score "
        f"effects of everything the person met in the {WINDOW_DAYS} days before the response (each "
        "counts once; "
        f"the sum is held within ±{EXPECTED_LIMIT:.0f}). The answer itself is drawn from a "
        "beta-binomial over the "
        "scale's steps (concentration[metric]) whose mean is exactly that, so effects are additive "
        "in the mean: "
        "neither rounding nor the ends of the scale bend them."
    ),
    "mood": (
        "A random intercept per person, normal with sd mood_sd, cut at ±mood_limit, correlated with "
        "engagement "
        "(mood_engagement_correlation): heavy users are happier and meet more of everything. This is "
        "confounding "
        "on purpose: a comparison of those who met a thing with those who did not is biased; "
        "comparing a person "
        "with herself, or adjusting for how much she uses the shop, is less so."
    ),
    "service": "Those whose delivery was late call and chat far more often: calls look worse than they are.",
    "non_response": (
        "Probability of answering an invitation (Survey Sent) = logistic(response_intercept[metric] + "
        "response_slope × (expected score − base)): the content answer a little more often."
    ),
    "repurchase": (
        f"After each delivery: log odds of another Order Completed within {REPURCHASE_DAYS} days = "
        "repurchase_intercept + repurchase_engagement × engagement (standard normal, per person) + "
        "the sum of "
        "ln(repurchase_odds) of late delivery of this order and of opening this order's onboarding "
        "e-mail. The "
        "odds ratios are conditional on engagement. Deliveries of the last "
        f"{REPURCHASE_DAYS} days are not yet fully observed."
    ),
    "identity": (
        "What happened on a device that never becomes known changes nothing. About one percent of customers "
        "share a device with another: there the events do not say for certain who was there."
    ),
}


def planted() -> dict[str, Any]:
    """The coefficients and the model's explanation, as JSON-ready values; independent of seed and size."""
    return {
        "model": MODEL,
        "window_days": WINDOW_DAYS,
        "repurchase_days": REPURCHASE_DAYS,
        "base": BASE,
        "mood_sd": MOOD_SD,
        "mood_limit": MOOD_LIMIT,
        "mood_engagement_correlation": MOOD_ENGAGEMENT_CORRELATION,
        "concentration": CONCENTRATION,
        "response_intercept": RESPONSE_INTERCEPT,
        "response_slope": RESPONSE_SLOPE,
        "repurchase_intercept": REPURCHASE_INTERCEPT,
        "repurchase_engagement": REPURCHASE_ENGAGEMENT,
        "effects": [asdict(effect) for effect in EFFECTS],
    }
