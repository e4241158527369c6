"""What arrived from outside, before anybody has understood it; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Provider(StrEnum):
    """A part of the outside world that we talk with."""

    GITHUB = "github"
    """Issues, comments, people and repositories."""
    STRIPE = "stripe"
    """Checkout, payments, refunds."""
    OPENAI = "openai"
    """Drafts; it sends nothing by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One verified message from a provider, as raw as it came."""

    provider: Provider
    external_id: str
    """The provider's own id of this message: what comes twice has it twice."""
    kind: str
    """The provider's name for what happened, for example ``issue_comment``."""
    body: bytes
    received_at: datetime
    """When it came, by our clock, UTC."""


class Refusal(StrEnum):
    """Why a message was not taken in; the web layer knows which status belongs to each."""

    UNSIGNED = "unsigned"
    """The signature is missing, malformed or of a kind that we do not accept."""
    FORGED = "forged"
    """The signature does not belong to the body under any of our secrets, or is too old."""
    WRONG_TYPE = "wrong_type"
    """The content type is not ``application/json``."""
    MALFORMED = "malformed"
    """A needed header is missing, or the body is not a JSON object."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A message that is not what it says it is, or that nobody could read."""

    refusal: Refusal
    reason: str
    """One sentence for the sender that says what to do."""
