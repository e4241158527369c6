"""Installations and their repositories come, change and go."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest
from sqlmodel import Session

from app.domain.effects import Chosen, ReadPolicy
from app.domain.events import (
    AccessChanged,
    AccessRegained,
    AppInstalled,
    AppRemoved,
    FileChanged,
    HelpersChanged,
    InstallationLost,
    InstallationRegained,
    PermissionsAccepted,
    RepositoriesChosen,
    RepositoryChanged,
    SuspensionLifted,
)
from app.domain.ids import RepositoryId, installation_lane, repository_lane
from app.services import installations as followed
from app.services import policies as files
from app.store import installations
from app.store.installations import Repository
from tests.services.desk import NOW, REPOSITORY, THREAD, Desk

SEVEN = THREAD.installation
LANE = installation_lane(SEVEN)
OTHER = replace(REPOSITORY, id=RepositoryId(71), name="gadgets")


LAST = replace(REPOSITORY, id=RepositoryId(72), name="sprockets")


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


@pytest.fixture
async def three(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Know three repositories of one installation, of which two are dealt with at a time."""
    monkeypatch.setattr(followed, "BATCH", 2)

    def run(session: Session) -> None:
        for each in (REPOSITORY, OTHER, LAST):
            installations.save_repository(session, each, SEVEN, now=NOW)

    await desk.database.in_transaction(run)
    return desk


async def test_repositories_that_are_lost_are_told_a_batch_at_a_time(three: Desk) -> None:
    await three.handles(AppRemoved(installation=SEVEN, is_suspension=False), lane=LANE)
    handled = await three.follows()
    told = [each.repository for each in handled if isinstance(each, AccessChanged)]
    assert sorted(told) == [70, 71, 72]
    (following,) = [each for each in handled if isinstance(each, InstallationLost)]
    assert following.after == OTHER.id
    assert three.grown[0] == 3, "two are told, and one event follows"


async def test_repositories_of_a_suspension_that_was_lifted_are_told_and_read_in_batches(
    three: Desk,
) -> None:
    await three.handles(AppRemoved(installation=SEVEN, is_suspension=True), lane=LANE)
    await three.follows()
    three.grown.clear()
    archived = replace(LAST, is_archived=True)
    await three.database.in_transaction(
        lambda session: installations.save_repository(session, archived, SEVEN, now=NOW)
    )
    event = SuspensionLifted(installation=SEVEN, account="octo", at=NOW)
    await three.handles(event, lane=LANE, key="github:d1")
    handled = await three.follows()
    reached = {
        each.repository: each.installation for each in handled if isinstance(each, AccessChanged)
    }
    assert reached == {70: SEVEN, 71: SEVEN, 72: None}
    assert [each.repository for each in await three.orders(ReadPolicy)] == [70, 71, 72]
    assert {each.occasion for each in await three.orders(ReadPolicy)} == {Chosen(at=NOW)}
    (following,) = [each for each in handled if isinstance(each, InstallationRegained)]
    assert following.after == OTHER.id
    assert three.grown[0] == 5, "two are told and read, and one event follows"
    assert await three.reads(lambda session: installations.can_speak(session, OTHER.id))


async def test_what_may_be_read_by_now_is_read_in_batches_and_no_ticket_is_told(
    three: Desk,
) -> None:
    await three.handles(PermissionsAccepted(installation=SEVEN, at=NOW), lane=LANE)
    handled = await three.follows()
    assert [type(each) for each in handled] == [InstallationRegained]
    assert [each.repository for each in await three.orders(ReadPolicy)] == [70, 71, 72]
    assert three.grown == [3, 1]


@pytest.mark.parametrize(
    ("service", "event", "told"),
    [
        (followed, AccessChanged(repository=REPOSITORY.id, installation=SEVEN), AccessRegained),
        (files, HelpersChanged(repository=REPOSITORY.id), FileChanged),
    ],
)
async def test_the_tickets_of_a_repository_are_told_a_batch_at_a_time(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    service: ModuleType,
    event: AccessChanged | HelpersChanged,
    told: type[AccessRegained | FileChanged],
) -> None:
    monkeypatch.setattr(service, "BATCH", 2)
    tickets = await desk.opens("carol", "dave", "mallory", "octo")
    desk.grown.clear()
    await desk.handles(event, lane=repository_lane(REPOSITORY.id))
    heard = [each.ticket for each in await desk.follows() if isinstance(each, told)]
    assert sorted(heard) == sorted(each.id for each in tickets)
    assert desk.grown[0] == 3, "two are told, and one event follows"
