"""What we do at Stripe, and what came of it; the only file that calls them.

Nothing is done twice. What creates something carries the effect's key as its idempotency key; and
where Stripe may have forgotten that key (after a day), or keeps nothing but a failure for it, we
look for what an earlier try may have made before we try under another key.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.effects import (
    CloseCheckout,
    Effect,
    OpenCheckout,
    ReadDispute,
    ReadPayment,
    ReadRefund,
    ReadWarning,
    Refund,
)
from app.domain.errors import Refused, Transient
from app.domain.events import (
    CheckoutClosed,
    CheckoutOpened,
    DisputeRead,
    Event,
    PaymentRead,
    RefundRead,
    WarningRead,
)
from app.providers.rooms import Attempt
from app.providers.stripe.answers import (
    Json,
    dispute_read,
    instant,
    is_alive,
    payment_read,
    refund_read,
    understanding,
    warning_read,
)

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams, RefundListParams
    from stripe.params.checkout import SessionCreateParams, SessionListParams

    from app.providers.stripe.client import Client

API_URL: Final = "https://api.stripe.com"
TIMEOUT_SECONDS: Final = 20.0

SESSION_LASTS_MIN: Final = timedelta(minutes=30)
SESSION_LASTS_MAX: Final = timedelta(hours=24)
"""Stripe opens no session that would end sooner or later than this."""

CLOCKS_APART_MAX: Final = timedelta(hours=1)
"""How far our clock and Stripe's may be apart when we look for a session by its day."""

PAGE_ROWS_MAX: Final = 100
PAGES_MAX: Final = 20
"""How far we look for a session: through two thousand of one day."""

TITLE_CHARACTERS_MAX: Final = 250

BOTH_MOVES: Final = ("balance_transaction", "failure_balance_transaction")
"""What a charge or refund moved in the balance; and what took that back, where it failed later."""


class Stripe:
    """Performs what we do with money, for one account: the operator's."""

    def __init__(
        self, *, api_key: str, api_url: str = API_URL, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._api_key = api_key
        self._api_url = api_url
        self._timeout_seconds = timeout_seconds
        self._opening = asyncio.Lock()
        self._client: Client | None = None

    async def perform(self, effect: Effect, attempt: Attempt) -> Event | None:
        """Do what the effect says and tell what came of it."""
        client = await self._open()
        match effect:
            case OpenCheckout():
                return await _open_checkout(client, effect, attempt.at)
            case CloseCheckout():
                return await _close_checkout(client, effect)
            case ReadPayment():
                return await _read_payment(client, effect, attempt.at)
            case Refund():
                return await _refund(client, effect)
            case ReadRefund():
                return await _read_refund(client, effect)
            case ReadDispute():
                return await _read_dispute(client, effect)
            case ReadWarning():
                return await _read_warning(client, effect)
            case _:
                raise Refused(f"Stripe does not perform {type(effect).__name__}.")

    async def close(self) -> None:
        """Close every connection."""
        async with self._opening:
            client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _open(self) -> Client:
        async with self._opening:
            if self._client is None:
                # In a thread: the import takes half a second, and webhooks must not wait for it.
                make = await asyncio.to_thread(_load)
                self._client = make(
                    api_key=self._api_key,
                    api_url=self._api_url,
                    timeout_seconds=self._timeout_seconds,
                )
            return self._client


def _load() -> type[Client]:
    from app.providers.stripe.client import Client

    return Client


async def _open_checkout(client: Client, effect: OpenCheckout, now: datetime) -> CheckoutOpened:
    """Open a session, once.

    A session lasts at most a day. So as long as there is still time to open this one, Stripe has
    not forgotten its key; and when there is not, only an earlier try can have opened it.
    """
    session: Json | None
    if now > effect.expires_at - SESSION_LASTS_MIN:
        session = await _find_session(client, effect)
        if session is None:
            raise Refused("It is too late to open a checkout that ends at that time.")
    else:
        params = _session_params(effect)
        session = await client.once(
            lambda api, key: api.v1.checkout.sessions.create_async(
                params, {"idempotency_key": key}
            ),
            key=effect.key,
            look=lambda: _find_session(client, effect),
        )
    with understanding():
        if session["status"] != "open":
            is_certain = session["status"] == "expired"
            raise Refused(f"That checkout is {session['status']} already.", is_certain=is_certain)
        return CheckoutOpened(
            ticket=effect.ticket,
            n=effect.n,
            session=session["id"],
            url=session["url"],
            expires_at=instant(session["expires_at"]),
        )


def _session_params(effect: OpenCheckout) -> SessionCreateParams:
    """Say what to open: the same effect always says the same, or Stripe would refuse its key."""
    metadata = {
        "ticket_id": effect.ticket,
        "plan": effect.plan,
        "lane": effect.lane,
        "n": str(effect.n),
    }
    return {
        "mode": "payment",
        "client_reference_id": effect.ticket,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "transfer_group": effect.ticket},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": effect.price.currency,
                    "unit_amount": effect.price.amount,
                    "product_data": {"name": effect.title[:TITLE_CHARACTERS_MAX]},
                },
            }
        ],
        "adaptive_pricing": {"enabled": False},  # what is divided is the price that was shown
        "expires_at": int(effect.expires_at.timestamp()),
        "success_url": effect.success_url,
        "cancel_url": effect.cancel_url,
    }


