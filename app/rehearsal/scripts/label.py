"""The maintainer's label is an offer; it is paid by bank debit, and accepted by the clock."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.opening import offers
from app.rehearsal.scripts.shopping import chooses, pays
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await offers(story)
    await chooses(story, CUSTOMER, {"question": "$49.00", "session": "$180.00"})

    await pays(story, CUSTOMER, "session", "$180.00", choice="pay_later")
    story.expect("offered", "pending")
    story.check(story.assignees == [], "nobody is asked before the bank has paid")
    await story.waits(timedelta(days=4, minutes=1))
    story.expect("queued", "paid")
    story.check(story.assignees == [HELPER], f"assigned are {story.assignees}")

    await story.says(HELPER, "/support claim", reaction="eyes")
    story.expect("working", "paid")
    await story.says(HELPER, "/support propose we went through it together", reaction="eyes")
    story.expect("proposed", "paid")
    story.expect_notices("proposed")
    await story.waits(timedelta(days=1, hours=12, minutes=1))
    story.expect("proposed", "paid")
    story.expect_notices("proposed", "reminder")
    await story.waits(timedelta(days=1, hours=12))
    story.expect("accepted", "paid")

    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
    story.expect_notices("proposed", "reminder")
    balances = await story.balances()
    owed = sum(amount for account, amount in balances.items() if account.startswith("payee:"))
    story.check(owed == -(18000 - 552), f"the payees are owed {owed}")
    story.check(f"held:{story.card.ticket}" not in balances, "the ticket still holds money")
