"""Starts real servers within a moment: all that they import is imported once, and each is a fork.

A fork runs what `python -m app serve` runs, with the environment that this process was given; only
the leases are shorter, so that nobody has to wait half a minute for what a dead server held. It
writes the process id of the fork for each line that it reads.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from dataclasses import replace
from typing import Final

import alembic.command
import openai
import stripe

import app.__main__
from app import main as product
from app.providers.github import perform as _github
from app.providers.openai import client as _openai
from app.providers.stripe import client as _stripe
from app.store.migrations import versions as _versions

LEASE_SECONDS: Final = 3.0

IMPORTED: Final = (
    alembic.command,
    openai,
    stripe,
    app.__main__,
    _github,
    _openai,
    _stripe,
    _versions,
)


def serve() -> None:
    """Be a server until somebody ends it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for name in ("DELIVERY_PACE", "EVENT_PACE", "EFFECT_PACE"):
        setattr(product, name, replace(getattr(product, name), lease_seconds=LEASE_SECONDS))
    sys.argv = ["app", "serve"]
    code: object = 1
    try:
        runpy.run_module("app", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            serve()
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
