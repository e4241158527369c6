"""What OpenAI answers instead of a text: one error object, with its status."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

Json = dict[str, Any]
"""One JSON object of the API."""

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class RefusedError(Exception):
    """A request that OpenAI refuses, or fails to answer."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type_: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type_
        self.param = param
        self.code = code
        self.headers = headers

    @property
    def body(self) -> Json:
        """The error object as it is sent: each field is there, also where it says nothing."""
        return {
            "error": {
                "message": self.message,
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }


def wrong_key(key: str | None) -> RefusedError:
    """Refuse a request without our key."""
    if key is None:
        return RefusedError(
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
            status=401,
        )
    shown = f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) > 12 else "*" * 8
    return RefusedError(f"Incorrect API key provided: {shown}.", status=401, code="invalid_api_key")


def unknown_model(model: str) -> RefusedError:
    """Refuse a model that is not offered."""
    return RefusedError(
        f"The model `{model}` does not exist or you do not have access to it.",
        status=404,
        code="model_not_found",
    )


def unknown_url(method: str, path: str) -> RefusedError:
    """Refuse a URL that is none."""
    return RefusedError(f"Invalid URL ({method} {path})", status=404)


def not_json() -> RefusedError:
    """Refuse a body that cannot be read."""
    return RefusedError(
        "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload."
    )


def unknown_parameter(param: str) -> RefusedError:
    """Refuse a parameter that this endpoint does not know."""
    return RefusedError(f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter")


def missing(param: str) -> RefusedError:
    """Refuse a request that lacks a parameter."""
    return RefusedError(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def invalid(param: str, says: str, code: str = "invalid_value") -> RefusedError:
    """Refuse the value of a parameter."""
    return RefusedError(f"Invalid '{param}': {says}", param=param, code=code)


def not_rehearsed(param: str) -> RefusedError:
    """Refuse what the real API does and this one does not, rather than to pretend it."""
    return RefusedError(
        f"The rehearsal's OpenAI does not know what to do with '{param}'.", param=param
    )


def rate_limited(retry_after_seconds: int) -> RefusedError:
    """Refuse one request too many."""
    return RefusedError(
        "Rate limit reached for requests. Please try again later.",
        status=429,
        type_="requests",
        code="rate_limit_exceeded",
        headers={"Retry-After": str(retry_after_seconds)},
    )


def out_of_quota() -> RefusedError:
    """Refuse an account whose money is used up; trying again does not help."""
    return RefusedError(
        "You exceeded your current quota, please check your plan and billing details.",
        status=429,
        type_="insufficient_quota",
        code="insufficient_quota",
        headers={"x-should-retry": "false"},
    )


def server_error(status: int) -> RefusedError:
    """Fail in the middle of it."""
    return RefusedError(
        "The server had an error while processing your request. Sorry about that!",
        status=status,
        type_="server_error",
    )
