"""A volunteer answers and is thanked by name: nobody pays, and the checkout is closed."""

from __future__ import annotations

from app.rehearsal.cast import CUSTOMER, QUESTION, QUESTION_TITLE, STRANGER
from app.rehearsal.scripts.opening import expect_offer
from app.rehearsal.scripts.shopping import finds_nothing_due, pay_link
from app.rehearsal.scripts.story import Story
from app.rehearsal.scripts.volunteering import asks_volunteers, expect_label, expect_no_label


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks_volunteers(story, CUSTOMER)
    expect_offer(story)
    expect_label(story)
    link = pay_link(story, "question")

    await story.says(CUSTOMER, f"/support accept @{STRANGER}", reaction="confused")
    story.expect_words(f"We have not seen `{STRANGER}` write here")
    await story.says(STRANGER, "Set `proxy` in `widgets.toml`; it does not read the variables.")
    await story.says(STRANGER, f"/support accept @{STRANGER}", reaction="-1")
    story.expect("offered", "unpaid")
    await story.says(CUSTOMER, f"/support accept @{STRANGER} thank you", reaction="eyes")
    story.expect("answered", "unpaid")
    story.expect_words(f"**Thank you, `{STRANGER}`.**")
    story.expect_notices()
    expect_no_label(story)
    await finds_nothing_due(story, CUSTOMER, link)
    story.check(not await story.balances(), "something stands in the books")
