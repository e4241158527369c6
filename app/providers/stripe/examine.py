"""Whether all is well between us and Stripe: what the doctor looks at; it changes nothing there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.domain.findings import Finding, fault, note, ok
from app.providers.rooms import Check
from app.providers.stripe.answers import Json
from app.providers.stripe.register import HOOK_PATH, endpoints, open_client

if TYPE_CHECKING:
    from app.providers.stripe.client import Call

TEST_MODE: Final = ("sk_test_", "rk_test_")


class Examination:
    """Everything that concerns the operator's account; each look has connections of its own."""

    def __init__(
        self,
        *,
        api_key: str,
        api_url: str,
        public_url: str,
        currencies: Sequence[str],
        checkout_urls: Sequence[str],
    ) -> None:
        self._api_key = api_key
        self._api_url = api_url
        self._url = f"{public_url}{HOOK_PATH}"
        self._currencies = currencies
        self._checkout_urls = checkout_urls

    def checks(self) -> Sequence[Check]:
        """Give what is to be looked at, each by itself."""
        return (
            Check("stripe account", self._account),
            Check("currencies", self._settled),
            Check("stripe webhook", self._hook),
            Check("checkout", self._checkout),
        )

    async def _account(self) -> Finding:
        account = await self._ask(lambda api: api.v1.accounts.retrieve_current_async())
        if not account["charges_enabled"]:
            return fault(
                "The Stripe account cannot charge anybody yet.",
                "complete the account's activation in Stripe's dashboard.",
            )
        if self._api_key.startswith(TEST_MODE):
            return note("The Stripe account can charge, in test mode: no real money moves.")
        return ok("The Stripe account can charge.")

    async def _settled(self) -> Finding:
        account = await self._ask(lambda api: api.v1.accounts.retrieve_current_async())
        balance = await self._ask(lambda api: api.v1.balance.retrieve_async())
        settled = {
            account["default_currency"],
            *(each["currency"] for each in balance["available"]),
        }
        others = [code for code in self._currencies if code not in settled]
        if others:
            return fault(
                f"Stripe would convert {', '.join(others).upper()}, and shares would not add up.",
                "add a bank account in that currency at Stripe, or take it out of CURRENCIES.",
            )
        return ok(f"Settled without conversion: {', '.join(self._currencies).upper()}.")

    async def _hook(self) -> Finding:
        client, version = await open_client(api_key=self._api_key, api_url=self._api_url)
        try:
            there = await endpoints(client, self._url)
        finally:
            await client.close()
        awake = [each for each in there if each.is_enabled]
        if not awake:
            state = "is disabled" if there else "is missing"
            return fault(
                f"Stripe's webhook endpoint for {self._url} {state}.",
                "open one in Stripe's dashboard, and give its secret in STRIPE_WEBHOOK_SECRET.",
            )
        if all(each.unheard for each in awake):
            return fault(
                f"Stripe's webhook endpoint does not send {', '.join(sorted(awake[0].unheard))}.",
                "add these events to it in Stripe's dashboard.",
            )
        if all(each.version != version for each in awake):
            return fault(
                f"Stripe's webhook endpoint is of version {awake[0].version or 'unknown'}.",
                f"make one of version {version}, and give its secret in STRIPE_WEBHOOK_SECRET.",
            )
        return ok(f"Stripe's events come to {self._url}, in version {version}.")

    async def _checkout(self) -> Finding:
        """Look where Stripe has opened its newest checkout: our button leads to known places."""
        newest = await self._ask(
            lambda api: api.v1.checkout.sessions.list_async({"limit": 1, "status": "open"})
        )
        known = " or ".join(self._checkout_urls)
        for each in newest["data"]:
            parts = urlsplit(each["url"] or "")
            origin = f"{parts.scheme}://{parts.netloc}"
            if each["url"] and origin not in self._checkout_urls:
                return fault(
                    f"Stripe's checkout is at {origin}, where our button does not lead: nobody "
                    "can pay.",
                    f"set STRIPE_CHECKOUT_URL to {origin}, if that is your own domain at Stripe.",
                )
        return ok(f"The pay button leads to {known}.")

    async def _ask(self, call: Call) -> Json:
        client, _ = await open_client(api_key=self._api_key, api_url=self._api_url)
        try:
            return await client.ask(call)
        finally:
            await client.close()
