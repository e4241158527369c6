"""No helper takes it: everybody is asked in turn, and after 48 hours the money goes back."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, OTHER_HELPER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.opening import asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", "$49.00")
    story.expect("queued", "paid")
    story.check(story.assignees == [HELPER], f"assigned are {story.assignees}")

    # Eight open hours of the first helper's calendar are over in the evening of the next day.
    await story.waits(timedelta(hours=25))
    story.expect("queued", "paid")
    story.check(story.assignees == [], f"assigned are {story.assignees}")
    story.check(f"**Asked:** `{OTHER_HELPER}`" in story.card_text, "the next one is not asked")
    story.expect_notices("asked")
    [(notice, _)] = story.ours("notice")
    story.check(f"@{OTHER_HELPER}" in notice.body, "who cannot be assigned is not told")

    await story.waits(timedelta(hours=23, minutes=1))
    story.expect("refunded", "refunded")
    story.expect_notices("asked", "refund")
    notice = story.ours("notice")[-1][0]
    story.check(f"@{CUSTOMER}" in notice.body, "the customer is not told of the refund")
    story.check("sorry" in notice.body, "the refund says no kind word")
    await story.expect_all_given_back(4900)
