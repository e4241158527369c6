"""Installations and their repositories come, change and go."""

from __future__ import annotations

from dataclasses import replace

from app.domain.effects import Chosen, ReadPolicy
from app.domain.events import AppInstalled, AppRemoved, RepositoriesChosen, RepositoryChanged
from app.domain.ids import RepositoryId, installation_lane
from app.store import installations
from app.store.installations import Repository
from tests.services.desk import NOW, REPOSITORY, THREAD, Desk

SEVEN = THREAD.installation
LANE = installation_lane(SEVEN)
OTHER = replace(REPOSITORY, id=RepositoryId(71), name="gadgets")


async def known(desk: Desk, repository: RepositoryId = REPOSITORY.id) -> Repository:
    found = await desk.reads(lambda session: installations.repository(session, repository))
    assert found is not None
    return found


async def test_the_file_of_each_repository_of_a_new_installation_is_read(desk: Desk) -> None:
    event = AppInstalled(
        installation=SEVEN, account="octo", repositories=(REPOSITORY, OTHER), at=NOW
    )
    await desk.handles(event, lane=LANE, key="github:d1")
    assert await desk.orders() == [
        ReadPolicy(
            installation=SEVEN, repository=each.id, cause="github:d1", occasion=Chosen(at=NOW)
        )
        for each in (REPOSITORY, OTHER)
    ]
    assert (await known(desk)).installation == SEVEN


async def test_what_an_installation_gained_is_read_and_what_it_lost_is_nobodys(desk: Desk) -> None:
    await desk.adopts()
    event = RepositoriesChosen(installation=SEVEN, added=(OTHER,), removed=(REPOSITORY,), at=NOW)
    await desk.handles(event, lane=LANE)
    assert [each.repository for each in await desk.orders(ReadPolicy)] == [OTHER.id]
    assert (await known(desk)).installation is None
    assert (await known(desk, OTHER.id)).installation == SEVEN


async def test_an_app_that_was_removed_cannot_speak_and_its_tickets_stay(desk: Desk) -> None:
    (ticket,) = await desk.opens("carol")
    await desk.handles(AppRemoved(installation=SEVEN, is_suspension=False), lane=LANE)
    can_speak = await desk.reads(lambda session: installations.can_speak(session, REPOSITORY.id))
    assert not can_speak
    assert await desk.saved(ticket.id) == ticket


async def test_a_repository_that_changed_is_known_by_its_new_name_and_read_again(
    desk: Desk,
) -> None:
    await desk.adopts()
    renamed = replace(REPOSITORY, name="gadgets", is_private=True)
    await desk.handles(RepositoryChanged(installation=SEVEN, repository=renamed), lane=LANE)
    assert [each.occasion for each in await desk.orders(ReadPolicy)] == [None]
    now = await known(desk)
    assert (now.name, now.is_private) == ("gadgets", True)
