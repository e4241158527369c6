"""Two proposals are declined, and the maintainers decide; neither side has a say in that."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, MAINTAINER, QUESTION, QUESTION_TITLE, STRANGER
from app.rehearsal.scripts.opening import PLANS, asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", PLANS["question"])
    await story.says(HELPER, "/support propose set HTTPS_PROXY", reaction="eyes")
    story.expect("proposed", "paid")
    await story.says(CUSTOMER, "/support decline", reaction="confused")
    await story.says(CUSTOMER, "/support decline it is set, as I wrote", reaction="eyes")
    story.expect("working", "paid")
    await story.says(HELPER, "/support propose set it in widgets.toml", reaction="eyes")
    await story.says(CUSTOMER, "/support decline that changes nothing", reaction="eyes")
    story.expect("review", "paid")
    story.check("that changes nothing" in story.card_text, "the card does not say what is missing")
    story.expect_notices("proposed", "proposed", "review")  # the maintainers decide now
    story.expect_mentioned(MAINTAINER, "that changes nothing")

    for who, reaction in ((HELPER, "-1"), (CUSTOMER, "confused"), (STRANGER, "-1")):
        await story.says(who, "/support accept", reaction=reaction)
    story.expect("review", "paid")
    await story.waits(timedelta(days=1))
    await story.says(MAINTAINER, "/support refund $20 it took too long", reaction="eyes")
    story.expect("accepted", "paid")
    story.check("$20.00" in story.card_text, "the card does not say what goes back")
    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
    balances = await story.balances()
    owed = sum(amount for account, amount in balances.items() if account.startswith("payee:"))
    story.check(owed == -(2900 - 114), f"the payees are owed {owed}")
    story.check(f"held:{story.card.ticket}" not in balances, "the ticket still holds money")
