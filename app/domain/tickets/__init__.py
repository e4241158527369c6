"""The ticket: what it is, and what it decides when something happens; no I/O."""
