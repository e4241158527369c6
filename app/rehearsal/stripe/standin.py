"""The stand-in: a server that speaks Stripe's API, and what a person can do at Stripe."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import aiohttp
import stripe
from aiohttp import web

from app.rehearsal.faults import Faults
from app.rehearsal.stripe import (
    accounts,
    checkout,
    disputes,
    endpoints,
    fraud_warnings,
    payments,
    refunds,
)
from app.rehearsal.stripe.book import Book, Pace
from app.rehearsal.stripe.idempotency import KEPT_FOR, IdempotencyKeys
from app.rehearsal.stripe.methods import Payer, offered
from app.rehearsal.stripe.page import PATH, CheckoutPage
from app.rehearsal.stripe.refusals import Json
from app.rehearsal.stripe.server import Api, ApiRequest, Breakdown, fault_answer
from app.rehearsal.webhooks import STRIPE_POLICY, Delivery, Policy, Sender

BODY_BYTES_MAX: Final = 1024**2
SHUTDOWN_SECONDS_MAX: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account that is played, and how its Stripe behaves."""

    api_key: str = "sk_test_rehearsal_0123456789abcdef"
    webhook_secret: str = "whsec_rehearsal_0123456789abcdef"
    seller: str = "Mainstay"
    country: str = "US"
    currency: str = "usd"
    pace: Pace = field(default_factory=Pace)
    keys_kept_for: timedelta = KEPT_FOR
    latency_seconds: float = 0.0
    webhook_policy: Policy = STRIPE_POLICY


