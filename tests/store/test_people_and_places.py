from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.domain.adoption import Latest, PolicyState
from app.domain.checks import Check, Conclusion
from app.domain.conversations import Visibility
from app.domain.deliveries import Provider
from app.domain.events import RepositorySeen
from app.domain.ids import InstallationId, PersonId, RepositoryId, UserId
from app.domain.people import Identity, Person
from app.store import conversations, installations, people, policies
from app.store.conversations import Conversation
from app.store.engine import Database, lock_repository
from app.store.policies import Reading
from tests.store.rows import NOW, later, thread

ADA = Identity(provider=Provider.GITHUB, external_id="1", login="ada")
SEEN = RepositorySeen(
    id=RepositoryId(70),
    owner="Acme",
    name="Rocket",
    is_private=False,
    default_branch="main",
    is_archived=False,
)
SEVEN = InstallationId(7)


def see(
    seen: RepositorySeen = SEEN, installation: InstallationId | None = SEVEN
) -> Callable[[Session], None]:
    return lambda session: installations.save_repository(session, seen, installation, now=NOW)


def resolve(identity: Identity) -> Callable[[Session], Person]:
    return lambda session: people.resolve(session, identity)


async def repository(database: Database) -> installations.Repository:
    found = await database.reading(lambda session: installations.repository(session, SEEN.id))
    assert found is not None
    return found


async def test_an_account_is_always_the_same_person_whatever_it_is_called(
    database: Database,
) -> None:
    first = await database.in_transaction(resolve(ADA))
    renamed = await database.in_transaction(resolve(replace(ADA, login="countess")))
    other = await database.in_transaction(resolve(replace(ADA, external_id="2")))
    elsewhere = await database.in_transaction(resolve(replace(ADA, provider=Provider.STRIPE)))
    assert (first.login, renamed.login) == ("ada", "countess")
    assert first.id == renamed.id
    assert len({first.id, other.id, elsewhere.id}) == 3


async def test_a_file_calls_nobody_otherwise_than_we_know_them(database: Database) -> None:
    met = await database.in_transaction(lambda session: people.meet(session, ADA))
    again = await database.in_transaction(
        lambda session: people.meet(session, replace(ADA, login="old-name"))
    )
    assert met == again == Person(met.id, "ada")


async def test_an_account_that_somebody_met_is_called_by_its_new_name(database: Database) -> None:
    def renamed(external_id: str, login: str) -> Callable[[Session], None]:
        return lambda session: people.rename(session, Provider.GITHUB, external_id, login)

    async def called(*who: PersonId) -> list[str]:
        found = await database.reading(
            lambda session: people.called_today(session, Provider.GITHUB, who)
        )
        return [each.login for each in found]

    met = await database.in_transaction(resolve(ADA))
    other = await database.in_transaction(resolve(replace(ADA, external_id="2", login="bob")))
    await database.in_transaction(resolve(replace(ADA, provider=Provider.STRIPE, login="acct")))
    await database.in_transaction(renamed("1", "ADA"))
    assert await called(met.id) == ["ada"]  # it is the same one for GitHub
    await database.in_transaction(renamed("1", "countess"))
    await database.in_transaction(renamed("999", "nobody"))
    assert await called(met.id, PersonId("unknown")) == ["countess"]
    assert sorted(await called(met.id, other.id)) == ["bob", "countess"]
    assert await called() == []


async def test_lanes_that_meet_somebody_at_the_same_moment_agree_who_it_is(
    database_url: str,
) -> None:
    async with Database(database_url) as a, Database(database_url) as b:
        for n in range(10):
            stranger = replace(ADA, external_id=f"{n}")
            found = await asyncio.gather(
                *(database.in_transaction(resolve(stranger)) for database in (a, b, a, b))
            )
            assert len(set(found)) == 1


async def test_what_a_message_left_out_about_a_repository_stays_as_it_was(
    database: Database,
) -> None:
    await database.in_transaction(see())
    await database.in_transaction(see(replace(SEEN, is_archived=True)))
    brief = replace(SEEN, name="Rakete", is_private=True, default_branch=None, is_archived=None)
    await database.in_transaction(see(brief))
    found = await repository(database)
    assert (found.owner, found.name, found.is_private) == ("Acme", "Rakete", True)
    assert (found.default_branch, found.is_archived, found.installation) == ("main", True, 7)


async def test_a_repository_can_be_taken_away_from_an_installation(database: Database) -> None:
    await database.in_transaction(see())
    await database.in_transaction(see(installation=None))
    assert (await repository(database)).installation is None


async def test_a_repository_is_found_by_the_name_it_has_today_in_any_case(
    database: Database,
) -> None:
    later_one = replace(SEEN, id=RepositoryId(71))

    def run(session: Session) -> list[RepositoryId | None]:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        installations.save_repository(session, later_one, SEVEN, now=later(60))
        looked_for = (("acme", "ROCKET"), ("acme", "rocke_"), ("%", "%"), ("acme/rocket", ""))
        found = [installations.by_name(session, *each) for each in looked_for]
        return [each.id if each else None for each in found]

    assert await database.in_transaction(run) == [71, None, None, None]


