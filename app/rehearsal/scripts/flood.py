"""A stranger floods the repository with commands: it costs a line, and the customer goes on."""

from __future__ import annotations

from app.rehearsal.cast import CUSTOMER, QUESTION, QUESTION_TITLE, STRANGER
from app.rehearsal.github.state import Issue
from app.rehearsal.scripts.opening import PLANS, asks
from app.rehearsal.scripts.shopping import chooses, pays
from app.rehearsal.scripts.story import Story

ISSUES = 5
COMMANDS = 30
OPEN_PER_CUSTOMER = 2
"""What counts where the file says nothing."""
COMMANDS_PER_MINUTE = 10
"""What counts where the file says nothing."""


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    asked, before = story.issue, _said(story)

    others = [
        story.github.open_issue(story.repository, f"Help me, number {n}", "Now.", by=STRANGER)
        for n in range(ISSUES)
    ]
    story.tell(STRANGER, "opens issues", str(ISSUES))
    for each in others:
        story.github.comment(each, "/support", by=STRANGER)
        await story.rest()
    new = _said(story) - before
    cards = [each for each in others if _ours(each)]
    story.check(len(cards) == OPEN_PER_CUSTOMER, f"{len(cards)} issues got a card")
    most = 2 * OPEN_PER_CUSTOMER  # each with the draft that belongs to it
    story.check(new <= most, f"the product wrote {new} comments instead of {most}")
    told = _ours(cards[-1])[0]
    story.check("One person can have 2 open tickets" in told, f"the newest card says: {told}")

    before = _said(story)
    comments = [story.github.comment(asked, "/support", by=STRANGER) for _ in range(COMMANDS)]
    story.tell(STRANGER, "comments", f"/support, {COMMANDS} times")
    await story.rest()
    new = _said(story) - before
    story.check(new == 0, f"the product wrote {new} more comments")
    signs = sum(len(each.reactions) for each in comments)
    most = COMMANDS_PER_MINUTE + 1
    story.check(signs <= most, f"the product put {signs} signs instead of {most} at most")
    story.check("One person" not in story.card_text, "the customer's card speaks of the stranger")

    await chooses(story, CUSTOMER, PLANS)
    await pays(story, CUSTOMER, "question", PLANS["question"])
    story.expect("queued", "paid")


def _ours(issue: Issue) -> list[str]:
    """Give the product's comments in an issue, oldest first."""
    return [each.body for each in issue.comments if each.is_via_app]


def _said(story: Story) -> int:
    """Count the product's comments in the repository."""
    return sum(len(_ours(issue)) for issue in story.repository.issues.values())
