"""The domain: what a ticket is and what happens to it. It performs no I/O.

No clock, no environment, no SQL and no network: time, randomness and secrets are arguments.
"""
