"""What a ticket pins when it is opened, so that later edits never change a sold one; no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.domain.assignment import Rule
from app.domain.clockwork import Promise
from app.domain.money import Division, Money, ProcessingFee, divide, divide_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How a price is divided when a helper of this class does the work."""

    klass: str
    fee: ProcessingFee
    platform_bp: int
    repository_bp: int

    def divide(self, gross: Money) -> Division:
        """Divide a price, or what is left of it, under these terms."""
        return divide(
            gross,
            fee=self.fee,
            platform_bp=self.platform_bp,
            repository_bp=self.repository_bp,
        )

    def divide_part(self, before: Money, after: Money) -> Division:
        """Divide what a refund takes away from a price that was divided under these terms."""
        return divide_part(
            before,
            after,
            fee=self.fee,
            platform_bp=self.platform_bp,
            repository_bp=self.repository_bp,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """One plan as it was offered."""

    id: str
    title: str
    price: Money
    respond_within: Promise | None
    resolve_within: Promise | None
    shares: tuple[Share, ...]
    """One for each class that has a helper, in the order of the file; never empty."""

    def share(self, klass: str) -> Share:
        """Give the division's rule for this class; that of the first class where it is unknown."""
        return next((each for each in self.shares if each.klass == klass), self.shares[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The promises and prices of one ticket."""

    policy: str
    """The digest of the policy that they were taken from."""
    plans: tuple[PlanTerms, ...]
    """Empty where nothing can be paid (no plans, or no checkout at this operator)."""
    helpers: tuple[str, ...]
    """The logins of those who may help, in the order of the file: for display only."""
    assignment: Rule
    has_draft: bool
    """An AI draft belongs to the ticket."""
    is_draft_for_helpers: bool = False
    """It is shown to the ticket's helper alone, on the ticket's page, and not in the thread."""
    offer: timedelta
    no_helper: timedelta
    accept_within: timedelta
    grace: timedelta
    community: timedelta | None = None
    """How long volunteers are asked where the customer wants that; ``None``: they are not."""
    zone: str = "UTC"
    """The time zone of the repository's calendar, in which moments are told beside UTC."""
    opened_text: str = ""
    """The maintainer's own sentence at the top of the card, escaped when it is shown."""
    notice_texts: tuple[tuple[str, str], ...] = ()
    """The maintainers' own words for notices, by kind, escaped when they are shown."""

    def plan(self, plan: str) -> PlanTerms | None:
        """Give the plan with this id."""
        return next((each for each in self.plans if each.id == plan), None)

    def own_words(self, notice: str) -> str:
        """Give the maintainers' own words for a kind of notice; empty: ours."""
        return dict(self.notice_texts).get(notice, "")
