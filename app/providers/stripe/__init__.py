"""Stripe: checkout, payments, refunds."""
