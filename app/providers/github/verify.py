"""Tell whether a webhook is GitHub's own: bytes, headers and secrets in, a verdict out; no I/O.

https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NoReturn

from app.domain.deliveries import Delivery, Provider, Refusal, Unverified

# One pattern a header: what does not match is neither stored nor repeated in an answer.
_SIGNATURE: Final = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)
_EVENT: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_DELIVERY: Final = re.compile(r"[A-Za-z0-9_.:-]{1,100}", re.ASCII)


def verify(
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> Delivery | Unverified:
    """Accept what is signed with one of the secrets and is a JSON object that says what it is.

    The signature comes first: who has none learns nothing else, and no body of theirs is parsed.
    Header names are in lower case. SHA-1 signatures count as none. Comparing takes the same time
    whatever was sent.
    """
    match = _SIGNATURE.fullmatch(headers.get("x-hub-signature-256", ""))
    if match is None:
        return Unverified(
            Refusal.UNSIGNED,
            "X-Hub-Signature-256 is missing or is not sha256= with 64 hexadecimal digits: "
            "set the webhook secret at GitHub.",
        )
    if not _is_signed(body, match[1].lower(), secrets):
        return Unverified(
            Refusal.FORGED,
            "X-Hub-Signature-256 does not fit the body: "
            "the webhook secret at GitHub must be the same as ours.",
        )
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return Unverified(
            Refusal.WRONG_TYPE, "Send application/json: it is the webhook's content type at GitHub."
        )
    kind, external_id = headers.get("x-github-event", ""), headers.get("x-github-delivery", "")
    if not _EVENT.fullmatch(kind):
        return Unverified(Refusal.MALFORMED, "X-GitHub-Event is missing or is not an event's name.")
    if not _DELIVERY.fullmatch(external_id):
        return Unverified(Refusal.MALFORMED, "X-GitHub-Delivery is missing or is not an id.")
    if not _is_json_object(body):
        return Unverified(Refusal.MALFORMED, "The body is not a JSON object.")
    return Delivery(
        provider=Provider.GITHUB, external_id=external_id, kind=kind, body=body, received_at=now
    )


def _is_signed(body: bytes, signature: str, secrets: Sequence[str]) -> bool:
    # Every secret is tried, so that the time does not tell which one fitted. An empty one is not a
    # secret: anybody could sign with it.
    fits = False
    for secret in filter(None, secrets):
        expected = hmac.new(secret.encode(), body, "sha256").hexdigest()
        fits |= hmac.compare_digest(signature, expected)
    return fits


def _is_json_object(body: bytes) -> bool:
    try:
        parsed: Any = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        return False
    return isinstance(parsed, dict)


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities: Python reads them, but they are not JSON."""
    raise ValueError(name)
