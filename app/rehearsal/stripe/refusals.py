"""What Stripe answers instead of doing the work: one error object, with its status."""

from __future__ import annotations

from typing import Any, Literal

import stripe

Json = dict[str, Any]
"""One of Stripe's JSON objects."""

ErrorType = Literal["api_error", "card_error", "idempotency_error", "invalid_request_error"]

NOT_SAVED_STATUSES = frozenset({401, 403, 409, 429})
"""Refusals that come before the work, and so are never replayed for an idempotency key."""


class RefusedError(Exception):
    """A request that Stripe refuses.

    `is_saved` tells whether an idempotency key replays the refusal: only what the work itself
    refused, never what failed validation before it.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type_: ErrorType = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        is_saved: bool = True,
        more: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type_
        self.code = code
        self.param = param
        self.is_saved = is_saved and status not in NOT_SAVED_STATUSES
        self.more = more or {}

    @property
    def body(self) -> Json:
        """The error object as it is sent."""
        error: Json = {"message": self.message, "type": self.type}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param is not None:
            error["param"] = self.param
        return {"error": error | self.more}


class NotOfferedError(Exception):
    """A person tried what is not offered (any more); the message tells him why."""


def invalid(message: str, param: str, code: str | None = None) -> RefusedError:
    """Refuse a parameter before any work is done."""
    return RefusedError(message, param=param, code=code, is_saved=False)


def missing(param: str) -> RefusedError:
    """Refuse a request that lacks a parameter."""
    return invalid(f"Missing required param: {param}.", param, "parameter_missing")


def unknown_parameter(param: str) -> RefusedError:
    """Refuse a request that has a parameter which this endpoint does not know."""
    return invalid(f"Received unknown parameter: {param}", param, "parameter_unknown")


def not_rehearsed(param: str) -> RefusedError:
    """Refuse what the real Stripe does and this one does not, rather than to pretend it."""
    return invalid(f"The rehearsal's Stripe does not know what to do with `{param}`.", param)


def no_such(noun: str, id_: str, param: str = "id") -> RefusedError:
    """Refuse an id that names nothing."""
    return RefusedError(
        f"No such {noun}: '{id_}'", status=404, code="resource_missing", param=param
    )


def unrecognized_url(method: str, path: str) -> RefusedError:
    """Refuse a URL that is none."""
    return RefusedError(
        f"Unrecognized request URL ({method}: {path}). If you are trying to list objects, remove "
        "the trailing slash. If you are trying to retrieve an object, make sure you passed a valid "
        "(non-empty) identifier in your code.",
        status=404,
        is_saved=False,
    )


def wrong_state(message: str, intent: Json) -> RefusedError:
    """Refuse what a PaymentIntent in this status cannot do."""
    return RefusedError(
        message, code="payment_intent_unexpected_state", more={"payment_intent": intent}
    )


def wrong_key(key: str | None) -> RefusedError:
    """Refuse a request without our secret key."""
    if key is None:
        return RefusedError(
            "You did not provide an API key. You need to provide your API key in the Authorization "
            "header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    shown = f"{key[:8]}{'*' * max(0, len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * 8
    return RefusedError(f"Invalid API Key provided: {shown}", status=401)


def wrong_version(version: str) -> RefusedError:
    """Refuse a client that speaks another version of the API."""
    return RefusedError(
        f"Invalid Stripe API version: {version}. This one speaks {stripe.api_version}.",
        is_saved=False,
    )


def wrong_account(account: str) -> RefusedError:
    """Refuse to act for a connected account: the platform's key reaches only itself here."""
    return RefusedError(
        f"The provided key does not have access to account '{account}' (or that account does not "
        "exist). Application access may have been revoked.",
        status=403,
        code="account_invalid",
    )


def key_too_long() -> RefusedError:
    """Refuse an idempotency key that is longer than 255 characters."""
    return RefusedError(
        "Idempotency keys can be at most 255 characters long.",
        type_="idempotency_error",
        is_saved=False,
    )


def key_reused(key: str) -> RefusedError:
    """Refuse an idempotency key that was first used with other parameters."""
    return RefusedError(
        "Keys for idempotent requests can only be used with the same parameters they were first "
        f"used with. Try using a key other than '{key}' if you meant to execute a different "
        "request.",
        type_="idempotency_error",
        is_saved=False,
    )


def key_moved(key: str, path: str, first_path: str) -> RefusedError:
    """Refuse an idempotency key that was first used at another endpoint."""
    return RefusedError(
        "Keys for idempotent requests can only be used for the same endpoint they were first used "
        f"for ('{path}' vs '{first_path}'). Try using a key other than '{key}' if you meant to "
        "execute a different request.",
        type_="idempotency_error",
        is_saved=False,
    )


def key_in_use(key: str) -> RefusedError:
    """Refuse an idempotency key whose first request is still at work."""
    return RefusedError(
        "There is currently another in-progress request using this idempotency key (that probably "
        "means you submitted twice, and the other request is still going through): "
        f"{key}. Please try again later.",
        status=409,
        type_="idempotency_error",
        code="idempotency_key_in_use",
    )
