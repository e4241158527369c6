"""What the code of a new App stands for; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """The credentials that a code is good for, once."""

    private_key_pem: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_secret: str = field(repr=False)
    expires_at: datetime
