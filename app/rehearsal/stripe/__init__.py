"""Stripe on this machine: objects, states, money and signed webhooks, as strict as the real one."""

from app.rehearsal.stripe.book import Pace
from app.rehearsal.stripe.methods import Payer
from app.rehearsal.stripe.refusals import NotOfferedError
from app.rehearsal.stripe.server import ApiRequest
from app.rehearsal.stripe.standin import Account, StripeStandIn

__all__ = ["Account", "ApiRequest", "NotOfferedError", "Pace", "Payer", "StripeStandIn"]
