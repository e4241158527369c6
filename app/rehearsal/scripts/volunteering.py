"""How volunteers are asked, and the label by which they find the issue."""

from __future__ import annotations

from app.domain.effects import HELP_WANTED
from app.rehearsal.scripts.story import Story


async def asks_volunteers(story: Story, by: str) -> None:
    """Ask volunteers by the command; see until when, and that it is free."""
    await story.says(by, "/support community", reaction="eyes")
    story.expect("offered", "unpaid")
    story.expect_words("**Volunteers are asked until 25 Nov 2026, ")
    story.expect_words("It is free.")
    story.expect_words("`/support accept @login`")


def expect_label(story: Story) -> None:
    """See the label on the issue."""
    story.check(HELP_WANTED in _labels(story), "the issue has no label for volunteers")


def expect_no_label(story: Story) -> None:
    """See that the label is not on the issue."""
    story.check(HELP_WANTED not in _labels(story), "the issue still has the label for volunteers")


def _labels(story: Story) -> list[str]:
    return [label.name for label in story.issue.labels]
