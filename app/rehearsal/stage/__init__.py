"""The stage: GitHub's pages for people, and behind them everything that a rehearsal needs."""

from app.rehearsal.stage.server import Stage, address, listen

__all__ = ["Stage", "address", "listen"]
