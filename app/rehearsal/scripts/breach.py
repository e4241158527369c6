"""A promise is broken: a question stops its clock, then it is extended once, then others decide."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.opening import asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", "$49.00")
    await story.says(HELPER, "I will look into it.")
    story.expect("working", "paid")
    # Three working days from Tuesday, ten o'clock in Oslo.
    story.expect_words("27 Nov 2026, 09:00 UTC (10:00 Europe/Oslo), as promised")

    await story.waits(timedelta(days=1))
    await story.says(HELPER, "Which version do you use?")
    story.expect("waiting_on_customer", "paid")
    story.expect_words(f"the clock of `{HELPER}` stands still")
    await story.waits(timedelta(days=2))
    story.expect_notices()
    await story.says(CUSTOMER, "It is 1.3.")
    story.expect("working", "paid")
    # Sixteen of its hours were left, and a weekend lies between.
    story.expect_words("1 Dec 2026, 09:00 UTC (10:00 Europe/Oslo), as promised")

    await story.waits(timedelta(days=4, minutes=5))
    story.expect("working", "paid")
    story.expect_notices("breach")
    story.check(f"@{HELPER}" in story.ours("notice")[0][0].body, "the helper is not told")
    story.expect_words("4 Dec 2026, 09:00 UTC (10:00 Europe/Oslo), as promised")
    story.expect_words("as much again since that was not kept")

    await story.waits(timedelta(days=3, minutes=5))
    story.expect("review", "paid")
    story.expect_words("the time that was promised is over, and as much again")
    await story.waits(timedelta(days=5, minutes=5))
    story.expect("review", "paid")
    story.expect_words("the operator of this service, since no maintainer decided")
    await story.waits(timedelta(days=14))
    story.expect("refunded", "refunded")
    story.expect_notices("breach", "review", "refund")
    await story.expect_all_given_back(4900)