class StripeStandIn:
    """One Stripe account on loopback.

    The product reaches it at `url` with the account's key; its events go to `webhook_url`, signed
    with the account's webhook secret, and to the endpoints that the product opens by itself.
    Whoever moves the clock calls `tick()`; requests and people's actions do so by themselves.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        faults: Faults,
        webhook_url: str | Callable[[], str] | None = None,
        account: Account | None = None,
        port: int = 0,
        seed: int = 0,
    ) -> None:
        self.account = account = account or Account()
        self._faults = faults
        self._webhook_url = webhook_url
        self._port = port
        self._book = Book(now=now, seed=seed, currency=account.currency, pace=account.pace)
        self._api = Api(
            self._book,
            IdempotencyKeys(account.keys_kept_for),
            api_key=account.api_key,
            latency_seconds=account.latency_seconds,
        )
        self._page = CheckoutPage(self._book, seller=account.seller)
        self._deliveries: list[Delivery] = []
        self._newest: dict[str, Delivery] = {}
        self._session: aiohttp.ClientSession | None = None
        self._senders: dict[str, Sender] = {}
        self._runner: web.AppRunner | None = None
        accounts.open_platform(self._book, account.seller, account.country)

    async def start(self) -> None:
        """Listen on loopback, and send events from now on."""
        app = web.Application(
            client_max_size=BODY_BYTES_MAX,
            middlewares=[self._api.recorder, self._faults.middleware_answering(fault_answer)],
        )
        app.router.add_get(PATH, self._page.show)
        app.router.add_post(PATH, self._page.choose)
        app.router.add_route("*", "/v1/{rest:.*}", self._api.answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS_MAX)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._book.url = f"http://{host}:{port}"
        self._session = aiohttp.ClientSession()
        self._book.heard = self._send
        self._book.is_undelivered = self._is_undelivered
        url = self._webhook_url
        if url is not None:
            self._book.webhook_url = url if callable(url) else lambda: url
            made = endpoints.open_endpoint(self._book)
            self._book.endpoint_secrets[made["id"]] = self.account.webhook_secret

    async def close(self) -> None:
        """Stop listening, and give up events that did not arrive."""
        for sender in self._senders.values():
            await sender.close()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The base address of the API, and of the checkout pages."""
        return self._book.url

    @property
    def requests(self) -> list[ApiRequest]:
        """What the product asked."""
        return self._api.requests

    @property
    def defects(self) -> list[str]:
        """What is wrong with our own answers and events: must stay empty."""
        return self._book.defects

    @property
    def deliveries(self) -> list[Delivery]:
        """Every webhook, in the order in which things happened."""
        return self._deliveries

    def all(self, kind: str) -> list[Json]:
        """Give all objects of a kind as Stripe keeps them, the newest first."""
        return self._book.all(kind)

    def tick(self) -> None:
        """Let happen what the clock has come to: expiries, cleared debits, available funds."""
        self._book.tick()

    async def settle(self, timeout_seconds: float = 30.0) -> None:
        """Wait until every webhook has arrived, or was given up."""
        for sender in list(self._senders.values()):
            await sender.settle(timeout_seconds)

    def pay(self, session_id: str, payer: Payer | None = None) -> str:
        """Pay by card; gives the URL that the browser goes on to."""
        self.tick()
        return checkout.pay(self._book, session_id, payer or Payer())

    def pay_later(self, session_id: str, payer: Payer | None = None) -> str:
        """Pay by bank debit; gives the URL that the browser goes on to."""
        self.tick()
        return checkout.pay_later(self._book, session_id, payer or Payer())

    def settle_later(self, session_id: str, *, succeeds: bool) -> None:
        """Let the bank answer a debit that is under way."""
        self.tick()
        checkout.settle_later(self._book, session_id, succeeds=succeeds)

    def is_with_bank(self, session_id: str) -> bool:
        """Tell whether a bank debit of this checkout is under way."""
        return checkout.is_processing(self._book, self._book.get("checkout.session", session_id))

    def decline(self, session_id: str, payer: Payer | None = None) -> None:
        """Try a card that is declined; the checkout stays open."""
        self.tick()
        checkout.decline(self._book, session_id, payer or Payer())

    def abandon(self, session_id: str) -> str | None:
        """Walk away; gives the URL that the browser goes back to."""
        self.tick()
        return checkout.abandon(self._book, session_id)

    def pay_unknown(
        self,
        amount: int,
        currency: str = "usd",
        *,
        metadata: dict[str, str] | None = None,
        payer: Payer | None = None,
    ) -> str:
        """Pay outside of any checkout, as the dashboard allows it; gives the intent's id."""
        self.tick()
        data = {"metadata": metadata or {}}
        intent = payments.new_intent(self._book, amount, currency, data, offered(currency))
        payments.pay_by_card(self._book, intent, payer or Payer())
        return str(intent["id"])

    def fail_refund(self, refund_id: str) -> None:
        """Let the customer's bank send a refund back."""
        self.tick()
        refunds.fail(self._book, refund_id)

    def dispute(
        self,
        payment_intent_id: str,
        reason: str = "fraudulent",
        *,
        amount: int | None = None,
        is_inquiry: bool = False,
    ) -> str:
        """Dispute a payment at the customer's bank; gives the dispute's id."""
        self.tick()
        dispute = disputes.open_(
            self._book,
            self._charge(payment_intent_id),
            reason,
            amount=amount,
            is_inquiry=is_inquiry,
        )
        return str(dispute["id"])

    def warn_of_fraud(self, payment_intent_id: str) -> str:
        """Let a card's bank warn of a payment; gives the warning's id."""
        self.tick()
        return str(fraud_warnings.give(self._book, self._charge(payment_intent_id))["id"])

    def _charge(self, payment_intent_id: str) -> Json:
        intent = self._book.get("payment_intent", payment_intent_id)
        return self._book.get("charge", intent["latest_charge"])

    def close_dispute(self, dispute_id: str, *, is_won: bool) -> None:
        """Let the bank decide a dispute."""
        self.tick()
        disputes.close(self._book, dispute_id, is_won=is_won)

    def connect_account(self, email: str = "helper@example.com", country: str = "US") -> str:
        """Open a connected account that may receive transfers; gives its id."""
        return str(accounts.connect(self._book, email, country)["id"])

    def resend(self, event_id: str) -> None:
        """Send an event once more, as the dashboard's button does."""
        self._send(self._book.get("event", event_id))

    def break_once(self, path: str, *, is_after_work: bool) -> None:
        """Let the next POST to this path end in a 500 that its idempotency key then replays."""
        self._api.breakdowns.append(Breakdown(path, is_after_work))

    def _send(self, event: Json) -> None:
        body = json.dumps(event | {"pending_webhooks": 1}).encode()
        for endpoint in self._book.all(endpoints.KIND):
            if endpoints.wants(endpoint, event):
                id_ = endpoint["id"]
                sent = self._newest[event["id"]] = self._sender(endpoint).send(
                    partial(self._headers, body, self._book.endpoint_secrets[id_]),
                    body,
                    delivery_id=event["id"],
                    event=event["type"],
                )
                self._deliveries.append(sent)

    def _sender(self, endpoint: Json) -> Sender:
        if self._session is None:
            raise RuntimeError("the Stripe stand-in has not been started")
        return self._senders.setdefault(
            endpoint["id"],
            Sender(
                session=self._session,
                url=lambda: endpoint["url"] or self._book.webhook_url(),
                faults=self._faults,
                now=self._book.now,
                policy=self.account.webhook_policy,
            ),
        )

    def _headers(self, body: bytes, secret: str) -> dict[str, str]:
        """Sign for each attempt anew: the signature holds the time."""
        timestamp = self._book.seconds()
        signature = stripe.WebhookSignature.generate_signature_header(
            body.decode(), secret, timestamp
        )
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }

    def _is_undelivered(self, event_id: str) -> bool:
        delivery = self._newest.get(event_id)
        return delivery is not None and not delivery.is_success
