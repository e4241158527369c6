"""Readings of the file, as GitHub gives them after a push, a Confirm or an installation."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha1
from typing import Any

from app.domain.adoption import (
    InForce,
    Judgement,
    Latest,
    PolicyState,
    judge,
)
from app.domain.deliveries import Provider
from app.domain.effects import Chosen, Confirmed, Pushed
from app.domain.events import PolicyRead, RepositorySeen, Version
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.domain.people import Identity, Permission
from tests.domain.policies import OPERATOR, edited, policy

ACCOUNTS = (("Ada", UserId(1)), ("grace", UserId(2)))
IN_FORCE = InForce(policy=policy(), accounts=ACCOUNTS)
MAX = Identity(provider=Provider.GITHUB, external_id="7", login="max")
PUSHED = Pushed(by=MAX, before="b" * 40, after="a" * 40)
CONFIRMED = Confirmed(by=MAX, commit="c" * 40)
CHOSEN = Chosen(at=datetime(2026, 11, 24, tzinfo=UTC))

RAISED = edited(("core: 5%", "core: 0%"))
"""Somebody takes the repository's part for himself."""
LABELLED = edited(("paid-support", "help"))
RAISED_LABELLED = edited(("paid-support", "help"), text=RAISED)
DEARER = edited(("price: 49", "price: 59"))
RAISED_DEARER = edited(("price: 49", "price: 59"), text=RAISED)
BROKEN = edited(("reports:", "report:"))
RAISED_BROKEN = edited(("reports:", "report:"), text=RAISED)


def version(text: str | None) -> Version:
    if text is None:
        return Version(blob="", text=None)
    return Version(blob=sha1(text.encode(), usedforsecurity=False).hexdigest(), text=text.encode())


def read(text: str | None, **known: Any) -> PolicyRead:
    """A reading; `before` and `after` may be given as texts."""
    for name in ("before", "after"):
        if name in known and not isinstance(known[name], Version):
            known[name] = version(known[name])
    here = version(text)
    known.setdefault("logins", ACCOUNTS if text else ())
    return PolicyRead(
        installation=InstallationId(5),
        repository=RepositorySeen(id=RepositoryId(70), owner="octo", name="w", is_private=False),
        path=".github/support.yml",
        blob=here.blob,
        commit="h" * 40,
        text=here.text,
        **known,
    )


def pushed(
    text: str | None, *, before: str | None, by: Permission = Permission.MAINTAIN
) -> PolicyRead:
    """A reading of what was just pushed."""
    if not by.is_maintainer_of_money:
        return read(text, occasion=PUSHED, permission=by)
    return read(text, occasion=PUSHED, permission=by, before=before, after=text)


def latest(text: str | None, state: PolicyState, *, is_vouched: bool = False) -> Latest:
    return Latest(state=state, blob=version(text).blob, commit="f" * 40, is_vouched=is_vouched)


def judged(
    reading: PolicyRead, *, in_force: InForce | None = IN_FORCE, last: Latest | None = None
) -> Judgement:
    return judge(reading, in_force=in_force, latest=last, operator=OPERATOR)
