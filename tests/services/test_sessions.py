"""Sessions, on both databases: they begin, last as long as they may, and end."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlmodel import Session

from app.domain.deliveries import Provider
from app.domain.effects import LANE_OF_THE_APP
from app.domain.events import Chore, ChoreCame
from app.domain.people import Identity
from app.main import new_token, operator_of
from app.services import sessions, upkeep
from app.services.context import Context
from app.services.sessions import IDLE_MAX, LIFETIME, NOTED_EVERY, SignedIn
from app.settings import Settings
from app.store.columns import new_id
from app.store.engine import Database
from app.store.sessions import WEB_SESSION
from tests.environments import NEEDED

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA = Identity(provider=Provider.GITHUB, external_id="148000001", login="ada")
CAROL = Identity(provider=Provider.GITHUB, external_id="148000002", login="carol")

T = TypeVar("T")


def begin(
    secret: str, identity: Identity = ADA, *, replacing: str = "", at: datetime = NOW
) -> Callable[[Session], SignedIn]:
    return lambda session: sessions.begin(session, identity, secret, replacing=replacing, now=at)


def find(secret: str, at: datetime = NOW) -> Callable[[Session], SignedIn | None]:
    return lambda session: sessions.find(session, secret, now=at)


async def test_whoever_has_the_secret_is_who_began_the_session(database: Database) -> None:
    began = await database.in_transaction(begin("a-secret"))
    found = await database.reading(find("a-secret"))
    assert found == began
    assert (began.person.login, began.user) == ("ada", 148_000_001)


async def test_the_database_has_nothing_that_a_browser_could_show(database: Database) -> None:
    await database.in_transaction(begin("a-secret"))
    rows = await database.reading(lambda s: s.connection().execute(select(WEB_SESSION)).all())
    (row,) = rows
    assert row.id_hash == hashlib.sha256(b"a-secret").hexdigest()
    assert "a-secret" not in str(row)
    assert await database.reading(find(row.id_hash)) is None


async def test_an_unknown_secret_is_nobodys(database: Database) -> None:
    await database.in_transaction(begin("a-secret"))
    for secret in ("", "a-secre", "a-secret ", "A-SECRET"):
        assert await database.reading(find(secret)) is None


async def test_a_session_is_over_after_its_lifetime_however_busy(database: Database) -> None:
    await database.in_transaction(begin("a-secret"))
    moment, last = NOW, NOW + LIFETIME - timedelta(seconds=1)
    while moment < last:
        moment = min(moment + IDLE_MAX - timedelta(seconds=1), last)
        assert await database.reading(find("a-secret", moment)) is not None
        await database.in_transaction(noting("a-secret", moment))
    assert await database.reading(find("a-secret", NOW + LIFETIME)) is None


def noting(secret: str, at: datetime) -> Callable[[Session], None]:
    return lambda session: sessions.note(session, secret, now=at)


async def test_a_session_that_nobody_uses_is_over_earlier(database: Database) -> None:
    await database.in_transaction(begin("a-secret"))
    almost = NOW + IDLE_MAX - timedelta(seconds=1)
    assert await database.reading(find("a-secret", almost)) is not None
    assert await database.reading(find("a-secret", NOW + IDLE_MAX)) is None


async def test_use_is_written_down_now_and_then(database: Database) -> None:
    await database.in_transaction(begin("a-secret"))

    async def is_to_be_noted(at: datetime) -> bool:
        found = await database.reading(find("a-secret", at))
        assert found is not None
        return found.is_to_be_noted

    assert not await is_to_be_noted(NOW + NOTED_EVERY - timedelta(seconds=1))
    assert await is_to_be_noted(NOW + NOTED_EVERY)
    await database.in_transaction(noting("a-secret", NOW + NOTED_EVERY))
    assert not await is_to_be_noted(NOW + NOTED_EVERY)


async def test_signing_out_ends_this_session_alone(database: Database) -> None:
    await database.in_transaction(begin("desk"))
    await database.in_transaction(begin("phone"))
    await database.in_transaction(lambda session: sessions.end(session, "desk", now=NOW))
    assert await database.reading(find("desk")) is None
    assert await database.reading(find("phone")) is not None
    await database.in_transaction(noting("desk", NOW))
    assert await database.reading(find("desk")) is None


async def test_signing_out_everywhere_ends_all_of_ones_own(database: Database) -> None:
    ada = await database.in_transaction(begin("desk"))
    await database.in_transaction(begin("phone"))
    await database.in_transaction(begin("hers", CAROL))
    ended = await database.in_transaction(
        lambda session: sessions.end_everywhere(session, ada.person, now=NOW)
    )
    assert ended == 2
    assert await database.reading(find("desk")) is None
    assert await database.reading(find("phone")) is None
    assert await database.reading(find("hers")) is not None


@pytest.mark.parametrize("identity", [ADA, CAROL])
async def test_a_new_session_ends_the_one_that_the_browser_had(
    database: Database, identity: Identity
) -> None:
    await database.in_transaction(begin("planted"))
    await database.in_transaction(begin("fresh", identity, replacing="planted"))
    assert await database.reading(find("planted")) is None
    found = await database.reading(find("fresh"))
    assert found is not None
    assert found.person.login == identity.login


async def test_nobody_has_more_sessions_than_a_few(database: Database) -> None:
    await database.in_transaction(begin("hers", CAROL))
    for n in range(sessions.SESSIONS_PER_PERSON_MAX + 2):
        await database.in_transaction(begin(f"s{n}", at=NOW + timedelta(seconds=n)))
    later = NOW + timedelta(minutes=1)
    alive = [
        n
        for n in range(sessions.SESSIONS_PER_PERSON_MAX + 2)
        if await database.reading(find(f"s{n}", later)) is not None
    ]
    assert alive == list(range(2, sessions.SESSIONS_PER_PERSON_MAX + 2))
    assert await database.reading(find("hers", later)) is not None


async def test_the_newest_login_is_shown(database: Database) -> None:
    await database.in_transaction(begin("desk"))
    renamed = Identity(provider=Provider.GITHUB, external_id=ADA.external_id, login="countess")
    phone = await database.in_transaction(begin("phone", renamed))
    desk = await database.reading(find("desk"))
    assert desk is not None
    assert (desk.person, desk.person.login) == (phone.person, "countess")


async def test_what_is_long_over_is_forgotten(database: Database) -> None:
    await database.in_transaction(begin("old"))
    later = NOW + LIFETIME + upkeep.KEEPS + timedelta(seconds=1)
    await database.in_transaction(begin("new", at=later))
    context = Context(
        key="chore",
        lane=LANE_OF_THE_APP,
        now=later,
        operator=operator_of(Settings.from_env(NEEDED)),
        new_id=new_id,
        new_token=new_token,
    )
    chore = ChoreCame(chore=Chore.PRUNE)
    await database.in_transaction(lambda session: upkeep.chore_came(session, chore, context))
    rows = await database.reading(lambda s: s.connection().execute(select(WEB_SESSION)).all())
    assert [row.id_hash for row in rows] == [hashlib.sha256(b"new").hexdigest()]
    assert await database.reading(find("new", later)) is not None
