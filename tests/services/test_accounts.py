"""Accounts where the App is installed take another login, and their repositories' addresses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.deliveries import Provider
from app.domain.events import AccountRenamed, AppInstalled
from app.domain.ids import InstallationId, RepositoryId, installation_lane
from app.domain.people import Identity
from app.services import installations as followed
from app.store import installations, people
from app.store.installations import InstallationRow
from tests.services.desk import NOW, REPOSITORY, THREAD, USERS, Desk

SEVEN = THREAD.installation
LANE = installation_lane(SEVEN)
OTHERS = tuple(
    replace(REPOSITORY, id=RepositoryId(number), name=name)
    for number, name in ((71, "Gadgets"), (72, "sprockets"))
)
OCTO = Identity(provider=Provider.GITHUB, external_id=str(USERS["octo"]), login="octo")
RENAMED = AccountRenamed(
    installation=SEVEN, account=replace(OCTO, login="Octavia"), after=RepositoryId(0)
)


async def found(desk: Desk, owner: str, name: str) -> RepositoryId | None:
    known = await desk.reads(lambda session: installations.by_name(session, owner, name))
    return known.id if known else None


async def test_its_repositories_get_their_new_address_a_batch_at_a_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed, "BATCH", 2)
    made = AppInstalled(
        installation=SEVEN, account="octo", repositories=(REPOSITORY, *OTHERS), at=NOW
    )
    await desk.handles(made, lane=LANE)
    of_others = replace(REPOSITORY, id=RepositoryId(80), name="theirs")
    await desk.handles(
        replace(made, installation=InstallationId(8), repositories=(of_others,)), lane=LANE
    )
    await desk.handles(RENAMED, lane=LANE)
    assert await found(desk, "octavia", "gadgets") == 71
    assert await found(desk, "octavia", "sprockets") is None
    (following,) = [each for each in await desk.follows() if isinstance(each, AccountRenamed)]
    assert following == replace(RENAMED, after=RepositoryId(71))
    assert await found(desk, "octavia", "SPROCKETS") == 72
    assert await found(desk, "octavia", "widgets") == REPOSITORY.id
    assert await found(desk, "octo", "widgets") is None
    assert await found(desk, "octo", "theirs") == 80
    known = await desk.reads(lambda session: installations.repository(session, REPOSITORY.id))
    assert known is not None
    assert known.owner == "Octavia"
    account = await desk.reads(lambda session: session.get(InstallationRow, SEVEN))
    assert account is not None
    assert account.account == "Octavia"


async def test_the_person_is_called_by_it_as_well(desk: Desk) -> None:
    met = await desk.database.in_transaction(lambda session: people.resolve(session, OCTO))
    await desk.handles(RENAMED, lane=LANE)
    (called,) = await desk.reads(
        lambda session: people.called_today(session, Provider.GITHUB, [met.id])
    )
    assert called.login == "Octavia"


async def test_an_account_that_we_have_not_heard_of_changes_nothing(desk: Desk) -> None:
    await desk.handles(replace(RENAMED, installation=InstallationId(99)), lane=LANE)
    assert await desk.follows() == []
