"""The customer stops: before paying, and after paying but before anybody has answered."""

from __future__ import annotations

from app.rehearsal.cast import CUSTOMER, HELPER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.opening import asks
from app.rehearsal.scripts.shopping import finds_nothing_due, pay_link, pays
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play both, the paid one last."""
    await _before_paying(story)
    await _after_paying(story)


async def _before_paying(story: Story) -> None:
    await story.opens_issue(CUSTOMER, "Where do I set the time-out?", "Is there a setting for it?")
    await story.says(CUSTOMER, "/support question", reaction="eyes")
    story.expect("offered", "unpaid")
    link = pay_link(story, "session")
    await story.says(CUSTOMER, "/support cancel I found it", reaction="eyes")
    story.expect("cancelled", "unpaid")
    story.expect_notices()
    await finds_nothing_due(story, CUSTOMER, link)
    story.check(await story.balances() == {}, "the books know of money that nobody paid")


async def _after_paying(story: Story) -> None:
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    link = pay_link(story, "question")
    await pays(story, CUSTOMER, "question", "$49.00")
    story.expect("queued", "paid")
    story.check(story.assignees == [HELPER], f"assigned are {story.assignees}")

    await story.says(CUSTOMER, "/support cancel", reaction="eyes")
    story.expect("cancelled", "refunded")
    story.expect_notices("refund")
    await story.expect_all_given_back(4900)
    story.check(story.assignees == [], f"still assigned are {story.assignees}")
    await finds_nothing_due(story, CUSTOMER, link)
