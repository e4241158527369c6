"""The label by which volunteers find an issue: put on where it is missing, taken off if it is ours.

GitHub creates a label that the repository does not have yet when it is added. What a repository
does not let us do here is not done: the thread itself still asks for help.
"""

from __future__ import annotations

from typing import Any, Final

from app.domain.conversations import Thread
from app.domain.effects import HELP_WANTED, PutLabel, TakeLabel
from app.domain.errors import Refused
from app.domain.events import LabelPut
from app.providers.github.client import Client
from app.providers.github.grants import grant_to_speak
from app.providers.github.paths import issue_path, quoted

PAGES_MAX: Final = 30
"""Of a hundred events each. What stands beyond that we do not call ours."""


async def put_label(client: Client, effect: PutLabel) -> LabelPut:
    """Put it on; one that stands there is ours only if it was we who put it there before."""
    thread = effect.thread
    path = f"{issue_path(thread)}/labels"
    try:
        labels = await client.get(grant_to_speak(thread), f"{path}?per_page=100")
        if any(_is_it(each["name"]) for each in labels):
            is_ours = await _put_by_us(client, thread)
        else:
            data = {"labels": [HELP_WANTED]}
            await client.post(grant_to_speak(thread), path, data, is_repeatable=True)
            is_ours = True
    except Refused:
        is_ours = False
    return LabelPut(ticket=effect.ticket, is_ours=is_ours)


async def take_label(client: Client, effect: TakeLabel) -> None:
    """Take it off; somebody else may have done so before."""
    thread = effect.thread
    try:
        await client.delete(
            grant_to_speak(thread), f"{issue_path(thread)}/labels/{quoted(HELP_WANTED)}"
        )
    except Refused:
        return


async def _put_by_us(client: Client, thread: Thread) -> bool:
    """Ask who put it there last: an answer of an earlier try may have been lost."""
    is_ours, pages = False, 0
    path = f"{issue_path(thread)}/events?per_page=100"
    async for events in client.pages(grant_to_speak(thread), path):
        pages += 1
        if pages > PAGES_MAX:
            return False
        for event in events:
            if event["event"] == "labeled" and _is_it(event["label"]["name"]):
                is_ours = _is_via(event, client.app_id)
    return is_ours


def _is_it(name: str) -> bool:
    return name.lower() == HELP_WANTED


def _is_via(event: Any, app_id: int) -> bool:
    via = event.get("performed_via_github_app")
    return via is not None and via["id"] == app_id