async def test_an_installation_that_was_removed_can_come_back(database: Database) -> None:
    def run(session: Session) -> None:
        installations.deactivate(session, SEVEN, now=NOW)
        for is_active in (True, False):
            installations.save_installation(session, SEVEN, "Acme", is_active=is_active, now=NOW)
        installations.deactivate(session, SEVEN, now=NOW)
        installations.save_installation(session, SEVEN, "Acme", is_active=True, now=NOW)

    await database.in_transaction(run)


def begin(question: str = "Why?", installation: int = 7) -> Callable[[Session], Conversation]:
    return lambda session: conversations.find_or_add(
        session,
        thread(installation=installation),
        visibility=Visibility.PUBLIC,
        title="t" * 2000,
        question=question,
        now=NOW,
    )


async def test_a_conversation_begins_once_and_keeps_the_text_that_it_began_with(
    database: Database,
) -> None:
    await database.in_transaction(see())
    first = await database.in_transaction(begin("Why \0 \ud83d?" + "y" * 70_000))
    again = await database.in_transaction(begin("edited"))
    assert again == first
    assert first.question.startswith("Why \ufffd ??yyy")
    assert (len(first.question), len(first.title)) == (65_536, 1024)
    assert first.thread == thread()

    def look(session: Session) -> list[Conversation | None]:
        return [
            conversations.by_thread(session, thread()),
            conversations.get(session, first.id),
            conversations.by_thread(session, thread(issue=2)),
        ]

    assert await database.reading(look) == [first, first, None]


async def test_a_conversation_has_the_labels_that_it_had_last(database: Database) -> None:
    def run(session: Session) -> None:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        conversation = begin()(session)
        assert conversation.labels == ()
        conversations.save_labels(session, conversation, ["area: DNS", 'a \0 \ud83d, "b"'])
        found = conversations.by_thread(session, thread())
        assert found is not None
        assert found.labels == ("area: DNS", 'a \0 \ud83d, "b"')
        assert conversations.get(session, conversation.id) == found
        conversations.save_labels(session, conversation, [])
        assert conversations.get(session, conversation.id).labels == ()

    await database.in_transaction(run)


async def test_a_conversation_follows_an_app_that_was_installed_anew(database: Database) -> None:
    await database.in_transaction(see())
    await database.in_transaction(begin())
    moved = await database.in_transaction(begin(installation=8))
    assert moved.thread == thread(installation=8)


