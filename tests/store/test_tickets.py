from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.domain.assignment import Rule
from app.domain.conversations import Message, Visibility
from app.domain.deliveries import Provider
from app.domain.events import DocFile, RepositorySeen
from app.domain.ids import (
    ConversationId,
    InstallationId,
    Lane,
    RepositoryId,
    TicketId,
    Token,
    UserId,
)
from app.domain.people import Identity, Person
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import Terms
from app.domain.tickets.ticket import Asked, AskState, Helper, Ticket
from app.store import conversations, documents, installations, known, people, tickets
from app.store.engine import Database
from app.store.known import Known
from app.store.tickets import HelperLoad
from tests.store.rows import NOW, later, thread

REPOSITORY = RepositoryId(70)
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


def account(login: str) -> Identity:
    return Identity(provider=Provider.GITHUB, external_id=f"id of {login}", login=login)


def person(session: Session, login: str) -> Person:
    return people.resolve(session, account(login))


def conversation(session: Session, issue: int = 1) -> ConversationId:
    seen = RepositorySeen(id=REPOSITORY, owner="acme", name="rocket", is_private=False)
    installations.save_repository(session, seen, InstallationId(7), now=NOW)
    found = conversations.find_or_add(
        session,
        thread(issue),
        visibility=Visibility.PUBLIC,
        title="It explodes",
        question="Why?",
        now=NOW,
    )
    return found.id


def opened(session: Session, name: str = "t", *, issue: int = 1, **fields: Any) -> Ticket:
    """Save a new ticket of the customer who is named."""
    customer = person(session, fields.pop("customer", "cus"))
    ticket = Ticket(
        id=TicketId(name),
        token=Token(f"token of {name}"),
        conversation=conversation(session, issue),
        thread=thread(issue),
        customer=customer,
        customer_user=UserId(1),
        opened_at=NOW,
        since=NOW,
        terms=TERMS,
    )
    ticket = replace(ticket, **fields)
    tickets.save(session, ticket)
    return ticket


def asked(session: Session, *given: tuple[str, AskState, float]) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            helper=Helper(person=person(session, login), user=UserId(len(login)), klass="core"),
            at=later(seconds),
            reason="It is their turn.",
            state=state,
        )
        for login, state, seconds in given
    )


async def test_a_ticket_comes_back_whole_by_its_id_and_by_its_token(database: Database) -> None:
    ticket = await database.in_transaction(opened)

    def look(session: Session) -> list[Ticket | None]:
        return [
            tickets.get(session, ticket.id),
            tickets.by_token(session, ticket.token),
            tickets.get(session, TicketId("another")),
            tickets.by_token(session, "another"),
        ]

    assert await database.reading(look) == [ticket, ticket, None, None]


async def test_a_ticket_that_is_saved_again_is_as_it_was_saved_last(database: Database) -> None:
    def run(session: Session) -> list[Ticket | None]:
        ticket = opened(session)
        paid = replace(ticket, stage=Stage.QUEUED, money=MoneyState.PAID)
        tickets.save(session, paid)
        return [paid, tickets.get(session, ticket.id)]

    paid, within = await database.in_transaction(run)
    assert within == paid
    assert await database.reading(lambda session: tickets.get(session, TicketId("t"))) == paid
    assert await database.reading(tickets.counts_by_stage) == {"queued": 1}


async def test_a_customer_has_one_open_ticket_in_a_conversation(database: Database) -> None:
    await database.in_transaction(opened)
    await database.in_transaction(lambda session: opened(session, "elsewhere", issue=2))
    await database.in_transaction(lambda session: opened(session, "theirs", customer="other"))
    with pytest.raises(IntegrityError):
        await database.in_transaction(lambda session: opened(session, "second"))
    await database.in_transaction(lambda session: opened(session, "t", stage=Stage.EXPIRED))
    await database.in_transaction(lambda session: opened(session, "second"))


async def test_a_conversation_gives_its_tickets_the_newest_first(database: Database) -> None:
    def run(session: Session) -> tuple[list[TicketId], list[TicketId]]:
        opened(session, "old", stage=Stage.CANCELLED)
        opened(session, "new", opened_at=later(60))
        opened(session, "elsewhere", issue=2)
        first, second = conversation(session, 1), conversation(session, 2)
        return (
            [each.id for each in tickets.in_conversation(session, first)],
            [each.id for each in tickets.in_conversation(session, second)],
        )

    assert await database.in_transaction(run) == (["new", "old"], ["elsewhere"])


async def test_the_load_of_helpers_follows_from_what_they_were_asked(database: Database) -> None:
    took, passed, waits = AskState.TOOK, AskState.PASSED, AskState.WAITING

    def run(session: Session) -> dict[UserId, HelperLoad]:
        opened(
            session,
            "a",
            stage=Stage.WORKING,
            asked=asked(session, ("al", passed, 10), ("bob", took, 20)),
        )
        opened(
            session, "b", customer="2", stage=Stage.QUEUED, asked=asked(session, ("al", waits, 30))
        )
        opened(
            session, "c", customer="3", stage=Stage.SETTLED, asked=asked(session, ("bob", took, 5))
        )
        return tickets.helper_loads(session, REPOSITORY, [UserId(2), UserId(3), UserId(4)])

    assert await database.in_transaction(run) == {
        2: HelperLoad(open_tickets=1, last_asked_at=later(30), asked_without_acting=2),
        3: HelperLoad(open_tickets=1, last_asked_at=later(20), asked_without_acting=0),
        4: HelperLoad(),
    }


