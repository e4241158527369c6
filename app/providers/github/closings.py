"""What closed an issue. REST names a commit at most; only GraphQL tells of pull requests.

https://docs.github.com/graphql/reference/objects#closedevent
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain.effects import ReadClosing
from app.domain.errors import NotYet
from app.domain.events import ClosingRead
from app.domain.ids import UserId
from app.providers.github.client import Client
from app.providers.github.grants import grant_to_ask_why
from app.providers.rooms import Attempt

QUESTION: Final = """
query Closing($issue: ID!) {
  node(id: $issue) {
    ... on Issue {
      state
      timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) {
        nodes {
          ... on ClosedEvent {
            createdAt
            actor { ... on User { databaseId } }
            closer { __typename }
          }
        }
      }
    }
  }
}
"""

APART_MAX: Final = timedelta(seconds=10)
"""So far from the issue's own moment of closing the event of it may lie."""


TRIES_MAX: Final = 5
"""So often is asked for an event that GitHub does not show yet."""


async def read_closing(client: Client, effect: ReadClosing, attempt: Attempt) -> ClosingRead:
    """Ask what closed the issue; what GitHub does not let us see stays untold."""
    answer = await client.query(grant_to_ask_why(effect.thread), QUESTION, {"issue": effect.issue})
    issue = (answer.get("data") or {}).get("node")
    is_by_hand = None
    if issue and not answer.get("errors"):
        is_by_hand = _is_by_hand(issue, effect.user, effect.at)
        if is_by_hand is None and attempt.number < TRIES_MAX:
            raise NotYet("GitHub does not show yet how the issue was closed.")
    return ClosingRead(ticket=effect.ticket, user=effect.user, is_by_hand=is_by_hand)


def _is_by_hand(issue: Mapping[str, Any], user: UserId, at: datetime) -> bool | None:
    """Read the newest closing; ``None`` where that is still an older one than we heard of."""
    events = issue["timelineItems"]["nodes"]
    if not events or datetime.fromisoformat(events[-1]["createdAt"]) < at - APART_MAX:
        return None
    last = events[-1]
    is_theirs = (last["actor"] or {}).get("databaseId") == user
    return issue["state"] == "CLOSED" and is_theirs and last["closer"] is None
