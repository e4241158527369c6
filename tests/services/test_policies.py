"""The file of a repository, on both databases: what is recorded of it, and what is ordered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha1
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.adoption import PolicyState
from app.domain.checks import Check, Conclusion
from app.domain.deliveries import Provider
from app.domain.effects import (
    Chosen,
    Confirmed,
    Effect,
    Occasion,
    Pushed,
    ReadPolicy,
    ReadProposal,
    Rerun,
    ShowCheck,
)
from app.domain.events import (
    AppInstalled,
    CheckRequested,
    ConfirmationGiven,
    EffectFailed,
    Event,
    PolicyRead,
    PolicyTouched,
    ProposalMade,
    ProposalRead,
    RepositoriesChosen,
    RepositoryChanged,
    RepositorySeen,
    Version,
)
from app.domain.ids import InstallationId, RepositoryId, UserId, repository_lane
from app.domain.people import Identity, Permission
from app.services.around import policy_in_force
from app.services.context import Context, Handled
from app.services.handle import handle
from app.store import installations, policies
from app.store.effects import CODEC, EFFECTS
from app.store.engine import Database
from app.store.policies import PolicyRow
from tests.domain.policies import OPERATOR, TEXT, edited

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
INSTALLATION, REPOSITORY = InstallationId(5), RepositoryId(70)
SEEN = RepositorySeen(
    id=REPOSITORY,
    owner="octo",
    name="widgets",
    is_private=False,
    default_branch="main",
    is_archived=False,
)
ACCOUNTS = (("Ada", UserId(1)), ("grace", UserId(2)))
MAX = Identity(provider=Provider.GITHUB, external_id="7", login="max")
PUSH = Pushed(by=MAX, before="b" * 40, after="a" * 40)
RAISED = edited(("core: 5%", "core: 0%"))
BROKEN = edited(("reports:", "report:"))


def handling(event: Event, key: str = "an-event") -> Callable[[Session], Handled]:
    context = Context(
        key=key,
        lane=repository_lane(REPOSITORY),
        now=NOW,
        operator=OPERATOR,
        new_id=lambda: "0" * 32,
        new_token=lambda: "token",
    )
    return lambda session: handle(session, event, context)


async def happens(database: Database, event: Event, key: str = "an-event") -> None:
    assert await database.in_transaction(handling(event, key)) is Handled.DONE


def version(text: str) -> Version:
    return Version(blob=sha1(text.encode(), usedforsecurity=False).hexdigest(), text=text.encode())


def read(text: str | None, occasion: Occasion | None = None, **known: Any) -> PolicyRead:
    return PolicyRead(
        installation=INSTALLATION,
        repository=SEEN,
        path=".github/support.yml",
        blob="" if text is None else version(text).blob,
        commit="h" * 40,
        text=None if text is None else text.encode(),
        logins=ACCOUNTS if text else (),
        occasion=occasion,
        **known,
    )


def pushed(text: str, before: str | None, by: Permission) -> PolicyRead:
    found = Version(blob="", text=None) if before is None else version(before)
    return read(text, PUSH, permission=by, before=found, after=version(text))


async def orders(database: Database) -> list[Effect]:
    own = EFFECTS.table.c
    asked = sa.select(own.kind, own.payload).order_by(own.seq)
    rows = await database.reading(lambda session: session.connection().execute(asked).all())
    return [CODEC.load(kind, payload) for kind, payload in rows]


async def shown(database: Database) -> list[tuple[str, Check]]:
    """Give the commits with their newest check."""
    found = [each for each in await orders(database) if isinstance(each, ShowCheck)]
    assert {each.repository for each in found} <= {REPOSITORY}
    return [(each.commit, each.check) for each in found]


async def in_force(database: Database) -> str | None:
    found = await database.reading(lambda session: policies.in_force(session, REPOSITORY))
    policy = await database.reading(lambda session: policy_in_force(session, REPOSITORY, OPERATOR))
    assert (found is None) is (policy is None)
    return found.text.decode() if found else None


async def written(database: Database, state: PolicyState) -> tuple[str, int | None, str]:
    """Give who is behind the only reading in a state, and its faults."""

    def run(session: Session) -> tuple[str, int | None, str]:
        row = session.exec(select(PolicyRow).where(col(PolicyRow.state) == state.value)).one()
        return row.by_login, row.by_user_id, row.faults

    return await database.reading(run)


async def test_what_was_there_at_installation_is_adopted_and_shown(database: Database) -> None:
    await happens(database, read(TEXT, Chosen(at=NOW), is_untouched=True))
    assert await in_force(database) == TEXT
    [(commit, check)] = await shown(database)
    assert commit == "h" * 40
    assert check.conclusion is Conclusion.SUCCESS


async def test_a_helper_who_raises_their_own_share_gets_nothing(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, pushed(RAISED, TEXT, Permission.WRITE), "second")
    assert await in_force(database) == TEXT
    latest = await database.reading(lambda session: policies.latest(session, REPOSITORY))
    assert latest is not None
    assert latest.state is PolicyState.PENDING
    assert (await written(database, PolicyState.PENDING))[:2] == ("max", 7)
    _, check = (await shown(database))[-1]
    assert check.conclusion is Conclusion.ACTION_REQUIRED


async def test_a_confirmation_adopts_it_and_a_press_of_others_does_not(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, pushed(RAISED, TEXT, Permission.WRITE), "second")
    press = Confirmed(by=MAX, commit="h" * 40)
    in_vain = read(RAISED, press, permission=Permission.WRITE, after=version(RAISED))
    await happens(database, in_vain, "in-vain")
    assert await in_force(database) == TEXT
    assert "`max` pressed Confirm" in (await shown(database))[-1][1].summary
    await happens(database, replace(in_vain, permission=Permission.MAINTAIN), "confirmed")
    assert await in_force(database) == RAISED
    commit, check = (await shown(database))[-1]
    assert (commit, check.conclusion) == ("h" * 40, Conclusion.SUCCESS)


async def test_a_press_on_what_is_another_file_by_now_says_so(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    dearer = edited(("price: 49", "price: 59"), text=RAISED)
    await happens(database, pushed(dearer, RAISED, Permission.WRITE), "second")
    press = Confirmed(by=MAX, commit="c" * 40)
    late = read(dearer, press, permission=Permission.ADMIN, after=version(RAISED))
    await happens(database, late, "late")
    assert await in_force(database) == TEXT
    commit, check = (await shown(database))[-1]
    assert (commit, check.title) == ("c" * 40, "Another version came after this one")


async def test_a_broken_file_changes_nothing_and_is_told_on_its_commit(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, replace(pushed(BROKEN, TEXT, Permission.ADMIN), commit="x" * 40), "two")
    assert await in_force(database) == TEXT
    commit, check = (await shown(database))[-1]
    assert (commit, check.conclusion) == ("x" * 40, Conclusion.FAILURE)
    assert check.annotations
    _, _, faults = await written(database, PolicyState.FAULTY)
    assert faults.startswith('16:1: There is no key "report"')


async def test_what_is_no_news_is_shown_again_only_where_somebody_asked(database: Database) -> None:
    async def causes() -> list[str]:
        return [each.cause for each in await orders(database) if isinstance(each, ShowCheck)]

    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, replace(read(TEXT), commit="y" * 40), "renamed")
    assert await causes() == ["first"]
    await happens(database, read(TEXT, Rerun(commit="h" * 40), after=version(TEXT)), "again")
    assert await causes() == ["again"], "it came in the place of the one that waited"


async def test_no_file_is_silence_until_one_goes(database: Database) -> None:
    await happens(database, read(None, Chosen(at=NOW), is_untouched=True), "installed")
    assert await shown(database) == []
    assert await in_force(database) is None
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "came")
    await happens(database, replace(read(None), commit="z" * 40), "went")
    assert await in_force(database) is None
    commit, check = (await shown(database))[-1]
    assert (commit, check.conclusion) == ("z" * 40, Conclusion.NEUTRAL)


async def test_a_foreign_file_ends_what_was_in_force(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    await happens(database, pushed("close: true\n", TEXT, Permission.WRITE), "foreign")
    assert await in_force(database) is None
    assert (await shown(database))[-1][1].conclusion is Conclusion.NEUTRAL


async def test_each_occasion_reads_and_none_replaces_another(database: Database) -> None:
    touched = PolicyTouched(
        installation=INSTALLATION, repository=SEEN, commit="a" * 40, before="b" * 40, by=MAX
    )
    await happens(database, touched, "push")
    await happens(database, replace(touched, by=None), "push-of-nobody")
    await happens(database, RepositoryChanged(installation=INSTALLATION, repository=SEEN), "rename")
    await happens(
        database,
        ConfirmationGiven(installation=INSTALLATION, repository=SEEN, commit="c" * 40, by=MAX),
        "press",
    )
    await happens(
        database,
        AppInstalled(installation=INSTALLATION, account="octo", repositories=(SEEN,), at=NOW),
        "installed",
    )
    await happens(
        database,
        RepositoriesChosen(installation=INSTALLATION, added=(SEEN,), removed=(), at=NOW),
        "chosen",
    )
    found = [each for each in await orders(database) if isinstance(each, ReadPolicy)]
    assert [(each.cause, each.occasion) for each in found] == [
        ("push", PUSH),
        ("rename", None),  # it came in the place of the push of nobody
        ("press", Confirmed(by=MAX, commit="c" * 40)),
        ("installed", Chosen(at=NOW)),
        ("chosen", Chosen(at=NOW)),
    ]


async def test_a_check_is_asked_for_again_where_it_stands(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    for commit in ("h" * 40, "c" * 40):
        asked = CheckRequested(installation=INSTALLATION, repository=SEEN, commit=commit)
        await happens(database, asked, commit)
    here, there = (await orders(database))[-2:]
    assert isinstance(here, ReadPolicy)
    assert here.occasion == Rerun(commit="h" * 40)
    assert isinstance(there, ReadProposal)
    assert (there.number, there.commit) == (None, "c" * 40)


async def test_a_pull_request_is_read_in_its_own_lane_and_the_newest_head_counts(
    database: Database,
) -> None:
    for number, commit in ((7, "c"), (7, "d"), (8, "e")):
        made = ProposalMade(
            installation=INSTALLATION, repository=SEEN, number=number, commit=commit * 40
        )
        await happens(database, made, commit)
    found = [each for each in await orders(database) if isinstance(each, ReadProposal)]
    assert [(each.number, each.commit[0]) for each in found] == [(7, "d"), (8, "e")]
    assert len({each.lane for each in found}) == 2


@pytest.mark.parametrize("is_in_force", [True, False])
async def test_a_proposal_is_held_against_the_file_in_force(
    database: Database,
    is_in_force: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    if is_in_force:
        await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    else:
        await database.in_transaction(
            lambda session: installations.save_repository(session, SEEN, INSTALLATION, now=NOW)
        )
    proposal = ProposalRead(
        installation=INSTALLATION,
        repository=REPOSITORY,
        commit="p" * 40,
        path=".github/support.yml",
        text=RAISED.encode(),
        logins=ACCOUNTS,
    )
    await happens(database, proposal, "proposed")
    commit, check = (await shown(database))[-1]
    assert commit == "p" * 40
    assert check.conclusion is Conclusion.SUCCESS
    assert ("the repository gets 0% instead of 5%" in check.summary) is is_in_force
    assert ("No file is in force yet." in check.summary) is not is_in_force
    recycled = (("Ada", UserId(9)), ("grace", None))
    await happens(database, replace(proposal, commit="q" * 40, logins=recycled), "recycled")
    _, check = (await shown(database))[-1]
    assert check.conclusion is Conclusion.FAILURE
    assert len(check.annotations) == (2 if is_in_force else 1)


async def test_a_file_that_could_not_be_read_leaves_what_is_in_force(database: Database) -> None:
    await happens(database, pushed(TEXT, None, Permission.ADMIN), "first")
    order = ReadPolicy(installation=INSTALLATION, repository=REPOSITORY, cause="x")
    lost = EffectFailed(effect=order, reason="GitHub is away.", is_certain=True)
    await happens(database, lost, "lost")
    assert await in_force(database) == TEXT
    proposal = ReadProposal(
        installation=INSTALLATION, repository=REPOSITORY, number=1, commit="c" * 40, cause="x"
    )
    check = ShowCheck(
        installation=INSTALLATION,
        repository=REPOSITORY,
        commit="c" * 40,
        check=Check(conclusion=Conclusion.NEUTRAL, title="-", summary="-"),
        cause="x",
    )
    for effect in (proposal, check):
        await happens(database, replace(lost, effect=effect), effect.key)
    assert await in_force(database) == TEXT


async def test_a_file_that_was_never_read_counts_as_none(database: Database) -> None:
    await database.in_transaction(
        lambda session: installations.save_repository(session, SEEN, INSTALLATION, now=NOW)
    )
    order = ReadPolicy(installation=INSTALLATION, repository=REPOSITORY, cause="x")
    await happens(database, EffectFailed(effect=order, reason="Gone.", is_certain=True))
    latest = await database.reading(lambda session: policies.latest(session, REPOSITORY))
    assert latest is not None
    assert latest.state is PolicyState.MISSING
