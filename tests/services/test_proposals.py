"""Open pull requests that touch the file: judged again when it is another one."""

from __future__ import annotations

from dataclasses import replace

from app.domain.effects import ReadProposal
from app.domain.events import CheckRequested, MergeState, Merging, ProposalRead
from app.domain.people import Permission
from app.services.policies import PROPOSALS_MAX
from app.store.engine import Database
from tests.domain.policies import TEXT
from tests.services.test_policies import (
    ACCOUNTS,
    BROKEN,
    INSTALLATION,
    RAISED,
    REPOSITORY,
    SEEN,
    happens,
    orders,
    pushed,
    shown,
)


def proposed(number: int, state: MergeState = MergeState.TRIED) -> ProposalRead:
    return ProposalRead(
        installation=INSTALLATION,
        repository=REPOSITORY,
        commit=f"{number:040}",
        path=".github/support.yml",
        text=TEXT.encode(),
        logins=ACCOUNTS,
        number=number,
        merging=Merging(state=state, into="main", is_default=True),
    )


async def looked_at_again(database: Database) -> list[int | None]:
    return [each.number for each in await orders(database) if isinstance(each, ReadProposal)]


async def test_the_newest_open_proposals_are_read_again_when_the_file_is_another_one(
    database: Database,
) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    for number in range(1, PROPOSALS_MAX + 3):
        await happens(database, proposed(number), f"read-{number}")
    await happens(database, proposed(5, MergeState.CLOSED), "closed")
    assert len(await shown(database)) == PROPOSALS_MAX + 3, "what is closed is not judged"
    await happens(database, pushed(TEXT, TEXT, Permission.ADMIN), "the same again")
    assert await looked_at_again(database) == []
    await happens(database, pushed(BROKEN, TEXT, Permission.ADMIN), "another one")
    found = await looked_at_again(database)
    assert sorted(filter(None, found)) == [3, 4, *range(6, PROPOSALS_MAX + 3)]


async def test_who_asks_once_more_has_the_pull_request_looked_at(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, proposed(7), "read")
    asked = CheckRequested(installation=INSTALLATION, repository=SEEN, commit=f"{7:040}")
    await happens(database, asked, "asked")
    assert await looked_at_again(database) == [7]


async def test_nobody_merges_in_an_archived_repository(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, proposed(7), "read")
    archived = replace(
        pushed(BROKEN, TEXT, Permission.ADMIN), repository=replace(SEEN, is_archived=True)
    )
    await happens(database, archived, "archived")
    assert await looked_at_again(database) == []


async def test_a_proposal_says_that_another_change_waits_already(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, replace(proposed(7), text=RAISED.encode()), "alone")
    _, check = (await shown(database))[-1]
    assert "from hhhhhhh." in check.summary
    assert "a merge does not confirm it" not in check.summary
    await happens(database, pushed(RAISED, TEXT, Permission.WRITE), "waits")
    await happens(database, replace(proposed(7), text=RAISED.encode()), "behind")
    _, check = (await shown(database))[-1]
    assert "a merge does not confirm it" in check.summary
