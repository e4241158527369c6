"""What browsers keep for us, and hand back: made from the operator's key, each for one purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum


class Purpose(StrEnum):
    """What something was signed for; it is good for nothing else."""

    LOGIN = "login"
    """The cookie of a browser that is on its way to GitHub."""
    STATE = "state"
    """What GitHub hands back to us, so that nobody else can send a person here."""
    VERIFIER = "verifier"
    """What only we can show when a code is exchanged; it never leaves us before that."""
    CSRF = "csrf"
    """What a form of ours carries, and nobody else's can."""


class Signer:
    """Derives what only this server can derive; ``secret_key`` is the operator's."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key.encode()

    def derive(self, purpose: Purpose, text: str) -> str:
        """Give 256 bits, as 43 URL-safe characters."""
        given = f"{purpose}:{text}".encode(errors="replace")  # what came in need not be text
        digest = hmac.digest(self._key, given, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def is_genuine(self, purpose: Purpose, text: str, shown: str) -> bool:
        """Whether this is what we derived, in a time that tells nothing."""
        return shown.isascii() and hmac.compare_digest(self.derive(purpose, text), shown)
