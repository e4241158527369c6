"""The customer's bank takes a payment back, or warns of fraud: nothing is ever paid out twice."""

from __future__ import annotations

import pytest

from app.domain.errors import MainstayError
from app.domain.events import Verdict
from app.domain.ledger import Account
from app.services import freezes, reviews
from app.store import ledger
from tests.stories.scene import Scene, Talk, scene


async def worked_on(s: Scene) -> tuple[Talk, str]:
    """Let ada take a paid ticket; give the payment, too."""
    talk = await s.asked()
    session = await talk.pays()
    await talk.says("ada", "Which version is it")
    assert talk.state == ("working", "paid")
    return talk, talk.payment(session)


async def accepted(s: Scene) -> tuple[Talk, str]:
    talk, intent = await worked_on(s)
    await talk.says("ada", "/support propose set proxy=on")
    await talk.says("carol", "/support accept")
    assert talk.state == ("accepted", "paid")
    return talk, intent


async def settled(s: Scene) -> tuple[Talk, str]:
    talk, intent = await accepted(s)
    await s.wait(days=3, minutes=1)
    assert talk.state == ("settled", "paid")
    return talk, intent


async def says_that_they_have_looked(s: Scene, talk: Talk) -> None:
    """Let the operator lift a warning."""
    name, now = talk.mark.ticket, s.world.clock()
    await s.database.in_transaction(lambda session: freezes.unfreeze(session, name, now=now))


async def balances(s: Scene, *accounts: str) -> list[int]:
    return [
        await s.database.reading(lambda session, a=each: ledger.balance(session, Account(a), "usd"))  # type: ignore[misc]  # bound early
        for each in accounts
    ]


async def owed(s: Scene) -> int:
    """Add up what is owed to everybody who gets a share."""
    posted = await s.database.reading(lambda session: list(ledger.posted(session)))
    return -sum(
        posting.amount
        for each in posted
        for posting in each.entry.postings
        if posting.account.startswith("payee:") or posting.account == "platform_revenue"
    )


async def test_the_work_goes_on_but_no_money_moves_until_it_is_won(database_url: str) -> None:
    async with scene(database_url) as s:
        talk, intent = await worked_on(s)
        dispute = s.stripe.dispute(intent)
        await s.settle()
        assert talk.state == ("working", "disputed")
        assert "The customer's bank was asked to take this payment back" in talk.card
        assert "the operator of this service, who may answer the bank until" in talk.card
        assert await balances(s, "dispute_hold", "dispute_fees") == [4900, 1500]

        refused = await talk.says("carol", "/support cancel")
        assert talk.signs(refused) == ["confused"]
        assert "The customer's bank is deciding about this payment" in talk.card
        await talk.says("ada", "/support propose set proxy=on")  # the help goes on
        assert talk.state == ("proposed", "disputed")
        assert "silence" not in talk.notices("proposed")[0]
        for who, words in (("carol", "accept"), ("max", "refund it was not ours")):
            assert talk.signs(await talk.says(who, f"/support {words}")) == ["confused"]
        await s.wait(days=30)
        assert talk.state == ("proposed", "disputed")
        assert talk.refunds == []

        s.stripe.close_dispute(dispute, is_won=True)
        await s.settle()
        assert talk.state == ("proposed", "won")
        assert await balances(s, "dispute_hold", "dispute_fees") == [0, 1500]
        await talk.says("carol", "/support accept")
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "won")
        assert await owed(s) == 4900


async def test_the_grace_waits_and_goes_on_for_what_was_left_of_it(either_url: str) -> None:
    async with scene(either_url) as s:
        talk, intent = await accepted(s)
        await s.wait(days=1)
        dispute = s.stripe.dispute(intent)
        await s.settle()
        await s.wait(days=20)
        assert talk.state == ("accepted", "disputed")
        s.stripe.close_dispute(dispute, is_won=True)
        await s.settle()
        assert talk.state == ("accepted", "won")
        await s.wait(days=1, hours=20)
        assert talk.state == ("accepted", "won")
        await s.wait(hours=5)
        assert talk.state == ("settled", "won")


async def test_a_lost_dispute_ends_the_ticket_and_nobody_pays_twice(database_url: str) -> None:
    async with scene(database_url) as s:
        talk, intent = await accepted(s)
        s.stripe.close_dispute(s.stripe.dispute(intent), is_won=False)
        await s.settle()
        assert talk.state == ("refunded", "lost")
        assert "The customer's bank took the money back for good." in talk.card
        assert "@ada, the customer's bank has taken $49.00 back" in talk.notices("refund")[0]
        assert talk.refunds == []
        held = f"held:{talk.mark.ticket}"
        assert await balances(s, held, "dispute_hold", "dispute_fees") == [0, 0, 1500]
        await s.wait(days=30)
        assert talk.state == ("refunded", "lost")
        assert await owed(s) == 0
        status, page = await talk.page("pay")
        assert (status, "the customer's bank took the money back" in page) == (200, True)


async def test_a_loss_after_the_division_is_taken_from_every_share(database_url: str) -> None:
    async with scene(database_url) as s:
        talk, intent = await settled(s)
        assert await owed(s) == 4900
        dispute = s.stripe.dispute(intent)
        await s.settle()
        assert talk.state == ("settled", "disputed")
        assert await owed(s) == 4900
        s.stripe.close_dispute(dispute, is_won=False)
        await s.settle()
        assert talk.state == ("settled", "lost")
        assert await owed(s) == 0
        assert await balances(s, "dispute_hold", "bad_debt") == [0, 0]


