"""The table of endpoints: method, path, the parameters it takes, and what does the work."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.rehearsal.stripe import (
    accounts,
    balance,
    disputes,
    endpoints,
    events,
    fraud_warnings,
    payments,
    refunds,
    sessions,
    transfers,
)
from app.rehearsal.stripe.refusals import Json, unrecognized_url

Work = Callable[..., Json]
"""(book, params, *ids from the path) → the answer."""


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint; `params` names a class of `stripe.params`."""

    method: str
    path: str
    params: str
    work: Work

    def match(self, method: str, path: str) -> tuple[str, ...] | None:
        """Give the ids in a path that is this endpoint's, else nothing."""
        if method != self.method:
            return None
        found = re.fullmatch(self.path.replace("*", "([^/]+)"), path)
        return None if found is None else found.groups()


ROUTES: Final = (
    Route("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams", sessions.create),
    Route("GET", "/v1/checkout/sessions", "checkout.SessionListParams", sessions.list_all),
    Route("GET", "/v1/checkout/sessions/*", "checkout.SessionRetrieveParams", sessions.retrieve),
    Route(
        "POST", "/v1/checkout/sessions/*/expire", "checkout.SessionExpireParams", sessions.expire
    ),
    Route(
        "GET",
        "/v1/checkout/sessions/*/line_items",
        "checkout.SessionLineItemListParams",
        sessions.line_items,
    ),
    Route("GET", "/v1/payment_intents", "PaymentIntentListParams", payments.list_intents),
    Route("GET", "/v1/payment_intents/*", "PaymentIntentRetrieveParams", payments.retrieve_intent),
    Route(
        "POST",
        "/v1/payment_intents/*/capture",
        "PaymentIntentCaptureParams",
        payments.capture_intent,
    ),
    Route(
        "POST", "/v1/payment_intents/*/cancel", "PaymentIntentCancelParams", payments.cancel_intent
    ),
    Route("GET", "/v1/charges", "ChargeListParams", payments.list_charges),
    Route("GET", "/v1/charges/*", "ChargeRetrieveParams", payments.retrieve_charge),
    Route("POST", "/v1/refunds", "RefundCreateParams", refunds.create),
    Route("GET", "/v1/refunds", "RefundListParams", refunds.list_all),
    Route("GET", "/v1/refunds/*", "RefundRetrieveParams", refunds.retrieve),
    Route("GET", "/v1/balance", "BalanceRetrieveParams", balance.balance),
    Route("GET", "/v1/balance_transactions", "BalanceTransactionListParams", balance.list_all),
    Route(
        "GET", "/v1/balance_transactions/*", "BalanceTransactionRetrieveParams", balance.retrieve
    ),
    Route("GET", "/v1/disputes", "DisputeListParams", disputes.list_all),
    Route("GET", "/v1/disputes/*", "DisputeRetrieveParams", disputes.retrieve),
    Route("POST", "/v1/disputes/*", "DisputeUpdateParams", disputes.update),
    Route("POST", "/v1/disputes/*/close", "DisputeCloseParams", disputes.close_as_lost),
    Route(
        "GET",
        "/v1/radar/early_fraud_warnings",
        "radar.EarlyFraudWarningListParams",
        fraud_warnings.list_all,
    ),
    Route(
        "GET",
        "/v1/radar/early_fraud_warnings/*",
        "radar.EarlyFraudWarningRetrieveParams",
        fraud_warnings.retrieve,
    ),
    Route("POST", "/v1/transfers", "TransferCreateParams", transfers.create),
    Route("GET", "/v1/transfers", "TransferListParams", transfers.list_all),
    Route("GET", "/v1/transfers/*", "TransferRetrieveParams", transfers.retrieve),
    Route("POST", "/v1/transfers/*/reversals", "TransferReversalCreateParams", transfers.reverse),
    Route(
        "GET", "/v1/transfers/*/reversals", "TransferReversalListParams", transfers.list_reversals
    ),
    Route(
        "GET",
        "/v1/transfers/*/reversals/*",
        "TransferReversalRetrieveParams",
        transfers.retrieve_reversal,
    ),
    Route("GET", "/v1/account", "AccountRetrieveCurrentParams", accounts.retrieve_current),
    Route("GET", "/v1/accounts", "AccountListParams", accounts.list_all),
    Route("GET", "/v1/accounts/*", "AccountRetrieveParams", accounts.retrieve),
    Route("GET", "/v1/events", "EventListParams", events.list_all),
    Route("GET", "/v1/events/*", "EventRetrieveParams", events.retrieve),
    Route("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams", endpoints.list_all),
    Route("POST", "/v1/webhook_endpoints", "WebhookEndpointCreateParams", endpoints.create),
    Route("GET", "/v1/webhook_endpoints/*", "WebhookEndpointRetrieveParams", endpoints.retrieve),
    Route("POST", "/v1/webhook_endpoints/*", "WebhookEndpointUpdateParams", endpoints.update),
    Route("DELETE", "/v1/webhook_endpoints/*", "WebhookEndpointDeleteParams", endpoints.delete),
)


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Give the endpoint of a request with the ids in its path, or refuse."""
    for route in ROUTES:
        ids = route.match(method, path)
        if ids is not None:
            return route, ids
    raise unrecognized_url(method, path)
