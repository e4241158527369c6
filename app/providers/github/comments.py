"""What we write in a thread: the card, notices, the draft and the help, each of them once.

Whether something stands there already is told by the hidden mark in its first line *and* by our own
App's id: a mark can be copied by anybody. The first try of an effect does not look, since nothing
of it can be there; every later one does, since the answer of an earlier one may have been lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.domain.conversations import Thread
from app.domain.effects import ExplainHelp, Notify, ShowCard, ShowDraft
from app.domain.errors import Refused
from app.domain.events import CardShown, DraftShown, PersonRenamed
from app.domain.wording import notices
from app.providers.github.client import Client
from app.providers.github.grants import grant_to_speak
from app.providers.github.paths import comment_path, issue_path
from app.providers.github.people import login_today
from app.providers.github.verdicts import NotThere
from app.providers.rooms import Attempt

CLOCKS_APART_MAX: Final = timedelta(minutes=2)
"""So far may GitHub's clock be behind ours: we look a little further back than we need to."""

PAGES_MAX: Final = 30
"""Of a hundred comments each. Beyond that we cannot say whether ours is among them."""


async def show_card(client: Client, effect: ShowCard, attempt: Attempt) -> CardShown:
    """Post the card, or edit the one that stands there; a newer one is left as it is."""
    if effect.comment is not None:
        comment = await _edit_known(client, effect, effect.comment, attempt)
        if comment is None and effect.is_last:
            comment = effect.comment  # its deletion is on its way to us
    elif effect.v == 1 and attempt.is_first:
        comment = await _post(client, effect.thread, effect.body)
    else:
        comment = None
    if comment is None:
        comment = await _edit_found_or_post(client, effect)
    return CardShown(ticket=effect.ticket, v=effect.v, comment=comment)


async def notify(client: Client, effect: Notify, attempt: Attempt) -> PersonRenamed | None:
    """Post a notice to whoever it is for, by their login of today: who has the old one is nobody.

    A ticket may have several of one kind: a last line tells them apart.
    """
    text, renamed = await _addressed(client, effect)
    last = f"<!-- {effect.n} -->"
    body = f"{text.rstrip()}\n\n{last}"
    first = _first_line(body)

    def is_it(text: str) -> bool:
        return _first_line(text) == first and text.rstrip().endswith(last)

    await _post_once(client, effect.thread, body, effect.since, attempt, is_it)
    return renamed


async def _addressed(client: Client, effect: Notify) -> tuple[str, PersonRenamed | None]:
    """Give the notice as it mentions the right person, and their new login if they have one."""
    if effect.user is None:
        return effect.body, None
    login = await login_today(client, grant_to_speak(effect.thread), effect.user)
    if login is not None and login.lower() == effect.login.lower():
        return effect.body, None
    text = notices.addressed(effect.body, effect.login, login)
    if login is None:
        return text, None
    return text, PersonRenamed(ticket=effect.ticket, user=effect.user, login=login)


async def show_draft(client: Client, effect: ShowDraft, attempt: Attempt) -> DraftShown:
    """Post the draft: one for each ticket."""
    comment = await _post_once(
        client, effect.thread, effect.body, effect.since, attempt, _begins_like(effect.body)
    )
    return DraftShown(ticket=effect.ticket, comment=comment)


async def explain_help(client: Client, effect: ExplainHelp, attempt: Attempt) -> None:
    """Post the help: one for each issue."""
    is_it = _begins_like(effect.body)
    await _post_once(client, effect.thread, effect.body, effect.since, attempt, is_it)


async def _edit_known(
    client: Client, effect: ShowCard, comment: str, attempt: Attempt
) -> str | None:
    """Edit the comment that we know; ``None`` when it was deleted."""
    grant, path = grant_to_speak(effect.thread), comment_path(effect.thread, comment)
    try:
        if not attempt.is_first:
            standing = await client.get(grant, path)
            if _version(standing, client.app_id, effect) >= effect.v:
                return comment
        await client.patch(grant, path, {"body": effect.body})
    except NotThere:
        return None
    return comment


async def _edit_found_or_post(client: Client, effect: ShowCard) -> str:
    found = await _look(
        client,
        effect.thread,
        effect.since,
        lambda comment: _version(comment, client.app_id, effect) > 0,
    )
    if found is None:
        return await _post(client, effect.thread, effect.body)
    comment = str(found["id"])
    if _version(found, client.app_id, effect) < effect.v:
        path = comment_path(effect.thread, comment)
        await client.patch(grant_to_speak(effect.thread), path, {"body": effect.body})
    return comment


async def _post_once(
    client: Client,
    thread: Thread,
    body: str,
    since: datetime,
    attempt: Attempt,
    is_it: Callable[[str], bool],
) -> str:
    if not attempt.is_first:
        found = await _look(
            client,
            thread,
            since,
            lambda comment: _is_ours(comment, client.app_id) and is_it(comment["body"] or ""),
        )
        if found is not None:
            return str(found["id"])
    return await _post(client, thread, body)


async def _post(client: Client, thread: Thread, body: str) -> str:
    posted = await client.post(
        grant_to_speak(thread), f"{issue_path(thread)}/comments", {"body": body}
    )
    return str(posted["id"])


async def _look(
    client: Client, thread: Thread, since: datetime, is_it: Callable[[Any], bool]
) -> Any | None:
    """Find a comment among those that were changed since then."""
    from_then = (since - CLOCKS_APART_MAX).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    path = f"{issue_path(thread)}/comments?since={from_then}&per_page=100"
    pages = 0
    async for comments in client.pages(grant_to_speak(thread), path):
        pages += 1
        if pages > PAGES_MAX:
            raise Refused("The thread is too long to look for our comment.", is_certain=False)
        for comment in comments:
            if is_it(comment):
                return comment
    return None


def _is_ours(comment: Any, app_id: int) -> bool:
    via = comment.get("performed_via_github_app")
    return via is not None and via["id"] == app_id


def _version(comment: Any, app_id: int, card: ShowCard) -> int:
    """Read which version of the card a comment shows; 0 when it is not this card."""
    if not _is_ours(comment, app_id):
        return 0
    mark = re.match(
        rf"<!-- mainstay:card:{re.escape(card.ticket)} v=(\d{{1,9}}) ", comment["body"] or ""
    )
    return int(mark[1]) if mark else 0


def _first_line(text: str) -> str:
    return text.partition("\n")[0].strip()


def _begins_like(body: str) -> Callable[[str], bool]:
    first = _first_line(body)
    return lambda text: _first_line(text) == first
