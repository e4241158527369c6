"""Our own pay link works as long as the offer does, whatever becomes of Stripe's sessions."""

from __future__ import annotations

import asyncio

import aiohttp

from app.rehearsal.faults import Fault
from tests.stories.scene import Scene, Talk, scene


async def see(s: Scene, talk: Talk, plan: str = "") -> aiohttp.ClientResponse:
    url = f"{s.world.url}/pay/{talk.token}"
    return await s.http.get(url, params={"plan": plan} if plan else None, allow_redirects=False)


def sessions(s: Scene) -> list[tuple[str, str]]:
    """Plan and state of every session, the oldest first."""
    found = reversed(s.stripe.all("checkout.session"))
    return [(each["metadata"]["plan"], each["status"]) for each in found]


async def test_the_page_shows_what_it_costs_and_looking_opens_nothing(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        choice = await see(s, talk)
        assert choice.status == 200
        page = await (await see(s, talk, "question")).text()
        for words in ("$49.00", "$44.92", "Mainstay rehearsal", 'method="post"'):
            assert words in page
        assert sessions(s) == []
        session = await talk.presses("question")
        gone_on = await see(s, talk, "question")
        assert gone_on.status == 303
        assert gone_on.headers["Location"].endswith(session)


async def test_pressing_twice_opens_one_session(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked()
        assert await talk.presses("question") == await talk.presses("question")
        assert sessions(s) == [("question", "open")]


async def test_a_session_that_expired_is_opened_anew(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        first = await talk.presses("question")
        await s.wait(hours=2, minutes=1)
        assert (await see(s, talk, "question")).status == 200
        second = await talk.pays("question")
        assert second != first
        assert sessions(s) == [("question", "expired"), ("question", "complete")]
        assert talk.state == ("queued", "paid")


async def test_another_plan_is_chosen_while_a_session_is_open(database_url: str) -> None:
    async with scene(database_url) as s:
        talk = await s.asked()
        await talk.presses("question")
        await talk.pays("session")
        assert sessions(s) == [("question", "expired"), ("session", "complete")]
        assert (await talk.ticket()).chosen == "session"
        assert talk.state == ("queued", "paid")


async def test_the_old_session_is_paid_while_it_is_being_closed(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        s.world.faults.once(Fault.BAD_GATEWAY, path="/expire$")
        switching = asyncio.create_task(talk.sends("session"))
        await s.until(lambda: s.world.faults.injected[Fault.BAD_GATEWAY] == 1)
        s.stripe.pay(session)
        await s.settle()
        status, page = await switching
        assert (status, "It is paid. Thank you." in page) == (200, True)
        assert sessions(s) == [("question", "complete")]
        assert talk.state == ("queued", "paid")
        assert (await talk.ticket()).chosen == "question"
        assert talk.refunds == []


async def test_a_card_that_is_declined_may_be_followed_by_another_one(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        session = await talk.presses("question")
        s.stripe.decline(session)
        await s.settle()
        assert talk.state == ("offered", "unpaid")
        s.stripe.pay(session)
        await s.settle()
        assert talk.state == ("queued", "paid")


async def test_the_button_waits_for_a_stripe_that_is_away_for_a_moment(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.asked()
        s.world.faults.once(Fault.BAD_GATEWAY, path="/v1/checkout/sessions", times=3)
        pressing = asyncio.create_task(talk.sends("question"))
        await s.until(lambda: s.world.faults.injected[Fault.BAD_GATEWAY] == 1)
        # Meanwhile the page looks again by itself, for whoever comes to it.
        waiting = await see(s, talk, "question")
        assert (waiting.status, "Refresh" in waiting.headers) == (200, True)
        await s.settle()
        status, _ = await pressing
        assert status == 303
        assert sessions(s) == [("question", "open")]


async def test_a_checkout_that_cannot_be_opened_is_said_and_can_be_tried_again(
    database_url: str,
) -> None:
    async with scene(database_url, buried=1) as s:
        talk = await s.asked()
        # Away for so long that the session would be over before anybody could pay.
        s.world.faults.once(Fault.BAD_GATEWAY, method="POST", path="/checkout/sessions$", times=40)
        pressing = asyncio.create_task(talk.sends("question"))
        await s.until(lambda: s.world.faults.injected[Fault.BAD_GATEWAY] >= 1)
        await s.settle()
        status, page = await pressing
        assert (status, "could not be opened" in page) == (200, True)
        assert "The checkout could not be opened" in talk.card
        assert (await s.ready())["buried"]["effect"] == 1
        s.world.faults.clear()
        await talk.pays("question")
        assert talk.state == ("queued", "paid")
        assert "could not be opened" not in talk.card


async def test_an_unknown_token_is_a_page_that_says_so(either_url: str) -> None:
    async with scene(either_url) as s:
        for path in ("pay", "t"):
            async with s.http.get(f"{s.world.url}/{path}/nobodys-token") as answer:
                assert answer.status == 404
        async with s.http.post(f"{s.world.url}/pay/nobodys-token") as answer:
            assert answer.status == 404
