"""What a webhook of Stripe's means; pure, and the only file that knows their events' JSON.

An event says only that something moved, and Stripe promises no order: what is true now is read
from the object itself (``ReadPayment``, ``ReadRefund``, ``ReadDispute``). So several kinds become
the same event.
Whose ticket it is, is told by the ids of objects that we know: metadata, which anybody with access
to the Stripe account may write, decides nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from app.domain.deliveries import Delivery
from app.domain.errors import Refused
from app.domain.events import (
    Arrival,
    CheckoutEnded,
    DisputeMoved,
    Event,
    FraudSuspected,
    PaymentMoved,
    RefundMoved,
)

_Object = dict[str, Any]
_About = tuple[Event, tuple[str, ...]]
"""An event, and the ids of the objects that it is about, the surest first."""


def translate(delivery: Delivery) -> list[Arrival]:
    """Turn a delivery into events; none for a kind that means nothing to us.

    Raise ``Refused`` for a known kind in a shape that we do not understand: a person has to look,
    for it may be about money.
    """
    read = _READERS.get(delivery.kind)
    if read is None:
        return []
    envelope = json.loads(delivery.body)
    if envelope.get("account"):
        return []  # it happened in a connected account, whose payments are not ours
    try:
        found = read(envelope["data"]["object"])
    except (KeyError, TypeError) as error:
        raise Refused(f"Stripe's {delivery.kind} has another shape than we know.") from error
    if found is None:
        return []
    event, about = found
    return [Arrival(key=f"stripe:{delivery.external_id}", event=event, lane=None, about=about)]


def _intent(intent: _Object) -> _About:
    return PaymentMoved(intent=_id(intent["id"])), (intent["id"],)


def _paid_checkout(checkout: _Object) -> _About | None:
    # A session without a PaymentIntent (a subscription, nothing to pay) is none that we opened.
    if checkout["payment_intent"] is None:
        return None
    intent = _id(checkout["payment_intent"])
    return PaymentMoved(intent=intent), (_id(checkout["id"]), intent)


def _ended_checkout(checkout: _Object) -> _About:
    return CheckoutEnded(session=_id(checkout["id"])), (checkout["id"],)


def _charge(charge: _Object) -> _About | None:
    # A charge without a PaymentIntent is none that we asked for.
    if charge["payment_intent"] is None:
        return None
    intent = _id(charge["payment_intent"])
    return PaymentMoved(intent=intent), (intent, _id(charge["id"]))


def _refund(refund: _Object) -> _About | None:
    if refund["payment_intent"] is None:
        return None
    intent = _id(refund["payment_intent"])
    return RefundMoved(refund=_id(refund["id"]), intent=intent), (refund["id"], intent)


def _dispute(dispute: _Object) -> _About | None:
    if dispute["payment_intent"] is None:
        return None
    intent = _id(dispute["payment_intent"])
    return DisputeMoved(dispute=_id(dispute["id"]), intent=intent), (dispute["id"], intent)


def _warning(warning: _Object) -> _About | None:
    if warning["payment_intent"] is None:
        return None
    intent = _id(warning["payment_intent"])
    return FraudSuspected(warning=_id(warning["id"]), intent=intent), (warning["id"], intent)


def _id(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("an id is a text")
    return value


_READERS: Final[Mapping[str, Callable[[_Object], _About | None]]] = MappingProxyType(
    {
        "checkout.session.completed": _paid_checkout,
        "checkout.session.async_payment_succeeded": _paid_checkout,
        "checkout.session.async_payment_failed": _paid_checkout,
        "checkout.session.expired": _ended_checkout,
        "payment_intent.processing": _intent,
        "payment_intent.succeeded": _intent,
        "payment_intent.payment_failed": _intent,
        "payment_intent.canceled": _intent,
        # The balance transaction, and with it the fee, may come after the payment.
        "charge.updated": _charge,
        "refund.created": _refund,
        "refund.updated": _refund,
        "refund.failed": _refund,
        "charge.dispute.created": _dispute,
        "charge.dispute.updated": _dispute,
        "charge.dispute.funds_withdrawn": _dispute,
        "charge.dispute.funds_reinstated": _dispute,
        "charge.dispute.closed": _dispute,
        "radar.early_fraud_warning.created": _warning,
    }
)

KINDS: Final = frozenset(_READERS)
"""The kinds that mean something to us: those that the webhook endpoint has to be subscribed to."""
