"""Everything goes well: asked, paid, answered, accepted, divided."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, QUESTION, QUESTION_TITLE, STRANGER
from app.rehearsal.scripts.opening import asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story

ANSWER = "Please set `proxy` in `widgets.toml`, and `ca_file` to your company's certificate."


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)

    await pays(story, CUSTOMER, "question", "$49.00")
    story.expect("queued", "paid")
    story.check(story.assignees == [HELPER], f"assigned are {story.assignees}")
    story.check(f"**Asked:** `{HELPER}`" in story.card_text, "the card does not name who is asked")
    held = f"held:{story.card.ticket}"
    balances = await story.balances()
    story.check(balances.get(held) == -4900, f"the books hold {balances.get(held)} for it")

    await story.says(HELPER, ANSWER)
    story.expect("working", "paid")
    await story.says(STRANGER, "/support accept", reaction="-1")
    story.expect("working", "paid")
    await story.says(HELPER, "/support propose proxy and ca_file", reaction="eyes")
    story.expect("proposed", "paid")
    story.expect_notices("proposed")
    await story.says(STRANGER, "/support accept", reaction="-1")
    story.expect("proposed", "paid")
    await story.says(CUSTOMER, "/support accept", reaction="eyes")
    story.expect("accepted", "paid")

    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
    story.expect_notices("proposed")
    story.check(not story.world.stripe.all("refund"), "something was given back")
    balances = await story.balances()
    owed = sorted(amount for account, amount in balances.items() if account.startswith("payee:"))
    story.check(owed == [-4492, -236], f"the payees are owed {owed}")
    story.check(held not in balances, "the ticket still holds money")
