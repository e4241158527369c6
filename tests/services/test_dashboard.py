"""What somebody who is signed in sees of their own, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from app.domain.assignment import Rule
from app.domain.conversations import Channel, Thread, Visibility
from app.domain.deliveries import Provider
from app.domain.events import RepositorySeen
from app.domain.ids import InstallationId, PersonId, RepositoryId, TicketId, Token, UserId
from app.domain.people import Identity, Person
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import Terms
from app.domain.tickets.ticket import Asked, AskState, Helper, Ticket
from app.main import operator_of
from app.services import dashboard as services
from app.services.dashboard import Dashboard, OpenTicket, dashboard
from app.services.sessions import SignedIn
from app.settings import Settings
from app.store import conversations, installations, people, tickets
from app.store.engine import Database
from tests.environments import NEEDED

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OPERATOR = operator_of(Settings.from_env(NEEDED))
TERMS = Terms(
    policy="digest",
    plans=(),
    helpers=(),
    assignment=Rule.ROTATE,
    has_draft=False,
    offer=timedelta(days=14),
    no_helper=timedelta(days=2),
    accept_within=timedelta(days=3),
    grace=timedelta(days=3),
)
USERS = {"carol": 1, "dave": 2, "ada": 3, "grace": 4}


def who(session: Session, login: str) -> SignedIn:
    identity = Identity(provider=Provider.GITHUB, external_id=str(USERS[login]), login=login)
    return SignedIn(person=people.resolve(session, identity), user=UserId(USERS[login]))


def seen(login: str) -> Callable[[Session], Dashboard]:
    return lambda session: dashboard(session, who(session, login), operator=OPERATOR)


def opened(
    number: int,
    *,
    by: str = "carol",
    stage: Stage = Stage.OFFERED,
    asked: tuple[tuple[str, AskState], ...] = (),
    is_private: bool = False,
) -> Callable[[Session], None]:
    """Save a ticket for issue ``number`` of acme/rocket, in which these helpers were asked."""

    def run(session: Session) -> None:
        now = NOW + timedelta(minutes=number)
        home = RepositorySeen(
            id=RepositoryId(70), owner="acme", name="rocket", is_private=is_private
        )
        installations.save_repository(session, home, InstallationId(7), now=now)
        place = Thread(
            channel=Channel.GITHUB,
            installation=InstallationId(7),
            repository=RepositoryId(70),
            issue=number,
            number=number,
        )
        conversation = conversations.find_or_add(
            session,
            place,
            visibility=Visibility.PUBLIC,
            title=f"Trouble {number}",
            question="Why?",
            now=now,
        )
        customer = who(session, by)
        ticket = Ticket(
            id=TicketId(f"ticket {number}"),
            token=Token(f"token-{number}"),
            conversation=conversation.id,
            thread=place,
            customer=customer.person,
            customer_user=customer.user,
            opened_at=now,
            terms=TERMS,
            since=now,
            stage=stage,
            money=MoneyState.UNPAID if stage is Stage.OFFERED else MoneyState.PAID,
            asked=tuple(Asked(helper=helper(n), at=now, reason="", state=s) for n, s in asked),
        )
        took = next((each for each in ticket.asked if each.state is AskState.TOOK), None)
        tickets.save(session, replace(ticket, helper=took.helper if took else None))

    return run


def helper(login: str) -> Helper:
    person = Person(PersonId(f"person {login}"), login)
    return Helper(person=person, user=UserId(USERS[login]), klass="core")


def numbers(shown: tuple[OpenTicket, ...]) -> list[int]:
    return [int(each.token.removeprefix("token-")) for each in shown]


async def test_open_tickets_are_shown_to_customer_and_helper_the_newest_first(
    database: Database,
) -> None:
    took, waiting = ("ada", AskState.TOOK), ("ada", AskState.WAITING)
    for plant in (
        opened(1),
        opened(2, stage=Stage.WORKING, asked=(took,)),
        opened(3, stage=Stage.QUEUED, asked=(("grace", AskState.PASSED), waiting)),
        opened(4, by="dave"),
        opened(5, stage=Stage.SETTLED, asked=(took,)),
        opened(6, stage=Stage.ACCEPTED, asked=(took,)),
    ):
        await database.in_transaction(plant)
    carol = await database.in_transaction(seen("carol"))
    assert (numbers(carol.asked), numbers(carol.helping)) == ([6, 3, 2, 1], [])
    ada = await database.in_transaction(seen("ada"))
    assert (numbers(ada.asked), numbers(ada.helping)) == ([], [3, 2])
    assert numbers((await database.in_transaction(seen("grace"))).helping) == []
    assert numbers((await database.in_transaction(seen("dave"))).asked) == [4]
    assert not carol.is_cut


async def test_a_ticket_says_where_it_is_and_who_acts_next(database: Database) -> None:
    await database.in_transaction(opened(2, stage=Stage.WORKING, asked=(("ada", AskState.TOOK),)))
    (shown,) = (await database.in_transaction(seen("carol"))).asked
    assert (shown.place, shown.subject) == ("acme/rocket #2", "Trouble 2")
    assert (shown.token, shown.title) == ("token-2", "A helper is at work")
    assert shown.next.startswith("`ada`")
    assert shown.by == "no time was promised."


async def test_of_a_private_repository_no_name_is_told(database: Database) -> None:
    taken = (("ada", AskState.TOOK),)
    await database.in_transaction(opened(2, stage=Stage.WORKING, asked=taken, is_private=True))
    (shown,) = (await database.in_transaction(seen("carol"))).asked
    assert (shown.place, shown.subject) == ("", "")
    assert not any(name in str(shown) for name in ("ada", "carol", "rocket", "Trouble"))
    assert shown.token == "token-2"


async def test_a_list_has_an_end_and_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TICKETS_MAX", 2)
    for number in (1, 2, 3):
        await database.in_transaction(opened(number))
    carol = await database.in_transaction(seen("carol"))
    assert (numbers(carol.asked), carol.is_cut) == ([3, 2], True)
