"""Our side of a checkout: the performer, the stand-in that it speaks with, and its webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from aiohttp import web
from aiohttp.test_utils import TestServer

from app.domain.deliveries import Delivery
from app.domain.effects import Effect, OpenCheckout, ReadPayment, Refund
from app.domain.events import Arrival, CheckoutOpened, Event, PaymentRead
from app.domain.ids import Lane, TicketId
from app.domain.money import Money
from app.providers.rooms import Attempt
from app.providers.stripe.perform import Stripe
from app.providers.stripe.translate import translate
from app.providers.stripe.verify import verify
from app.rehearsal.faults import Faults
from app.rehearsal.stripe.server import ApiRequest
from app.rehearsal.stripe.standin import Account, StripeStandIn

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TICKET = TicketId("0192f0c1a2b37d4e8f90a1b2c3d4e5f6")
LANE = Lane("github:1296269:1")
PRICE = Money(4900, "usd")

Outcome = TypeVar("Outcome", bound=Event)


class Clock:
    """The product's clock, which the test moves."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


@dataclass
class Till:
    """Everything that a test needs to sell something."""

    clock: Clock
    faults: Faults
    standin: StripeStandIn
    stripe: Stripe
    deliveries: list[Delivery] = field(default_factory=list)

    async def do(self, effect: Effect, result: type[Outcome], *, number: int = 1) -> Outcome:
        """Perform an effect, whose outcome has to be of this kind."""
        attempt = Attempt(number=number, first_at=START, at=self.clock())
        event = await self.stripe.perform(effect, attempt)
        assert isinstance(event, result), event
        return event

    async def pay(self) -> PaymentRead:
        """Open a checkout, pay it by card, and read the payment."""
        opened = await self.do(checkout(), CheckoutOpened)
        self.standin.pay(opened.session)
        return await self.do(read_payment(self.newest_intent), PaymentRead)

    @property
    def newest_intent(self) -> str:
        """The id of the newest PaymentIntent."""
        return str(self.standin.all("payment_intent")[0]["id"])

    def asked(self, method: str, path: str) -> list[ApiRequest]:
        """Give the requests of ours to this path."""
        return [
            each for each in self.standin.requests if (each.method, each.path) == (method, path)
        ]

    async def arrivals(self) -> list[Arrival]:
        """Give what every webhook that has come so far means, in the order of their coming."""
        await self.standin.settle()
        return [arrival for delivery in self.deliveries for arrival in translate(delivery)]


@asynccontextmanager
async def open_till(
    *, account: Account | None = None, faults: Faults | None = None
) -> AsyncIterator[Till]:
    """Open a stand-in that sends its webhooks to us, and a performer that speaks with it."""
    clock, faults = Clock(), faults or Faults()
    account = account or Account()
    deliveries: list[Delivery] = []

    async def take(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        verdict = verify(await request.read(), headers, [account.webhook_secret], clock())
        assert isinstance(verdict, Delivery), verdict
        deliveries.append(verdict)
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/hooks/stripe", take)
    async with TestServer(app) as hooks:
        url = str(hooks.make_url("/hooks/stripe"))
        standin = StripeStandIn(now=clock, faults=faults, webhook_url=url, account=account)
        await standin.start()
        stripe = Stripe(api_key=account.api_key, api_url=standin.url)
        try:
            yield Till(clock, faults, standin, stripe, deliveries)
        finally:
            await stripe.close()
            await standin.close()
        assert standin.defects == []


def checkout(*, n: int = 1, lasts: timedelta = timedelta(hours=23)) -> OpenCheckout:
    """Order a checkout session."""
    return OpenCheckout(
        ticket=TICKET,
        lane=LANE,
        n=n,
        plan="question",
        price=PRICE,
        title="Quick question · octo/hello-world#1",
        success_url="https://mainstay.test/t/token",
        cancel_url="https://mainstay.test/pay/token",
        expires_at=START + lasts,
    )


def read_payment(intent: str) -> ReadPayment:
    """Order a payment to be read."""
    return ReadPayment(lane=LANE, intent=intent, cause="test")


def refund(intent: str, *, amount: Money = PRICE, n: int = 1) -> Refund:
    """Order a refund."""
    return Refund(lane=LANE, intent=intent, amount=amount, n=n, ticket=TICKET)
