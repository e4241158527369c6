"""What can go wrong, in words that say what to do about it; no I/O.

The worker reads from the class alone whether to try again, to wait or to give up. No error carries
an HTTP status: what a browser is told is the web layer's business.
"""

# ruff: noqa: N818 - a name says what to do next ("postpone"), which no suffix makes clearer

from __future__ import annotations


class MainstayError(Exception):
    """Anything that went wrong by our own words; its text is one sentence and tells no secrets."""


class Transient(MainstayError):
    """Passing trouble: the same try may go well a little later."""


class NotYet(Transient):
    """The other side is still about to make what we ask for: expected, so nobody is alarmed."""


class Ambiguous(Transient):
    """Nobody knows whether the other side did it: the answer to what we sent was lost."""


class Postpone(MainstayError):
    """Not now: the other side told us when to come back, and no attempt was used up."""

    def __init__(self, reason: str, *, seconds: float, is_for_tenant: bool = False) -> None:
        super().__init__(reason)
        self.seconds = seconds
        """How long to wait from now."""
        self.is_for_tenant = is_for_tenant
        """Whether everything for this installation at this provider has to wait, not this alone."""


class Refused(MainstayError):
    """The other side said no for good: another try would hear the same."""

    def __init__(self, reason: str, *, is_certain: bool = True) -> None:
        super().__init__(reason)
        self.is_certain = is_certain
        """Whether we know that nothing was done; False where an earlier try may have done it."""


class OutOfReach(Refused):
    """The place is gone or closed to us by somebody's will: expected, so nobody is alarmed."""


class LeaseLost(MainstayError):
    """The row belongs to somebody else by now, and what we did for it must not be recorded."""
