"""Stories that play without a browser, one module each: what must be true is checked at each step.

A script is a coroutine that is given a story with nothing in it yet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from app.rehearsal.scripts import (
    breach,
    cancel,
    community,
    config_pull_request,
    decline_review,
    dispute,
    flood,
    happy,
    hostile_ai,
    label,
    ladder,
    no_helper,
    private,
    steal_share,
    transfer,
    transfer_repository,
    uninstall,
)
from app.rehearsal.scripts.story import Story

Script = Callable[[Story], Awaitable[None]]

SCRIPTS: Final[Mapping[str, Script]] = {
    "happy": happy.play,
    "label": label.play,
    "ladder": ladder.play,
    "community": community.play,
    "cancel": cancel.play,
    "no-helper": no_helper.play,
    "breach": breach.play,
    "config-pull-request": config_pull_request.play,
    "steal-share": steal_share.play,
    "hostile-ai": hostile_ai.play,
    "flood": flood.play,
    "decline-review": decline_review.play,
    "dispute": dispute.play,
    "transfer": transfer.play,
    "uninstall": uninstall.play,
    "transfer-repository": transfer_repository.play,
    "private": private.play,
}
