"""Nobody is left to ask, until a maintainer asks somebody; who cannot do it hands it on."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import (
    CUSTOMER,
    HELPER,
    MAINTAINER,
    OTHER_HELPER,
    QUESTION,
    QUESTION_TITLE,
    STRANGER,
)
from app.rehearsal.scripts.opening import PLANS, asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", PLANS["question"])
    await story.says(HELPER, "/support release", reaction="eyes")
    await story.says(OTHER_HELPER, "/support release", reaction="eyes")
    story.check(story.assignees == [], f"assigned are {story.assignees}")
    story.check("/support transfer @login" in story.card_text, "the card names no way on")

    await story.says(STRANGER, f"/support transfer @{HELPER}", reaction="-1")
    await story.says(MAINTAINER, f"/support transfer @{HELPER}", reaction="eyes")
    story.expect("queued", "paid")
    story.check(story.assignees == [HELPER], f"assigned are {story.assignees}")
    story.check(f"{MAINTAINER} handed it on" in story.card_text, "the card does not say why")
    await story.says(HELPER, "Looks like a matter for the docs.")
    story.expect("working", "paid")
    await story.says(HELPER, f"/support transfer @{OTHER_HELPER}", reaction="eyes")
    story.expect("queued", "paid")
    story.check(story.assignees == [OTHER_HELPER], f"assigned are {story.assignees}")

    await story.says(OTHER_HELPER, "/support propose Set `proxy` in widgets.toml.", reaction="eyes")
    story.expect("proposed", "paid")
    await story.says(CUSTOMER, "/support accept", reaction="eyes")
    await story.says(CUSTOMER, "/support rate 5 quick and kind", reaction="eyes")
    story.check("5 of 5" in story.card_text, "the card does not show the rating")
    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
