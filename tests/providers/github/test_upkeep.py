"""Deliveries that were lost: found, grouped, and asked for again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.effects import ListLostDeliveries, Redeliver
from app.domain.errors import Refused
from app.domain.events import LostDeliveriesListed, LostDelivery
from app.providers.github.perform import GitHub
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Issue
from tests.providers.github.orders import FIRST, asked
from tests.rehearsal.github.product import Clock, Receiver


async def lost(
    performer: GitHub, clock: Clock, *, since: timedelta = timedelta(hours=1)
) -> tuple[LostDelivery, ...]:
    now = clock()
    effect = ListLostDeliveries(since=now - since, until=now - timedelta(minutes=1))
    event = await performer.perform(effect, FIRST)
    assert isinstance(event, LostDeliveriesListed)
    return event.lost


async def lose(github: GitHubStandIn, receiver: Receiver, issue: Issue, count: int = 1) -> None:
    await github.settle()
    receiver.status = 503
    for number in range(count):
        github.comment(issue, f"Lost {number}.", by="carol")
        await github.settle()
    receiver.status = 202


async def test_what_was_never_answered_well_is_lost(
    github: GitHubStandIn, receiver: Receiver, clock: Clock, issue: Issue, performer: GitHub
) -> None:
    await lose(github, receiver, issue, 2)
    expected = [LostDelivery(id=one.id, guid=one.guid) for one in github.deliveries[-2:]]
    clock.forward(minutes=2)
    assert list(await lost(performer, clock)) == expected


async def test_what_may_still_be_on_its_way_is_left_alone(
    github: GitHubStandIn, receiver: Receiver, clock: Clock, issue: Issue, performer: GitHub
) -> None:
    await lose(github, receiver, issue)
    clock.forward(seconds=59)
    assert await lost(performer, clock) == ()


async def test_what_a_redelivery_saved_is_not_lost(
    github: GitHubStandIn, receiver: Receiver, clock: Clock, issue: Issue, performer: GitHub
) -> None:
    await lose(github, receiver, issue)
    clock.forward(minutes=2)
    [one] = await lost(performer, clock)
    effect = Redeliver(delivery=one.id, guid=one.guid, n=1)
    assert await performer.perform(effect, FIRST) is None
    await github.settle()
    assert receiver.received[-1].headers["X-GitHub-Delivery"] == one.guid
    clock.forward(minutes=2)
    assert await lost(performer, clock) == ()


async def test_of_several_attempts_the_newest_is_named(
    github: GitHubStandIn, receiver: Receiver, clock: Clock, issue: Issue, performer: GitHub
) -> None:
    await lose(github, receiver, issue)
    clock.forward(minutes=2)
    receiver.status = 500
    github.site.hooks.redeliver(github.deliveries[-1])
    await github.settle()
    assert await lost(performer, clock) == (), "the last attempt is too young"
    clock.forward(minutes=2)
    newest = github.deliveries[-1]
    assert await lost(performer, clock) == (LostDelivery(id=newest.id, guid=newest.guid),)


async def test_where_nothing_failed_one_request_is_enough(
    github: GitHubStandIn, clock: Clock, issue: Issue, performer: GitHub
) -> None:
    for number in range(120):
        github.comment(issue, f"Comment {number}.", by="carol")
    await github.settle()
    clock.forward(minutes=2)
    github.requests.clear()
    assert await lost(performer, clock) == ()
    assert len(asked(github)) == 1


async def test_it_looks_back_as_far_as_it_is_told_page_by_page(
    github: GitHubStandIn, receiver: Receiver, clock: Clock, issue: Issue, performer: GitHub
) -> None:
    await lose(github, receiver, issue, 3)
    clock.forward(hours=2)
    for number in range(120):
        github.comment(issue, f"And {number}.", by="carol")
    await github.settle()
    clock.forward(minutes=2)
    github.requests.clear()
    assert await lost(performer, clock, since=timedelta(minutes=30)) == ()
    assert len(asked(github)) == 1
    await lose(github, receiver, issue)
    clock.forward(minutes=2)
    github.requests.clear()
    assert len(await lost(performer, clock, since=timedelta(minutes=30))) == 1
    assert len(asked(github)) == 3
    assert len(await lost(performer, clock, since=timedelta(hours=3))) == 4


async def test_a_delivery_that_github_forgot_is_refused(
    github: GitHubStandIn, performer: GitHub
) -> None:
    with pytest.raises(Refused):
        await performer.perform(Redeliver(delivery=1, guid="g", n=1), FIRST)
