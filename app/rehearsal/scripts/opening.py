"""How a ticket begins: with the command or the label, a card, and a draft."""

from __future__ import annotations

from app.rehearsal.cast import LABEL, MAINTAINER
from app.rehearsal.scripts.shopping import pay_link
from app.rehearsal.scripts.story import Story

PLANS = {"question": "$49.00", "session": "$180.00"}
"""What the example of a support.yml sells."""


async def asks(story: Story, by: str) -> None:
    """Ask for support by the command; see the card and the draft."""
    await story.says(by, "/support", reaction="eyes")
    expect_offer(story)


async def offers(story: Story) -> None:
    """Offer support by the label, as the maintainer; see the card and the draft."""
    await story.labels(MAINTAINER, LABEL)
    expect_offer(story)


def expect_offer(story: Story) -> None:
    """See the card with every plan, its price and its link, and the draft with its sources."""
    story.expect("offered", "unpaid")
    story.expect_notices()
    for plan, price in PLANS.items():
        link = pay_link(story, plan)
        story.check(link.startswith(f"{story.world.url}/pay/"), f"the pay link is {link}")
        story.check(price in story.card_text, f"the card does not name the price {price}")
    drafts = [comment.body for comment, _ in story.ours("draft")]
    story.check(len(drafts) == 1, f"there are {len(drafts)} drafts instead of one")
    story.check("not checked" in drafts[0], "the draft does not say that nobody checked it")
    story.check("/docs/proxy.md" in drafts[0], "the draft does not name the source that helps")
