"""The whole ladder: an AI draft, volunteers of whom none comes, then a plan that is paid for."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.opening import asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story
from app.rehearsal.scripts.volunteering import asks_volunteers, expect_label, expect_no_label


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    story.expect_words("| free | at once |")
    story.expect_words("| free | maybe within 24 hours |")
    expect_no_label(story)

    await asks_volunteers(story, CUSTOMER)
    expect_label(story)
    await story.waits(timedelta(hours=23))
    expect_label(story)
    await story.waits(timedelta(hours=1, minutes=1))
    expect_no_label(story)
    story.expect("offered", "unpaid")
    story.expect_notices()
    story.expect_words("next comes a paid plan")

    await pays(story, CUSTOMER, "question", "$49.00")
    story.expect("queued", "paid")
    await story.says(HELPER, "Please set `proxy` in `widgets.toml`.")
    await story.says(HELPER, "/support propose proxy", reaction="eyes")
    await story.says(CUSTOMER, "/support accept", reaction="eyes")
    story.expect("accepted", "paid")
    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
    story.expect_notices("proposed")
