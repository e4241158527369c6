"""A bank takes two payments back: the first it gives back again, the second it keeps."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, MAINTAINER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.opening import PLANS, asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story

SHARES = ("payee:", "platform_revenue")
"""Whose accounts a price is divided among."""


async def play(story: Story) -> None:
    """Play both, the one that is lost last."""
    await _is_won(story)
    await _is_lost(story)


async def _is_won(story: Story) -> None:
    intent = await _buys(story, QUESTION_TITLE)
    await story.says(HELPER, "/support propose set HTTPS_PROXY", reaction="eyes")
    await story.says(CUSTOMER, "/support accept", reaction="eyes")
    story.expect("accepted", "paid")
    await story.waits(timedelta(days=1))

    dispute = await _disputes(story, intent)
    story.expect("accepted", "disputed")
    story.expect_words("Until it has decided, nothing is divided or given back here")
    story.expect_words("the operator of this service, who may answer the bank until")
    await story.says(MAINTAINER, "/support refund it was not ours", reaction="confused")
    await story.waits(timedelta(days=30))
    story.expect("accepted", "disputed")
    story.check(await _owed(story) == 0, "somebody got a share of what the bank has")

    await _decides(story, dispute, is_won=True)
    story.expect("accepted", "won")
    await story.waits(timedelta(days=2, minutes=1))
    story.expect("settled", "won")
    story.check(await _owed(story) == 4900, "the price was not divided")


async def _is_lost(story: Story) -> None:
    intent = await _buys(story, "And through two proxies?")
    held = f"held:{story.card.ticket}"
    story.tell("the bank", "warns of fraud", where="Stripe")
    story.world.stripe.warn_of_fraud(intent)
    await story.rest()
    story.expect("working", "paid")
    story.expect_words("A bank has warned that this payment may be fraud.")

    dispute = await _disputes(story, intent)
    story.expect("working", "disputed")
    await story.says(CUSTOMER, "/support cancel", reaction="confused")
    await _decides(story, dispute, is_won=False)
    story.expect("refunded", "lost")
    story.expect_mentioned(HELPER, "the customer's bank has taken $49.00 back for good")
    await story.waits(timedelta(days=30))
    story.expect("refunded", "lost")
    story.check(not story.world.stripe.all("refund"), "something was given back once more")
    balances = await story.balances()
    left = {account for account in (held, "dispute_hold", "bad_debt") if account in balances}
    story.check(not left, f"the books have something left on {left}")
    story.check(await _owed(story) == 4900, "somebody got a share of what the bank kept")


async def _buys(story: Story, title: str) -> str:
    """Ask, pay, and have the helper take it; give the payment."""
    await story.opens_issue(CUSTOMER, title, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", PLANS["question"])
    await story.says(HELPER, "/support claim", reaction="eyes")
    story.expect("working", "paid")
    return str(story.world.stripe.all("payment_intent")[0]["id"])


async def _disputes(story: Story, intent: str) -> str:
    """Let the customer turn to their bank."""
    story.tell(CUSTOMER, "disputes the payment", where="the bank")
    dispute = story.world.stripe.dispute(intent)
    await story.rest()
    return dispute


async def _decides(story: Story, dispute: str, *, is_won: bool) -> None:
    """Let the bank decide."""
    story.tell("the bank", "gives it back" if is_won else "keeps it", where="Stripe")
    story.world.stripe.close_dispute(dispute, is_won=is_won)
    await story.rest()


async def _owed(story: Story) -> int:
    """Add up the shares of everybody."""
    balances = await story.balances()
    return -sum(amount for account, amount in balances.items() if account.startswith(SHARES))
