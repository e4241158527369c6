"""The checkout page, as a browser without JavaScript uses it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.stripe.shop import Shop, line


async def look(shop: Shop, url: str) -> tuple[int, str]:
    async with shop.http.get(url) as response:
        return response.status, await response.text()


async def choose(shop: Shop, url: str, choice: str) -> tuple[int, str, str]:
    """Press a button: the status, where the browser is sent, and the page."""
    async with shop.http.post(url, data={"choice": choice}, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", ""), await response.text()


async def url_of(shop: Shop, **changes: Any) -> str:
    session = await shop.open(**changes)
    assert session.url is not None
    return session.url


async def test_it_shows_what_is_paid_and_what_each_button_does(shop: Shop) -> None:
    items = [line(), line(1250, quantity=2)]
    status, html = await look(shop, await url_of(shop, line_items=items))
    assert status == 200
    for part in (
        "Pay Mainstay",
        "Quick question",
        "Quick question × 2",
        "49.00 USD",
        "25.00 USD",
        "Pay 74.00 USD with card",
        "Pay later by bank debit",
        "Let it fail",
        "Abandon",
        "Expires",
        "25 November 2026 12:00 UTC",
        "tkt_1",
    ):
        assert part in html
    assert "<script" not in html
    assert 'name="viewport"' in html


async def test_what_the_shop_sends_is_not_html(shop: Shop) -> None:
    price = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "<b>x</b>"}}
    url = await url_of(shop, line_items=[line(price_data=price)], client_reference_id="<i>")
    _, html = await look(shop, url)
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x" not in html
    assert "<i>" not in html


async def test_paying_sends_the_browser_to_the_success_url(shop: Shop) -> None:
    url = await url_of(shop)
    status, location, _ = await choose(shop, url, "pay")
    session_id = url.rsplit("/", 1)[1]
    assert (status, location) == (303, f"https://shop.example/t/x?sid={session_id}")
    assert (await shop.session(session_id)).payment_status == "paid"
    status, html = await look(shop, url)
    assert status == 200
    assert "This checkout is paid. It cannot be paid a second time." in html
    assert f'<a href="{location}">Back to the shop</a>' in html
    assert "<form" not in html
    status, _, html = await choose(shop, url, "pay")
    assert status == 409
    assert "cannot be paid a second time" in html


async def test_a_bank_debit_is_settled_on_the_same_page(shop: Shop) -> None:
    url = await url_of(shop)
    assert (await choose(shop, url, "pay_later"))[0] == 303
    _, html = await look(shop, url)
    assert "The bank debit is under way" in html
    assert "Let the bank debit succeed" in html
    assert (await choose(shop, url, "debit_succeeds"))[:2] == (
        303,
        url.removeprefix(shop.standin.url),
    )
    assert "This checkout is paid." in (await look(shop, url))[1]
    other = await url_of(shop)
    await choose(shop, other, "pay_later")
    await choose(shop, other, "debit_fails")
    assert "complete, but it is not paid" in (await look(shop, other))[1]


async def test_a_declined_card_leads_back_to_the_page(shop: Shop) -> None:
    url = await url_of(shop)
    status, _, html = await choose(shop, url, "decline")
    assert status == 402
    assert '<p role="alert">Your card was declined.</p>' in html
    assert "Pay 49.00 USD with card" in html


async def test_abandoning_leads_back_to_the_shop_if_it_wants_to(shop: Shop) -> None:
    assert (await choose(shop, await url_of(shop), "abandon"))[:2] == (
        303,
        "https://shop.example/t/x",
    )
    url = await url_of(shop, cancel_url=None)
    assert "There is no way back to the shop" in (await look(shop, url))[1]
    assert (await choose(shop, url, "abandon"))[:2] == (303, url.removeprefix(shop.standin.url))


async def test_an_expired_checkout_says_so(shop: Shop) -> None:
    url = await url_of(shop)
    shop.clock.forward(days=1)
    _, html = await look(shop, url)
    assert "has expired" in html
    assert "<form" not in html
    assert (await choose(shop, url, "pay"))[0] == 409


async def test_a_checkout_without_bank_debits_does_not_offer_them(shop: Shop) -> None:
    _, html = await look(shop, await url_of(shop, allowed_payment_method_types=["card"]))
    assert "bank debit" not in html


async def test_an_authorisation_is_called_one(shop: Shop) -> None:
    url = await url_of(shop, payment_intent_data={"capture_method": "manual"})
    assert "only authorised for now" in (await look(shop, url))[1]


@pytest.mark.parametrize("path", ["/c/pay/cs_test_1", "/c/pay/", "/"])
async def test_what_is_no_checkout_is_404(shop: Shop, path: str) -> None:
    assert (await look(shop, f"{shop.standin.url}{path}"))[0] == 404


async def test_a_button_that_is_not_on_the_page_is_refused(shop: Shop) -> None:
    url = await url_of(shop)
    assert (await choose(shop, url, "steal"))[0] == 400
    assert (await choose(shop, f"{shop.standin.url}/c/pay/cs_test_1", "pay"))[0] == 404


async def test_people_are_no_part_of_what_the_product_asked(shop: Shop) -> None:
    await look(shop, await url_of(shop))
    assert [asked.path for asked in shop.standin.requests] == ["/v1/checkout/sessions"]
