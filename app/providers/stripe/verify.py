"""Is this webhook Stripe's? Pure: bytes, headers, secrets and the time in, a verdict out; no I/O.

It takes snapshot events (``evt_…`` about v1 objects) and thin events (``v2.core.event``) alike, at
one address: each has a secret of its own, and every secret is tried. The scheme is Stripe's ``v1``:
an HMAC-SHA256 over timestamp, point and body (source: Stripe's page "Verify webhook signatures").
It is written out here because Stripe's own library takes half a second to import, lets a timestamp
in the future pass, and knows one secret a call.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.domain.deliveries import Delivery, Provider, Refusal, Unverified

TOLERANCE_SECONDS: Final = 300
"""How far the signed timestamp may be from our clock, either way."""

HEADER_CHARACTERS_MAX: Final = 4096
"""A longer signature header is none: Stripe sends one signature for each secret that is in use."""

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[!-~]{1,255}")  # of an event, or of its type: printable, no spaces


@dataclass(frozen=True, slots=True)
class _Signed:
    """What the signature header says."""

    timestamp: str
    signatures: tuple[str, ...]


def verify(
    body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime
) -> Delivery | Unverified:
    """Accept what is signed with one of the secrets and is a JSON object that says what it is.

    The signature comes first: nothing of a message is parsed before we know who sent it. Header
    names are in lower case.
    """
    signed = _read_header(headers.get("stripe-signature", ""))
    if signed is None:
        return Unverified(
            Refusal.UNSIGNED, "Send Stripe-Signature with one timestamp and a v1 signature."
        )
    if not _is_genuine(body, signed, secrets):
        return Unverified(
            Refusal.FORGED, "The signature does not belong to this body: check the signing secret."
        )
    if abs(now.timestamp() - int(signed.timestamp)) > TOLERANCE_SECONDS:
        return Unverified(
            Refusal.FORGED,
            f"The signature is more than {TOLERANCE_SECONDS} seconds old, or from the future.",
        )
    if not _is_json(headers.get("content-type", "")):
        return Unverified(Refusal.WRONG_TYPE, "Send the event with Content-Type: application/json.")
    event = _read_body(body)
    external_id, kind = _name(event.get("id")), _name(event.get("type"))
    if not (external_id and kind):
        return Unverified(Refusal.MALFORMED, "Send a JSON object with an event's id and type.")
    return Delivery(
        provider=Provider.STRIPE, external_id=external_id, kind=kind, body=body, received_at=now
    )


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _read_header(header: str) -> _Signed | None:
    """Read ``t=1700000000,v1=…,v1=…``; other schemes (``v0`` of test events) do not count."""
    if len(header) > HEADER_CHARACTERS_MAX:
        return None
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    timestamps = [value for scheme, value in pairs if scheme == "t"]
    signatures = tuple(
        value for scheme, value in pairs if scheme == "v1" and _SIGNATURE.fullmatch(value)
    )
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]) or not signatures:
        return None
    return _Signed(timestamps[0], signatures)


def _is_genuine(body: bytes, signed: _Signed, secrets: Sequence[str]) -> bool:
    message = signed.timestamp.encode() + b"." + body
    for secret in filter(None, secrets):  # an empty secret is one that everybody knows
        expected = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
        if any(hmac.compare_digest(expected, given) for given in signed.signatures):
            return True
    return False


def _read_body(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):  # invalid UTF-8 is a ValueError, too
        return {}
    return event if isinstance(event, dict) else {}


def _name(value: object) -> str:
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""
