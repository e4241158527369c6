"""One ticket takes one payment: the first one wins, and every other one goes back."""

from __future__ import annotations

from app.domain.ledger import Account
from app.store import ledger
from tests.stories.scene import Scene, Talk, mark_of, scene


async def offered_to_both(s: Scene) -> tuple[Talk, str, str]:
    """Let carol and dave hold an offer in one thread; give the tokens of both."""
    talk = await s.asked("carol")
    await talk.says("dave", "/support")
    carols, daves = talk.cards
    return talk, talk.links(carols.body)[0][0], talk.links(daves.body)[0][0]


async def balance(s: Scene, account: str) -> int:
    return await s.database.reading(
        lambda session: ledger.balance(session, Account(account), "usd")
    )


def states(talk: Talk) -> list[str]:
    return [f"{mark_of(card.body).stage} {mark_of(card.body).money}" for card in talk.cards]


async def test_who_pays_first_has_it_and_the_other_offer_is_withdrawn(database_url: str) -> None:
    async with scene(database_url) as s:
        talk, carols, daves = await offered_to_both(s)
        theirs = await talk.presses("question", token=carols)
        await talk.pays("session", token=daves)
        assert states(talk) == ["cancelled unpaid", "queued paid"]
        assert "Somebody else in this thread paid first" in talk.cards[0].body
        sessions = {each["id"]: each["status"] for each in s.stripe.all("checkout.session")}
        assert sessions[theirs] == "expired"
        assert talk.refunds == []


async def test_both_pay_in_the_same_moment_and_the_later_one_gets_it_back(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        talk, carols, daves = await offered_to_both(s)
        theirs = await talk.presses("question", token=carols)
        others = await talk.presses("question", token=daves)
        s.stripe.pay(theirs)
        s.stripe.pay(others)  # before anybody could close it
        await s.settle()
        assert sorted(states(talk)) == ["cancelled refunded", "queued paid"]
        (lost,) = (card.body for card in talk.cards if "stage=cancelled" in card.body)
        assert "A payment of $49.00 was not needed: all of it went straight back." in lost
        ((refunded, amount),) = talk.refunds
        assert refunded in {talk.payment(theirs), talk.payment(others)}
        assert amount == 4900
        # Only one of them is held; the other one came and went.
        marks = [mark_of(card.body) for card in talk.cards]
        held = [await balance(s, f"held:{each.ticket}") for each in marks]
        assert sorted(held) == [-4900, 0]


async def test_a_payment_by_hand_for_a_ticket_that_is_paid_goes_back(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        metadata = {"ticket_id": talk.mark.ticket, "plan": "question"}
        second = s.stripe.pay_unknown(4900, metadata=metadata)
        await s.settle()
        assert talk.refunds == [(second, 4900)]
        assert talk.state == ("queued", "paid")
        again = s.stripe.pay_unknown(4900, metadata=metadata)
        await s.settle()
        assert talk.refunds == [(again, 4900), (second, 4900)]


async def test_a_payment_that_nobody_asked_for_is_booked_and_left_to_the_operator(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        intent = s.stripe.pay_unknown(1234)
        await s.settle()
        assert s.stripe.all("refund") == []
        assert await balance(s, f"unapplied:{intent}") == -1234


async def test_another_amount_than_the_price_goes_back(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        metadata = {"ticket_id": talk.mark.ticket, "plan": "session"}
        cheap = s.stripe.pay_unknown(4900, metadata=metadata)  # the price of another plan
        await s.settle()
        assert talk.state[0] == "offered"
        assert talk.refunds == [(cheap, 4900)]
        await talk.pays("session")
        assert talk.state == ("queued", "paid")
