"""How the customer pays: through the pay link on the card, our page, and the checkout, by HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Final
from urllib.parse import urljoin

import aiohttp

from app.rehearsal.scripts.story import Story, StoryError

LOOKS_MAX: Final = 20
"""So often a page that looks again by itself is followed."""


def pay_link(story: Story, plan: str) -> str:
    """Find the link of a plan on the card."""
    links: list[str] = re.findall(r"\]\((\S+/pay/[^)\s]+)\)", story.card_text)
    wanted = [link for link in links if link.endswith(f"?plan={plan}")]
    story.check(len(wanted) == 1, f"the card has no one pay link for the plan {plan!r}")
    return wanted[0]


async def pays(story: Story, by: str, plan: str, price: str, *, choice: str = "pay") -> None:
    """Follow the link, press the button, and do this at the checkout."""
    async with aiohttp.ClientSession() as browser:
        link = pay_link(story, plan)
        story.tell(by, "opens the pay link", link)
        page = await read(story, browser, link)
        story.check(price in page, f"the pay page does not name the price {price}")
        action = re.search(r'<form method="post" action="([^"]+)"', page)
        if action is None:
            raise StoryError("the pay page has no button")
        checkout = await _press(story, browser, urljoin(link, unescape(action[1])))
        story.check(
            checkout.startswith(story.world.stripe.url), f"the button led to {checkout}, not Stripe"
        )
        shown = await read(story, browser, checkout)
        number = price.lstrip("$")  # the checkout names the currency by its code
        story.check(number in shown, f"the checkout does not name the price {price}")
        story.listen()
        story.tell(by, "pays" if choice == "pay" else "pays by bank debit", price, where="Stripe")
        async with browser.post(checkout, data={"choice": choice}, allow_redirects=False) as answer:
            story.check(answer.status == 303, f"the checkout answered {answer.status}")
            back = urljoin(checkout, answer.headers["Location"])
        await read(story, browser, back)
    await story.rest()


async def chooses(story: Story, by: str, prices: Mapping[str, str]) -> None:
    """Open the link without a plan: every plan can be chosen there."""
    link = pay_link(story, next(iter(prices))).partition("?")[0]
    story.tell(by, "looks at all plans", link)
    async with aiohttp.ClientSession() as browser:
        page = await read(story, browser, link)
    for plan, price in prices.items():
        story.check(f"?plan={plan}" in page, f"the page does not offer the plan {plan}")
        story.check(price in page, f"the page does not name the price {price}")


async def finds_nothing_due(story: Story, by: str, link: str) -> None:
    """Open the link of a ticket that is over."""
    story.tell(by, "opens the pay link again", link)
    async with aiohttp.ClientSession() as browser:
        page = await read(story, browser, link)
    story.check("Nothing is due" in page, "the pay page still asks for money")


async def read(story: Story, browser: aiohttp.ClientSession, url: str) -> str:
    """Open a page that must be there."""
    async with browser.get(url, allow_redirects=False) as answer:
        story.check(answer.status == 200, f"GET {url} answered {answer.status}")
        return await answer.text()


async def _press(story: Story, browser: aiohttp.ClientSession, url: str) -> str:
    """Press the pay button; a page that looks again by itself is followed to the checkout."""
    method = "POST"
    for _ in range(LOOKS_MAX):
        async with browser.request(method, url, allow_redirects=False) as answer:
            if answer.status == 303:
                return urljoin(url, answer.headers["Location"])
            story.check(answer.status == 200, f"the pay button answered {answer.status}")
            refresh = answer.headers.get("Refresh", "")
        story.check("url=" in refresh, "the pay button led to a page that goes nowhere")
        method, url = "GET", urljoin(url, refresh.partition("url=")[2])
        await story.world.settle()
    raise StoryError("the checkout never opened")
