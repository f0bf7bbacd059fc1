"""What English-speaking customers write; the same form as in Finnish.

Slots: {nom} {part} {gen} are all the article bought ('tent', 'boots'); {days} how late ('a day', '3 days').
"""

from __future__ import annotations

from typing import Final

OPENINGS: Final[dict[str, tuple[str, ...]]] = {
    "late-": (
        "{The parcel|My order|The package} {arrived|came} {days} late.",
        "You promised a delivery date and missed it by {days}.",
        "Had to wait {days} longer than promised{.| and nobody told me why.| with no update at all.}",
        "Tracking {said nothing useful|never changed}, and the parcel turned up {days} late.",
        "Delivery took {far too long|much longer than promised|ages}.",
        "{days} late. {Not good enough.|Disappointing.|Not the first time either.}",
    ),
    "late_earlier-": (
        "My order was late and {nobody told me|I had to chase it myself}.",
        "It all started with a late delivery{.| that no one could explain.}",
        "Late parcel, and {I had to do the asking|no word of when it would come}.",
    ),
    "payment-": (
        "The payment {failed|froze|dropped out} on my phone {right at the end|halfway through|twice}.",
        "Paying on {mobile|my phone} {did not work|was a struggle}, {had to start over|had to try again}.",
        "I {could not tell|had no idea} whether the payment {went through|had been taken}.",
        "The bank app never {brought|took} me back to the shop.",
        "My card was {declined|rejected} with no {explanation|useful message}.",
    ),
    "chat_wait-": (
        "Waited {ages|forever|far too long} in the chat {in the evening|tonight}.",
        "The chat says it is open until nine, but {hardly anyone answers|good luck getting an answer}.",
        "The chat queue {did not move|crawled}.",
        "I had {cooked dinner|put the kids to bed} before anyone replied.",
    ),
    "phone-": (
        "{Long|Endless} queue on the phone and {still no solution|I was told to call again}.",
        "The person I spoke to {could not help|knew nothing about my order}.",
        "I was promised a call back. {Nothing.|Still waiting.}",
    ),
    "phone+": (
        "Sorted {in one call|straight away|within minutes}.",
        "{Friendly|Knowledgeable|Helpful} person on the phone who {actually listened|knew the products}.",
        "Got {clear instructions|the help I needed} {right away|without any fuss}.",
        "{Great|Excellent|Proper} phone service{, and in English too.|.}",
    ),
    "phone=": (
        "A bit of a queue, but {it got sorted|they helped}.",
        "Still waiting for {a confirmation|the outcome}.",
    ),
    "chat+": (
        "{Quick|Clear|Helpful} answer in the chat{.|, thanks!}",
        "Nice to chat with {a real person|someone who knows the gear}.",
        "Asked about {sizing|the warranty|care} and got {a clear answer|an answer at once}.",
    ),
    "chat-": (
        "The chat {could not answer my question|just sent me a link}.",
        "The answers {felt copied and pasted|were rather vague}.",
    ),
    "chat=": (
        "Got an answer, {if a slow one|though not quite to what I asked}.",
        "The chat was {fine|all right}.",
    ),
    "guide+": (
        "Your guides {made choosing easy|helped a lot before buying|are great for beginners}.",
        "The guide to {fitting boots|packing a rucksack|layering|stove care} was {really useful|spot on}.",
        "Good to find real advice {and not just sales talk|on a shop's site}.",
    ),
    "onboarding+": (
        "The set-up e-mail {came at just the right time|was a nice touch|answered everything}.",
        "Loved the {care|set-up} tips {by e-mail|that followed}.",
        "Thanks to the instructions {everything worked first time|I was up and running at once}.",
    ),
    "delivery+": (
        "{Fast|Quick|Super fast} delivery{.|, thank you!| and well packed.}",
        "{The parcel|My order} arrived {on time|as promised|in perfect shape}.",
        "Everything went {smoothly|just as promised}.",
        "Well packed{.| and no needless plastic.}",
    ),
    "product+": (
        "Very happy with the {nom}.",
        "{Great|Good} quality {for the price|and a fair price}.",
        "The quality of the {nom} {surprised me|is excellent}.",
        "Exactly {as described|what I was after}.",
    ),
    "product-": (
        "The quality of the {nom} {was a let-down|does not match the price}.",
        "Expected more from the {nom}{.| at this price.}",
        "There was {a scratch|a defect} on it straight out of the box.",
        "The product page {was misleading|gave the wrong idea}.",
    ),
    "return-": ("Returning {was a hassle|took too many steps}.", "Still waiting for my {refund|money}."),
    "return+": (
        "Returning {was easy|took no effort}.",
        "Wrong size, but {easy to return|the return went smoothly}.",
    ),
    "store+": (
        "The staff {know their stuff|were really helpful|clearly hike themselves}.",
        "{Friendly|Expert} service in the shop.",
        "Could try everything on {in peace|without being rushed}.",
    ),
    "store-": (
        "{No staff in sight|Had to wait for someone to help}.",
        "Only one till open and {a huge queue|a queue to the door}.",
        "The site said it was in stock. It was not.",
    ),
    "checkout+": (
        "{Easy|Smooth|Quick} to order.",
        "The checkout is {simple|clear|quick}.",
        "Found everything {easily|in no time}{.| and ordering was simple.}",
    ),
    "checkout-": (
        "{Too many steps|Too many questions} at the checkout.",
        "My discount code {did not work|was refused}{.| and I was not told why.}",
        "The cost of delivery only {showed up|appeared} at the very end.",
    ),
    "any+": (
        "{Great|Good|Lovely} shop{.|!}",
        "All {good|fine}.",
        "Always {happy|pleased} with {you|this shop}.",
    ),
    "any=": (
        "It was {fine|okay|all right}.",
        "Good {range|quality}, but {a bit pricey|sizes are often missing}.",
        "Nothing to complain about{.|, nothing special either.}",
        "More {of the site|pages} in English {please|would help}.",
    ),
    "delivery=": (
        "{Arrived fine|It came}, but {a lot of packaging|the pick-up point is far away}.",
        "Have not {tried|used} it yet, so {hard to say|no opinion so far}.",
    ),
    "store=": (
        "Friendly enough, but {a queue at the till|not much in my size}.",
        "In and out, {nothing special|fine}.",
    ),
    "checkout=": (
        "It worked, but {the form is long|there are many steps}.",
        "More ways to pay would be {nice|good}.",
    ),
    "any-": (
        "Would not {recommend|buy again}.",
        "{Disappointing|A poor experience} this time.",
        "Expected better.",
    ),
}

