"""A repository gets another owner, whatever tells of it first: their word is needed anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import Session

from app.domain.effects import ReadPolicy
from app.domain.events import (
    AppInstalled,
    Event,
    PolicyRead,
    PolicyTouched,
    ProposalMade,
    RepositoriesChosen,
    RepositoryChanged,
)
from app.domain.ids import InstallationId, UserId
from app.store import installations, policies
from tests.domain.policies import TEXT
from tests.services.desk import NOW, REPOSITORY, THREAD, Desk, labelled, message

SEVEN, EIGHT = THREAD.installation, InstallationId(8)
OCTOS = replace(REPOSITORY, owner_id=UserId(6))
OLGAS = replace(REPOSITORY, owner="olga", owner_id=UserId(8))
HERS = replace(THREAD, installation=EIGHT)
READ = PolicyRead(
    installation=EIGHT,
    repository=OLGAS,
    path=".github/support.yml",
    blob="b" * 40,
    commit="c" * 40,
    text=TEXT.encode(),
    logins=(("Ada", UserId(1)), ("grace", UserId(2))),
    occasion=None,
)


async def sells(desk: Desk) -> None:
    """Let octo's file be in force, as the number of its owner is known."""
    await desk.adopts()
    await desk.database.in_transaction(
        lambda session: installations.save_repository(session, OCTOS, SEVEN, now=NOW)
    )


async def is_handed_over(desk: Desk) -> bool:
    return await desk.reads(lambda session: policies.is_handed_over(session, REPOSITORY.id))


@pytest.mark.parametrize(
    "event",
    [
        AppInstalled(installation=EIGHT, account="olga", repositories=(OLGAS,), at=NOW),
        RepositoriesChosen(installation=EIGHT, added=(OLGAS,), removed=(), at=NOW),
        RepositoryChanged(installation=EIGHT, repository=OLGAS),
        PolicyTouched(installation=EIGHT, repository=OLGAS, commit="c" * 40),
        ProposalMade(installation=EIGHT, repository=OLGAS, number=3, commit="c" * 40),
        message("carol", "Hello.", repository=OLGAS, thread=HERS),
        replace(labelled(), repository=OLGAS, thread=HERS),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_whatever_tells_of_another_owner_stops_the_sale_and_has_the_file_read(
    desk: Desk, event: Event
) -> None:
    (offer,) = await desk.opens("dave")
    await sells(desk)
    await desk.handles(event)
    assert await is_handed_over(desk)
    assert len(await desk.orders(ReadPolicy)) == 1
    await desk.follows()
    found = await desk.saved(offer.id)
    assert (found.handed_over_at, found.thread.installation) == (NOW, EIGHT)


async def test_a_file_that_is_read_for_another_owner_is_not_taken_over(desk: Desk) -> None:
    (offer,) = await desk.opens("dave")
    await sells(desk)
    await desk.handles(READ)
    assert await is_handed_over(desk)
    await desk.follows()
    assert (await desk.saved(offer.id)).handed_over_at == NOW


async def test_an_owner_who_is_called_otherwise_is_the_same_one(desk: Desk) -> None:
    await sells(desk)
    renamed = replace(OCTOS, owner="octavia")
    for seen in (renamed, replace(renamed, owner_id=None), OCTOS):
        await desk.handles(message("carol", "Hello.", repository=seen))
        assert not await is_handed_over(desk)
    assert await desk.orders(ReadPolicy) == []


async def test_a_transfer_that_is_told_after_the_new_owners_word_asks_for_no_second_one(
    desk: Desk,
) -> None:
    await sells(desk)
    await desk.handles(message("carol", "Hello.", repository=OLGAS))
    await desk.adopts()
    told = RepositoryChanged(installation=EIGHT, repository=OLGAS, is_transferred=True)
    await desk.handles(told)
    assert not await is_handed_over(desk)
    await desk.handles(replace(told, repository=replace(OLGAS, owner_id=None)))
    assert await is_handed_over(desk), "who the owner is, nobody said"


async def test_what_one_installation_lost_and_the_next_one_has_is_not_lost(desk: Desk) -> None:
    await sells(desk)
    gained = RepositoriesChosen(installation=EIGHT, added=(OLGAS,), removed=(), at=NOW)
    lost = RepositoriesChosen(installation=SEVEN, added=(), removed=(OCTOS,))
    await desk.handles(gained)
    await desk.handles(lost)

    def run(session: Session) -> installations.Repository | None:
        return installations.repository(session, REPOSITORY.id)

    found = await desk.reads(run)
    assert found is not None
    assert (found.installation, found.owner, found.owner_id) == (EIGHT, "olga", 8)
