"""The page of a repository, on both databases: what it is made of, and whose word is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from app.domain.adoption import PolicyState
from app.domain.deliveries import Provider
from app.domain.effects import ReadPolicy
from app.domain.events import ConfirmationGiven, RepositorySeen
from app.domain.ids import InstallationId, RepositoryId, UserId, repository_lane
from app.domain.people import Identity
from app.domain.wording import repositories as words
from app.services import repositories
from app.services.context import Context
from app.services.handle import handle
from app.services.repositories import Given, RepositoryPage
from app.services.sessions import SignedIn
from app.store import effects, events, installations, people, policies
from app.store.effects import EFFECTS
from app.store.engine import Database
from app.store.events import EVENTS
from app.store.policies import Reading
from tests.domain.policies import OPERATOR, TEXT

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
REPOSITORY, INSTALLATION = RepositoryId(70), InstallationId(5)
SEEN = RepositorySeen(
    id=REPOSITORY, owner="octo", name="widgets", is_private=False, default_branch="a/b"
)
MAX = Identity(provider=Provider.GITHUB, external_id="7", login="max")
READ = Reading(
    repository=REPOSITORY,
    state=PolicyState.ADOPTED,
    path=".github/support.yml",
    commit="c" * 40,
    blob="b1",
    digest="d1",
    text=TEXT.encode(),
)
WAITING = replace(READ, state=PolicyState.PENDING, commit="d" * 40, blob="b2", text=b"version: 1")
FORM = "0" * 32


def there(*readings: Reading, seen: RepositorySeen = SEEN) -> Callable[[Session], SignedIn]:
    """Have a repository, what was read of it, and somebody."""

    def run(session: Session) -> SignedIn:
        installations.save_repository(session, seen, INSTALLATION, now=NOW)
        for n, each in enumerate(readings):
            policies.record(session, each, now=NOW + timedelta(hours=n))
        return SignedIn(person=people.resolve(session, MAX), user=UserId(7))

    return run


async def page(database: Database, *readings: Reading) -> RepositoryPage:
    who = await database.in_transaction(there(*readings))
    operator = replace(OPERATOR, currencies=("eur",), repository_url="https://github.test")
    found = await database.reading(
        lambda session: repositories.repository_page(
            session, REPOSITORY, who, operator=operator, now=NOW
        )
    )
    assert found is not None
    return found


async def confirm(database: Database, who: SignedIn, commit: str = "d" * 40) -> Given | None:
    return await database.in_transaction(
        lambda session: repositories.confirm(session, REPOSITORY, who, commit, form=FORM, now=NOW)
    )


async def came_of(database: Database, who: SignedIn) -> str:
    return await database.reading(
        lambda session: repositories.came_of(session, REPOSITORY, who, FORM)
    )


async def done(database: Database, table: sa.Table, key: str) -> None:
    """Finish a row."""
    told = sa.update(table).where(table.c.key == key).values(state="done", finished_at=NOW)

    def run(session: Session) -> None:
        assert session.connection().execute(told).rowcount == 1

    await database.in_transaction(run)


async def test_before_the_first_reading_there_is_nothing_to_do(database: Database) -> None:
    found = await page(database)
    assert found.told.title == "The file is being read"
    assert (found.waiting, found.in_force, found.writing, found.summary) == (None, None, None, "")


async def test_a_file_that_could_not_be_read_is_no_missing_file(database: Database) -> None:
    found = await page(database, Reading(repository=REPOSITORY, state=PolicyState.MISSING))
    assert found.writing is not None
    assert found.writing.url.startswith("https://github.test/octo/widgets/new/a/b?filename=")
    assert "currency: eur" in found.writing.example
    lost = Reading(repository=REPOSITORY, state=PolicyState.MISSING, faults="No leave.")
    found = await page(database, lost)
    assert found.told.title == "The file could not be read"
    assert found.writing is None


async def test_after_a_transfer_the_file_is_read_anew(database: Database) -> None:
    found = await page(database, READ, replace(READ, state=PolicyState.HANDED_OVER))
    assert found.told.title == "A new owner, and a file to agree to"
    assert found.waiting is None
    found = await page(database, WAITING)
    assert found.told.lead.endswith("Nothing new is offered until you confirm the file.")
    assert found.notes == ()
    found = await page(database, replace(READ, state=PolicyState.FAULTY, text=b"x"))
    assert found.told.title == "The newest file has faults"
    assert found.notes == (words.HANDED_OVER,)


async def test_why_a_file_in_force_sells_nothing_stands_at_the_top(database: Database) -> None:
    who = await database.in_transaction(there(READ))
    operator = replace(OPERATOR, has_checkout=False)
    found = await database.reading(
        lambda session: repositories.repository_page(
            session, REPOSITORY, who, operator=operator, now=NOW
        )
    )
    assert found is not None
    assert found.notes == ("This operator has no checkout yet, so no plan is on offer for now.",)


async def test_what_is_in_force_says_since_when_and_by_whom(database: Database) -> None:
    who = await database.in_transaction(there(replace(READ, by=MAX), WAITING))
    found = await database.reading(
        lambda session: repositories.repository_page(
            session, REPOSITORY, who, operator=OPERATOR, now=NOW
        )
    )
    assert found is not None
    assert found.in_force is not None
    assert (found.in_force.commit.short, found.in_force.since) == ("c" * 7, NOW)
    assert (found.in_force.by, found.in_force.size) == ("max", "2 helpers, 2 plans")
    assert "### Who gets what" in found.in_force.preview
    assert found.waiting is not None
    assert found.waiting.id == "d" * 40


async def test_a_suspension_is_told_and_a_repository_that_nobody_knows_is_none(
    database: Database,
) -> None:
    who = await database.in_transaction(there(READ))

    def run(session: Session) -> tuple[tuple[str, ...], RepositoryPage | None]:
        installations.deactivate(session, INSTALLATION, now=NOW)
        found, other = [
            repositories.repository_page(session, each, who, operator=OPERATOR, now=NOW)
            for each in (REPOSITORY, RepositoryId(71))
        ]
        assert found is not None
        return found.notes, other

    assert await database.in_transaction(run) == ((words.AWAY,), None)


async def test_a_word_goes_the_way_of_the_button_on_the_check_run(database: Database) -> None:
    who = await database.in_transaction(there(READ, WAITING))
    assert await came_of(database, who) == ""
    assert await confirm(database, who, "e" * 40) == Given(refusal=words.OVERTAKEN)
    assert await confirm(database, who) == await confirm(database, who) == Given()
    lane = repository_lane(REPOSITORY)
    key = f"{lane}:confirm:7:{FORM}"
    given = ConfirmationGiven(
        installation=INSTALLATION,
        repository=replace(SEEN, default_branch=None),
        commit="d" * 40,
        by=MAX,
        is_ours=True,
    )
    # While it waits, GitHub tells that the repository is private: that is not forgotten over it.
    await database.in_transaction(there(seen=replace(SEEN, is_private=True)))
    context = Context(key=key, lane=lane, now=NOW, operator=OPERATOR, new_id=str, new_token=str)
    assert await came_of(database, who) == words.UNDER_WAY
    await database.in_transaction(lambda session: handle(session, given, context))
    known = await database.reading(lambda session: installations.repository(session, REPOSITORY))
    assert known is not None
    assert (known.is_private, known.default_branch) == (True, "a/b")
    await done(database, EVENTS.table, key)
    assert await came_of(database, who) == words.UNDER_WAY, "it is being read"
    reading = f"{lane}:policy:{key}"
    assert await database.reading(lambda session: effects.is_waiting(session, reading))
    await done(database, EFFECTS.table, reading)
    outcome = events.outcome_key(reading)
    await database.in_transaction(
        lambda session: events.add_once(session, given, key=outcome, lane=lane, now=NOW)
    )
    assert await came_of(database, who) == words.UNDER_WAY, "it was read, and is being judged"
    await done(database, EVENTS.table, outcome)
    assert await came_of(database, who) == words.NOT_COUNTED


@pytest.mark.parametrize(
    ("state", "came"), [(PolicyState.ADOPTED, words.CONFIRMED), (PolicyState.FAULTY, "")]
)
async def test_what_came_of_a_word_is_how_it_is_now(
    database: Database, state: PolicyState, came: str
) -> None:
    who = await database.in_transaction(there(WAITING))
    assert await confirm(database, who) == Given()
    await done(database, EVENTS.table, f"{repository_lane(REPOSITORY)}:confirm:7:{FORM}")
    await database.in_transaction(there(replace(WAITING, state=state)))
    assert await came_of(database, who) == came


async def test_a_word_where_the_app_is_not_any_more_is_nobodys(database: Database) -> None:
    who = await database.in_transaction(there(WAITING))
    await database.in_transaction(
        lambda session: installations.save_repository(session, SEEN, None, now=NOW)
    )
    assert await confirm(database, who) is None
    assert not await database.reading(lambda session: repositories.is_reached(session, REPOSITORY))


async def test_a_repository_is_found_by_what_people_call_it(database: Database) -> None:
    await database.in_transaction(there())
    said = (
        ("octo/widgets", REPOSITORY),
        (" Octo/Widgets/ ", REPOSITORY),
        ("https://github.com/octo/widgets", REPOSITORY),
        ("widgets", None),
        ("octo/gadgets", None),
        ("/", None),
        ("", None),
    )
    found = await database.reading(
        lambda session: [repositories.named(session, name) for name, _ in said]
    )
    assert found == [expected for _, expected in said]


async def test_those_that_wait_for_a_word_are_listed_first(database: Database) -> None:
    other = replace(SEEN, id=RepositoryId(71), name="Anvils")

    def run(session: Session) -> list[tuple[str, str]]:
        there(READ, WAITING)(session)
        there(replace(READ, repository=other.id), seen=other)(session)
        ids = [other.id, REPOSITORY, RepositoryId(72)]
        found = repositories.listed(session, ids, operator=OPERATOR)
        return [(each.place, each.title) for each in found]

    assert await database.in_transaction(run) == [
        ("octo/widgets", "A change waits for your word"),
        ("octo/Anvils", "The file is in force"),
    ]


def test_the_order_of_a_word_has_the_key_that_is_looked_for() -> None:
    order = ReadPolicy(installation=INSTALLATION, repository=REPOSITORY, cause="a-key")
    assert order.key == f"{repository_lane(REPOSITORY)}:policy:a-key"
