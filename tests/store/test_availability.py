from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from app.domain.ids import RepositoryId, UserId
from app.store import availability, installations
from app.store.engine import Database
from tests.store.rows import NOW
from tests.store.test_people_and_places import SEEN, SEVEN

ADA, BOB, CLEO = UserId(1), UserId(2), UserId(3)
HERE = SEEN.id
EVERYBODY = [ADA, BOB, CLEO]


def off(
    session: Session, *, at: timedelta = timedelta(), repository: RepositoryId = HERE
) -> set[UserId]:
    return set(availability.who_is_off(session, repository, EVERYBODY, now=NOW + at))


async def test_who_is_off_is_off_until_then_or_until_they_come_back(database: Database) -> None:
    until = NOW + timedelta(days=3)

    def run(session: Session) -> None:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        assert off(session) == set()
        availability.go_off(session, HERE, ADA, until=until)
        availability.go_off(session, HERE, BOB, until=None)
        assert off(session) == {ADA, BOB}
        assert off(session, at=timedelta(days=3) - timedelta(seconds=1)) == {ADA, BOB}
        assert off(session, at=timedelta(days=3)) == {BOB}
        availability.come_back(session, HERE, BOB)
        availability.come_back(session, HERE, CLEO)
        assert off(session) == {ADA}

    await database.in_transaction(run)


async def test_the_newest_word_counts(database: Database) -> None:
    def run(session: Session) -> None:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        availability.go_off(session, HERE, ADA, until=NOW + timedelta(days=30))
        availability.go_off(session, HERE, ADA, until=NOW + timedelta(hours=1))
        assert off(session, at=timedelta(hours=2)) == set()
        availability.go_off(session, HERE, ADA, until=None)
        assert off(session, at=timedelta(days=999)) == {ADA}

    await database.in_transaction(run)


async def test_only_those_who_are_asked_about_are_told_and_only_here(database: Database) -> None:
    def run(session: Session) -> None:
        installations.save_repository(session, SEEN, SEVEN, now=NOW)
        availability.go_off(session, HERE, ADA, until=None)
        assert availability.who_is_off(session, HERE, [BOB], now=NOW) == frozenset()
        assert off(session, repository=RepositoryId(71)) == set()

    await database.in_transaction(run)
