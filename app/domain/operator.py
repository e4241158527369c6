"""The operator's published facts: who sells, what it costs, what is switched on; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.drafting.budgets import DAY_TOKENS
from app.domain.ids import RepositoryId
from app.domain.money import ProcessingFee

CHECKOUT_DONE = "checkout=done"
"""The query with which a customer comes back from the checkout to the ticket's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """What every page, card and division needs to know of the platform; made from the settings."""

    public_url: str
    """Without a slash at its end."""
    seller: str
    """Who charges the card, as the customer reads it."""
    support_email: str
    """Where a customer writes when something went wrong; empty where the operator named none."""
    terms_url: str
    """The terms of sale; empty where the operator named none."""
    currencies: tuple[str, ...]
    """The currencies that the operator settles in."""
    fees: Mapping[str, ProcessingFee]
    """The published processing fee, for each of those currencies."""
    platform_bp: int
    """The platform's share in basis points of what is left after the processing fee."""
    has_checkout: bool
    """Stripe is configured: paid plans can be offered."""
    has_model: bool
    """A model is configured: drafts can be made."""
    has_sign_in: bool = False
    """People can sign in with GitHub, and so act on a ticket's page."""
    day_tokens: int = DAY_TOKENS
    """Tokens that the drafts of one repository may cost a day (UTC)."""
    repository_url: str = "https://github.com"
    """Where repositories can be read by people, without a slash at its end."""
    app_url: str = ""
    """The App's own page at GitHub, without a slash at its end; empty where nobody told us."""

    @property
    def install_url(self) -> str:
        """Give the address at which a maintainer installs the App; empty where we do not know."""
        return f"{self.app_url}/installations/new" if self.app_url else ""

    def pay_url(self, token: str, plan: str = "") -> str:
        """Give the address of a ticket's pay page, for one plan where one is named."""
        query = f"?plan={plan}" if plan else ""
        return f"{self.public_url}/pay/{token}{query}"

    def ticket_url(self, token: str) -> str:
        """Give the address of a ticket's page."""
        return f"{self.public_url}/t/{token}"

    def policy_url(self, repository: RepositoryId) -> str:
        """Give the address of the page of a repository's file; empty where nobody can sign in."""
        return f"{self.public_url}/dashboard/{repository}" if self.has_sign_in else ""

    def back_url(self, token: str) -> str:
        """Give the address to which the checkout sends a customer who is done there."""
        return f"{self.ticket_url(token)}?{CHECKOUT_DONE}"