async def test_a_dispute_after_the_division_that_is_won_leaves_every_share(either_url: str) -> None:
    async with scene(either_url) as s:
        talk, intent = await settled(s)
        s.stripe.close_dispute(s.stripe.dispute(intent), is_won=True)
        await s.settle()
        assert talk.state == ("settled", "won")
        assert await owed(s) == 4900


async def test_a_bank_that_takes_what_went_back_already_costs_the_operator(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        intent = talk.payment(await talk.pays())
        await talk.says("carol", "/support cancel")
        assert talk.state == ("cancelled", "refunded")
        dispute = s.stripe.dispute(intent, amount=4900)
        await s.settle()
        assert talk.state == ("cancelled", "disputed")
        s.stripe.close_dispute(dispute, is_won=False)
        await s.settle()
        assert talk.state == ("cancelled", "lost")
        assert talk.refunds == [(intent, 4900)]
        held = f"held:{talk.mark.ticket}"
        assert await balances(s, held, "dispute_hold", "bad_debt") == [0, 0, 4900]


async def test_a_part_that_the_bank_keeps_leaves_the_rest_to_the_helper(either_url: str) -> None:
    async with scene(either_url) as s:
        talk, intent = await accepted(s)
        s.stripe.close_dispute(s.stripe.dispute(intent, amount=1000), is_won=False)
        await s.settle()
        assert talk.state == ("accepted", "paid")
        assert "$10.00 of it was given back" in talk.card
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        assert await owed(s) == 3900


async def test_what_is_told_twice_or_late_changes_nothing(either_url: str) -> None:
    async with scene(either_url) as s:
        talk, intent = await worked_on(s)
        dispute = s.stripe.dispute(intent)
        s.stripe.close_dispute(dispute, is_won=False)
        await s.settle()
        before, told = talk.card, await balances(s, "stripe_balance", "dispute_fees")
        assert talk.state == ("refunded", "lost")
        for event in s.stripe.all("event"):
            s.stripe.resend(event["id"])
        await s.settle()
        assert talk.card == before
        assert await balances(s, "stripe_balance", "dispute_fees") == told


async def test_an_inquiry_freezes_and_takes_nothing(either_url: str) -> None:
    async with scene(either_url) as s:
        talk, intent = await accepted(s)
        inquiry = s.stripe.dispute(intent, is_inquiry=True)
        await s.settle()
        await s.wait(days=10)
        assert talk.state == ("accepted", "paid")
        assert "The customer's bank asks about this payment." in talk.card
        s.stripe.close_dispute(inquiry, is_won=True)
        await s.settle()
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")


async def test_a_warning_of_fraud_freezes_until_the_operator_has_looked(database_url: str) -> None:
    async with scene(database_url) as s:
        talk, intent = await accepted(s)
        s.stripe.warn_of_fraud(intent)
        await s.settle()
        assert talk.state == ("accepted", "paid")
        assert "A bank has warned that this payment may be fraud" in talk.card
        refused = await talk.says("max", "/support refund it may be fraud")
        assert talk.signs(refused) == ["confused"]
        assert "Until the operator has looked" in talk.card
        await s.wait(days=10)
        assert talk.state == ("accepted", "paid")
        await says_that_they_have_looked(s, talk)
        with pytest.raises(MainstayError, match="a moment ago"):
            await says_that_they_have_looked(s, talk)
        await s.settle()
        assert "A bank has warned" not in talk.card
        with pytest.raises(MainstayError, match="not frozen by a warning"):
            await says_that_they_have_looked(s, talk)
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "paid")
        assert await owed(s) == 4900


async def test_the_operator_decides_no_review_of_a_payment_that_the_bank_has(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk, intent = await worked_on(s)
        for _ in range(2):
            await talk.says("ada", "/support propose")
            await talk.says("carol", "/support decline it still fails")
        assert talk.state == ("review", "paid")
        s.stripe.dispute(intent)
        await s.settle()
        name, now = talk.mark.ticket, s.world.clock()
        with pytest.raises(MainstayError, match="is frozen"):
            await s.database.in_transaction(
                lambda session: reviews.decide(session, name, Verdict.PAY, None, now=now)
            )


async def test_a_dispute_that_is_won_makes_up_for_the_warning_before_it(either_url: str) -> None:
    async with scene(either_url) as s:
        talk, intent = await accepted(s)
        s.stripe.warn_of_fraud(intent)
        dispute = s.stripe.dispute(intent)
        await s.settle()
        with pytest.raises(MainstayError, match="only the bank"):
            await says_that_they_have_looked(s, talk)
        s.stripe.close_dispute(dispute, is_won=True)
        await s.settle()
        await s.wait(days=3, minutes=1)
        assert talk.state == ("settled", "won")


async def test_a_payment_that_went_to_nobody_is_disputed(either_url: str) -> None:
    async with scene(either_url) as s:
        intent = s.stripe.pay_unknown(1234)
        s.stripe.close_dispute(s.stripe.dispute(intent), is_won=False)
        await s.settle()
        named = ("dispute_hold", f"unapplied:{intent}", "dispute_fees")
        assert await balances(s, *named) == [0, 0, 1500]