async def _find_session(client: Client, effect: OpenCheckout) -> Json | None:
    """Look for the session of this effect among those of its day; they have no better index."""
    since = effect.expires_at - SESSION_LASTS_MAX - CLOCKS_APART_MAX
    params: SessionListParams = {
        "created": {"gte": int(since.timestamp())},
        "limit": PAGE_ROWS_MAX,
    }
    for _ in range(PAGES_MAX):
        page = await client.ask(lambda api: api.v1.checkout.sessions.list_async({**params}))
        with understanding():
            session: Json
            for session in page["data"]:
                metadata = session["metadata"] or {}
                if (metadata.get("ticket_id"), metadata.get("n")) == (effect.ticket, str(effect.n)):
                    return session
            if not page["has_more"]:
                return None
            params["starting_after"] = page["data"][-1]["id"]
    raise Refused("There are too many checkouts to look through.", is_certain=False)


async def _close_checkout(client: Client, effect: CloseCheckout) -> CheckoutClosed:
    """Close a session; one that is closed already tells how it ended."""
    try:
        session = await client.ask(
            lambda api: api.v1.checkout.sessions.expire_async(effect.session)
        )
    except Refused:
        session = await client.ask(
            lambda api: api.v1.checkout.sessions.retrieve_async(effect.session)
        )
    with understanding():
        status = session["status"]
    if status not in {"complete", "expired"}:
        raise Transient(f"Stripe did not close the checkout: it is {status}.")
    return CheckoutClosed(
        ticket=effect.ticket, session=effect.session, is_completed=status == "complete"
    )


async def _read_payment(client: Client, effect: ReadPayment, now: datetime) -> PaymentRead:
    intent = await client.ask(
        lambda api: api.v1.payment_intents.retrieve_async(
            effect.intent, {"expand": [f"latest_charge.{each}" for each in BOTH_MOVES]}
        )
    )
    return payment_read(intent, now)


async def _refund(client: Client, effect: Refund) -> RefundRead:
    """Give money back, once; if somebody has done that by hand, it is done.

    We always look first: a refund that is tried again after days, maybe because an operator said
    so, must not rely on a key that Stripe has forgotten.
    """
    made = await _find_refund(client, effect)
    if made is None:
        params: RefundCreateParams = {
            "payment_intent": effect.intent,
            "amount": effect.amount.amount,
            "metadata": {"ticket_id": effect.ticket or "", "n": str(effect.n)},
            "expand": [*BOTH_MOVES],
        }
        try:
            made = await client.once(
                lambda api, key: api.v1.refunds.create_async(params, {"idempotency_key": key}),
                key=effect.key,
                look=lambda: _find_refund(client, effect),
            )
        except Refused:
            made = await _find_refund_by_hand(client, effect)
            if made is None:
                raise
    return refund_read(made)


async def _find_refund(client: Client, effect: Refund) -> Json | None:
    """Look for the refund that an earlier try of this effect made, however it ended."""
    for refund in await _refunds(client, effect.intent):
        with understanding():
            if (refund["metadata"] or {}).get("n") == str(effect.n):
                return refund
    return None


async def _find_refund_by_hand(client: Client, effect: Refund) -> Json | None:
    """Look for a refund of the same amount that was not ordered by us."""
    for refund in await _refunds(client, effect.intent):
        with understanding():
            is_ours = "n" in (refund["metadata"] or {})
            if not is_ours and is_alive(refund) and refund["amount"] == effect.amount.amount:
                return refund
    return None


async def _refunds(client: Client, intent: str) -> list[Json]:
    """List the refunds of a payment, the newest first; there are only ever a few."""
    params: RefundListParams = {
        "payment_intent": intent,
        "limit": PAGE_ROWS_MAX,
        "expand": [f"data.{each}" for each in BOTH_MOVES],
    }
    page = await client.ask(lambda api: api.v1.refunds.list_async(params))
    with understanding():
        return list(page["data"])


async def _read_refund(client: Client, effect: ReadRefund) -> RefundRead:
    refund = await client.ask(
        lambda api: api.v1.refunds.retrieve_async(effect.refund, {"expand": [*BOTH_MOVES]})
    )
    return refund_read(refund)


async def _read_dispute(client: Client, effect: ReadDispute) -> DisputeRead:
    dispute = await client.ask(
        lambda api: api.v1.disputes.retrieve_async(effect.dispute, {"expand": ["payment_intent"]})
    )
    return dispute_read(dispute)


async def _read_warning(client: Client, effect: ReadWarning) -> WarningRead:
    warning = await client.ask(
        lambda api: api.v1.radar.early_fraud_warnings.retrieve_async(
            effect.warning, {"expand": ["payment_intent"]}
        )
    )
    return warning_read(warning)