SECONDS: Final[dict[str, tuple[str, ...]]] = {
    "late-": (
        "{A message|An e-mail} would have been nice.",
        "Our {weekend trip|hike} was ruined{.| because of it.}",
        "Next time I will {buy elsewhere|go to the shop}.",
        "The product itself is {fine|good}.",
    ),
    "payment-": (
        "Nearly gave up on the order.",
        "Please fix this.",
        "The same card works {everywhere else|in other shops}.",
    ),
    "chat_wait-": (
        "The answer itself was fine.",
        "Some of us work during the day.",
        "I was about to give up.",
    ),
    "+": (
        "Thank you!",
        "Will {be back|order again}.",
        "Keep it up!",
        "Recommended.",
        "{Full marks|Ten out of ten}.",
    ),
    "-": (
        "Please {do better|fix this}.",
        "A shame, {otherwise a good shop|I have been a customer for years}.",
    ),
    "=": ("We will see next time.", "Could be smoother.", "Otherwise fine."),
}

CURT: Final[dict[str, tuple[str, ...]]] = {
    "+": ("Great", "All good", "Thanks!", "good service", "👍", "Excellent", "very good"),
    "=": ("ok", "Fine", "average", "it was okay", "no comment"),
    "-": ("Bad", "Disappointed", "too slow", "not good", "Poor"),
}
