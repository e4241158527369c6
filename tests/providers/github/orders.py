"""Effects as the services order them, and which try of them it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.domain.conversations import Thread
from app.domain.effects import ExplainHelp, NoticeKind, Notify, ShowCard, ShowDraft
from app.domain.ids import TicketId
from app.providers.rooms import Attempt
from app.rehearsal.github.server import GitHubStandIn

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICKET = TicketId("0" * 31 + "1")
OTHER = TicketId("0" * 31 + "2")

FIRST = Attempt(number=1, first_at=NOON, at=NOON)
AGAIN = Attempt(number=2, first_at=NOON, at=NOON)


def card_text(v: int, ticket: TicketId = TICKET) -> str:
    return f"<!-- mainstay:card:{ticket} v={v} stage=offered money=unpaid -->\nVersion {v}.\n"


def card(thread: Thread, v: int = 1, comment: str | None = None, **changed: Any) -> ShowCard:
    whole: dict[str, Any] = {"ticket": TICKET, "since": NOON, "body": card_text(v), **changed}
    return ShowCard(thread=thread, v=v, comment=comment, **whole)


def notice(thread: Thread, n: int = 1, kind: NoticeKind = NoticeKind.PROPOSED) -> Notify:
    body = f"<!-- mainstay:notice:{TICKET}:{kind} -->\n@carol, is it solved?\n"
    return Notify(ticket=TICKET, thread=thread, kind=kind, n=n, since=NOON, body=body)


def draft(thread: Thread) -> ShowDraft:
    body = f"<!-- mainstay:draft:{TICKET} -->\nHave you tried turning it off?\n"
    return ShowDraft(ticket=TICKET, thread=thread, since=NOON, body=body)


def help_(thread: Thread) -> ExplainHelp:
    return ExplainHelp(thread=thread, since=NOON, body="<!-- mainstay:help -->\nCommands:\n")


def asked(github: GitHubStandIn) -> list[str]:
    """Say what was asked of GitHub, without what everybody must ask first: a token."""
    return [
        f"{one.method} {one.path.split('/', 3)[-1]}"
        for one in github.requests
        if not one.path.endswith("/access_tokens")
    ]