async def test_a_conversation_needs_its_repository(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await database.in_transaction(begin())


READING = Reading(
    repository=SEEN.id,
    state=PolicyState.ADOPTED,
    path=".github/support.yml",
    commit="c1",
    blob="b1",
    digest="d1",
    text=b"version: 1",
    logins=(("ada", UserId(1)),),
)


def read(*readings: Reading) -> Callable[[Session], policies.InForce | None]:
    def run(session: Session) -> policies.InForce | None:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        for each in readings:
            policies.record(session, each, now=NOW)
        return policies.in_force(session, SEEN.id)

    return run


FAULTY = replace(READING, state=PolicyState.FAULTY, text=b"versoin: 1", faults="What?", digest="")
MISSING = Reading(repository=SEEN.id, state=PolicyState.MISSING)
FOREIGN = replace(READING, state=PolicyState.FOREIGN, digest="")
WAITING = replace(READING, state=PolicyState.PENDING, text=b"version: 1\n", digest="d2")
NEWER = replace(READING, text=b"version: 1\n", digest="d2", commit="c2")


@pytest.mark.parametrize(
    ("readings", "digest"),
    [
        ([], None),
        ([READING], "d1"),
        ([READING, NEWER], "d2"),
        ([READING, NEWER, READING], "d1"),
        ([READING, FAULTY, FAULTY], "d1"),
        ([FAULTY], None),
        ([READING, MISSING], None),
        ([READING, FOREIGN], None),
        ([READING, MISSING, FAULTY], None),
        ([READING, MISSING, READING], "d1"),
        ([READING, WAITING, FAULTY], "d1"),
        ([WAITING], None),
        ([READING, MISSING, WAITING], None),
        ([READING, WAITING, NEWER], "d2"),
    ],
)
async def test_the_last_good_file_is_in_force_until_there_is_none(
    database: Database, readings: list[Reading], digest: str | None
) -> None:
    found = await database.in_transaction(read(*readings))
    assert (found.digest if found else None) == digest
    if found is not None:
        assert found.logins == (("ada", 1),)


async def test_a_repository_says_whether_and_how_its_file_was_read(database: Database) -> None:
    def look(session: Session) -> tuple[bool, Latest | None]:
        return policies.was_read(session, SEEN.id), policies.latest(session, SEEN.id)

    assert await database.reading(look) == (False, None)
    await database.in_transaction(read(READING, replace(FAULTY, is_vouched=True)))
    latest = Latest(state=PolicyState.FAULTY, blob="b1", commit="c1", is_vouched=True)
    assert await database.reading(look) == (True, latest)


async def test_what_is_read_again_is_news_only_where_it_differs(database: Database) -> None:
    ada = Identity(provider=Provider.GITHUB, external_id="5", login="ada")
    again = replace(READING, commit="c9", is_vouched=True, by=ada)
    adopted = replace(again, first_commit="c1")

    def run(session: Session) -> list[bool]:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        waiting = replace(READING, state=PolicyState.PENDING)
        return [
            policies.record(session, each, now=NOW)
            for each in (waiting, replace(again, state=PolicyState.PENDING), adopted, again)
        ]

    assert await database.in_transaction(run) == [True, False, True, False]
    latest = await database.reading(lambda session: policies.latest(session, SEEN.id))
    assert latest == Latest(state=PolicyState.ADOPTED, blob="b1", commit="c1", is_vouched=True)


async def test_reading_the_same_file_again_adds_nothing_but_the_commit(database: Database) -> None:
    same = [replace(READING, commit=f"c{n}") for n in range(20)]
    found = await database.in_transaction(read(*same))
    assert found is not None
    assert found.commit == "c19"
    counted = await database.reading(
        lambda session: session.connection().exec_driver_sql("SELECT count(*) FROM policy").scalar()
    )
    assert counted == 1


async def test_a_file_is_in_force_since_it_was_adopted(database: Database) -> None:
    ada = Identity(provider=Provider.GITHUB, external_id="5", login="ada")
    renamed = replace(READING, commit="c3", first_commit="c1", logins=(("Ada", UserId(1)),))

    def run(session: Session) -> policies.InForce | None:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        waiting = replace(READING, state=PolicyState.PENDING)
        for at, each in enumerate((waiting, replace(READING, by=ada), READING, renamed)):
            policies.record(session, each, now=later(at))
        return policies.in_force(session, SEEN.id)

    found = await database.in_transaction(run)
    assert found is not None
    assert (found.since, found.first_commit, found.commit) == (later(1), "c1", "c3")
    newest = await database.reading(lambda session: policies.newest(session, SEEN.id))
    assert newest is not None
    assert (newest.state, newest.commit, newest.at) == (PolicyState.ADOPTED, "c1", later(1))


async def test_what_was_said_of_a_file_is_kept_with_it(database: Database) -> None:
    check = Check(conclusion=Conclusion.NEUTRAL, title="One", summary="Two", text="Three")

    def run(session: Session) -> list[tuple[str, str, str, bool]]:
        assert policies.newest(session, SEEN.id) is None
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        told = []
        for each in (READING, replace(MISSING, faults="It could not be read."), MISSING):
            policies.record(session, each, now=NOW)
            if each is READING:
                policies.tell(session, SEEN.id, check)
            found = policies.newest(session, SEEN.id)
            assert found is not None
            told.append((found.title, found.summary, found.preview, found.is_read))
        return told

    assert await database.in_transaction(run) == [
        ("One", "Two", "Three", True),
        ("", "", "", False),
        ("", "", "", True),
    ]


async def test_somebody_is_known_where_they_installed_the_app_or_brought_a_file(
    database: Database,
) -> None:
    def run(session: Session) -> list[list[int]]:
        for n, installation in ((70, 7), (71, 7), (72, 8), (73, 9)):
            seen = RepositorySeen(id=RepositoryId(n), owner="a", name=str(n), is_private=False)
            place = InstallationId(installation)
            installations.save_repository(session, seen, place, now=later(n))
        one, two = UserId(1), UserId(2)
        for by in (one, None):  # that its suspension was lifted says nothing of who made it
            installations.save_installation(session, SEVEN, "acme", is_active=True, now=NOW, by=by)
        for n, user in ((72, "1"), (72, "2"), (73, "1")):
            by_them = Identity(provider=Provider.GITHUB, external_id=user, login="x")
            reading = replace(READING, repository=RepositoryId(n), blob=user, by=by_them)
            policies.record(session, replace(reading, text=user.encode()), now=NOW)
        gone = RepositorySeen(id=RepositoryId(73), owner="a", name="73", is_private=False)
        installations.save_repository(session, gone, None, now=later(99))
        asked = ((one, 9), (two, 9), (one, 2), (UserId(3), 9))
        return [[*policies.of_person(session, user, limit=limit)] for user, limit in asked]

    assert await database.in_transaction(run) == [[72, 71, 70], [72], [72, 71], []]


async def test_one_transaction_at_a_time_writes_for_a_repository(database_url: str) -> None:
    """Read, then write what was read plus one: without the lock, two would read the same."""
    async with Database(database_url) as a, Database(database_url) as b:
        await a.in_transaction(see())

        def rename(session: Session) -> None:
            lock_repository(session, SEEN.id)
            found = installations.repository(session, SEEN.id)
            assert found is not None
            seen = replace(SEEN, name=f"{int(found.name) + 1}" if found.name.isdigit() else "1")
            installations.save_repository(session, seen, SEVEN, now=NOW)

        await asyncio.gather(*((a, b)[n % 2].in_transaction(rename) for n in range(30)))
        assert (await repository(a)).name == "30"