async def test_who_gave_a_ticket_back_has_acted(database: Database) -> None:
    released, passed = AskState.RELEASED, AskState.PASSED

    def run(session: Session) -> dict[UserId, HelperLoad]:
        for n, state in enumerate((passed, released, passed)):
            helpers = asked(session, ("al", state, 10))
            opened(session, f"{n}", customer=f"{n}", stage=Stage.QUEUED, asked=helpers)
        return tickets.helper_loads(session, REPOSITORY, [UserId(2)])

    (load,) = (await database.in_transaction(run)).values()
    assert load.asked_without_acting == 0


async def test_only_tickets_that_are_over_and_were_ever_paid_are_audited(
    database: Database,
) -> None:
    def run(session: Session) -> list[TicketId]:
        for n, (stage, money) in enumerate(
            [
                (Stage.SETTLED, MoneyState.PAID),
                (Stage.EXPIRED, MoneyState.UNPAID),
                (Stage.WORKING, MoneyState.PAID),
            ]
        ):
            opened(session, f"{n}", customer=f"{n}", stage=stage, money=money)
        return [each.id for each in tickets.over_and_paid(session)]

    assert await database.in_transaction(run) == ["0"]


async def test_drafts_are_counted_by_the_tickets_that_were_promised_one(
    database: Database,
) -> None:
    promised = replace(TERMS, has_draft=True)

    def run(session: Session) -> list[int]:
        opened(session, "a", terms=promised)
        opened(session, "b", customer="2")
        opened(session, "c", customer="3", terms=promised, opened_at=later(-60))
        return [
            documents.drafts_since(session, REPOSITORY, NOW),
            documents.drafts_since(session, REPOSITORY, later(-60)),
            documents.drafts_since(session, RepositoryId(71), later(-60)),
        ]

    assert await database.in_transaction(run) == [1, 2, 0]


async def test_a_draft_remembers_what_it_was_made_of_and_what_came(database: Database) -> None:
    files = (DocFile(path="README.md", blob="b1", size_bytes=5),)

    def run(session: Session) -> object:
        ticket = opened(session).id
        assert documents.listing(session, ticket) is None
        for commit in ("c1", "c2"):  # the first listing stays
            documents.save_listing(
                session, ticket, repository=REPOSITORY, commit=commit, files=files, now=NOW
            )
        documents.save_answer(
            session,
            ticket,
            answer="{} \0 \ud800",
            model="m",
            input_tokens=5,
            output_tokens=7,
            reason="",
        )
        return documents.listing(session, ticket)

    assert await database.in_transaction(run) == documents.Listing(commit="c1", files=files)


async def test_documents_are_kept_once_by_their_content(database: Database) -> None:
    def run(session: Session) -> None:
        conversation(session)
        documents.add(session, REPOSITORY, [("b1", "one"), ("b2", "x" * 70_000)], now=NOW)
        documents.add(session, REPOSITORY, [("b1", "another"), ("b3", "NUL \0")], now=NOW)
        blobs = ["b3", "b9", "b1", "b9", "b2"]
        assert documents.missing(session, REPOSITORY, blobs) == ["b9"]
        found = documents.texts(session, REPOSITORY, blobs)
        assert found == {"b1": "one", "b2": "x" * 65_536, "b3": "NUL \ufffd"}
        assert documents.texts(session, RepositoryId(71), blobs) == {}

    await database.in_transaction(run)


async def test_known_objects_lead_to_their_lane_and_ticket(database: Database) -> None:
    def run(session: Session) -> list[Known | None]:
        ticket = opened(session).id
        known.know(session, Provider.STRIPE, "cs_1", lane=Lane("l1"), ticket=ticket)
        known.know(session, Provider.STRIPE, "pi_1", lane=Lane("l2"), ticket=None)
        known.know(session, Provider.STRIPE, "cs_1", lane=Lane("other"), ticket=None)
        asked_for: tuple[list[str], ...] = (
            ["cs_1"],
            ["none", "pi_1", "cs_1"],
            ["cs_1", "pi_1"],
            ["none"],
            [],
        )
        return [known.lookup(session, Provider.STRIPE, each) for each in asked_for]

    one, two = Known(Lane("l1"), TicketId("t")), Known(Lane("l2"), None)
    assert await database.in_transaction(run) == [one, two, one, None, None]


async def test_a_message_is_kept_once(database: Database) -> None:
    def run(session: Session) -> list[bool]:
        place = conversations.get(session, conversation(session))
        author = person(session, "cus")
        said = Message(ref="11", author=account("cus"), text="Help \0!", sent_at=NOW)
        messages = (said, said, replace(said, ref="12"))
        return [conversations.add_message(session, place, each, author.id) for each in messages]

    assert await database.in_transaction(run) == [True, False, True]
