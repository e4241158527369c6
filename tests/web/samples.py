"""Tickets as they stand in each stage, and the rows around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.domain.assignment import Rule
from app.domain.clockwork import Promise
from app.domain.conversations import Channel, Thread, Visibility
from app.domain.deliveries import Provider
from app.domain.events import RepositorySeen
from app.domain.ids import ConversationId, InstallationId, RepositoryId, TicketId, Token, UserId
from app.domain.money import Money, ProcessingFee
from app.domain.operator import Operator
from app.domain.people import Identity, Person
from app.domain.tickets.clocks import Clock
from app.domain.tickets.paying import (
    Checkout,
    CheckoutState,
    Payment,
    Repayment,
    RepaymentState,
    Stray,
)
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms, Share, Terms
from app.domain.tickets.ticket import Asked, AskState, End, Helper, Ticket, Trouble
from app.store import conversations, installations, people
from app.store import tickets as ticket_rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
INSTALLATION = InstallationId(7)
REPOSITORY = RepositoryId(871000415)
CHECKOUT_URL = "https://checkout.stripe.com/c/pay/cs_1#fid%2FkdWxOYHwnPyd1%3D"

FEE = ProcessingFee(basis_points=290, fixed_minor=30)
OPERATOR = Operator(
    public_url="https://support.example.org",
    seller="Fjord Software AS",
    support_email="help@example.org",
    terms_url="https://example.org/terms",
    currencies=("usd",),
    fees={"usd": FEE},
    platform_bp=250,
    has_checkout=True,
    has_model=True,
)


def plan(id_: str, title: str, amount: int, **changes: Any) -> PlanTerms:
    made = PlanTerms(
        id=id_,
        title=title,
        price=Money(amount, "usd"),
        respond_within=Promise.parse("8h"),
        resolve_within=Promise.parse("3d"),
        shares=tuple(
            Share(klass=klass, fee=FEE, platform_bp=250, repository_bp=repository_bp)
            for klass, repository_bp in (("core", 500), ("community", 1500))
        ),
    )
    return replace(made, **changes)


QUESTION = plan("question", "Quick question", 4900)
HOUR = plan(
    "session",
    "One-hour session",
    18000,
    respond_within=Promise.parse("4h"),
    resolve_within=Promise.parse("2d"),
)
TERMS = Terms(
    policy="digest",
    plans=(QUESTION, HOUR),
    helpers=("ada", "linus"),
    assignment=Rule.ROTATE,
    has_draft=True,
    offer=timedelta(days=14),
    no_helper=timedelta(hours=48),
    accept_within=timedelta(days=3),
    grace=timedelta(days=3),
)
CAROL = Person("", "carol")  # type: ignore[arg-type]  # the id is that of the row
ADA = Helper(person=Person("", "ada"), user=UserId(11), klass="core")  # type: ignore[arg-type]  # the same
OFFERED = Ticket(
    id=TicketId("0" * 32),
    token=Token("token-of-a-ticket-000000"),
    conversation=ConversationId(""),
    thread=Thread(
        channel=Channel.GITHUB,
        installation=INSTALLATION,
        repository=REPOSITORY,
        issue=99,
        number=1,
    ),
    customer=CAROL,
    customer_user=UserId(10),
    opened_at=NOW,
    since=NOW,
    terms=TERMS,
).start(Clock.OFFER, NOW + TERMS.offer)
CHOSEN = replace(OFFERED, chosen="question")
FREE = replace(OFFERED, terms=replace(TERMS, plans=()))


def at_checkout(state: CheckoutState, **changes: Any) -> Ticket:
    """A ticket whose session is that far."""
    is_open = state is not CheckoutState.OPENING
    checkout = Checkout(
        n=1,
        plan="question",
        state=state,
        session="cs_1" if is_open else "",
        url=CHECKOUT_URL if is_open else "",
        expires_at=NOW + timedelta(hours=2) if is_open else None,
    )
    return replace(CHOSEN, checkout=replace(checkout, **changes), checkouts=1)


PAID_AT = NOW + timedelta(hours=1)
PAYMENT = Payment(intent="pi_1", amount=QUESTION.price, charge="ch_1", succeeded_at=PAID_AT)
PENDING = replace(
    CHOSEN.stop(Clock.OFFER),
    money=MoneyState.PENDING,
    payment=replace(PAYMENT, charge="", succeeded_at=None),
)
FAILED = replace(CHOSEN, money=MoneyState.FAILED).start(Clock.OFFER, PAID_AT + TERMS.offer)
BROKEN = replace(CHOSEN, trouble=Trouble.CHECKOUT, checkouts=1)
QUEUED = replace(
    CHOSEN.enter(Stage.QUEUED, PAID_AT).start(Clock.NO_HELPER, PAID_AT + TERMS.no_helper),
    money=MoneyState.PAID,
    payment=PAYMENT,
    asked=(Asked(helper=ADA, at=PAID_AT, reason="It is their turn.", is_assigned=True),),
).start(Clock.ASK, PAID_AT + timedelta(hours=8))
TAKEN_AT = PAID_AT + timedelta(hours=2)
WORKING = replace(
    QUEUED.enter(Stage.WORKING, TAKEN_AT),
    helper=ADA,
    asked=(replace(QUEUED.asked[0], state=AskState.TOOK),),
    resolve_by=TAKEN_AT + timedelta(days=3),
)
STOPPING = replace(WORKING, is_cancel_asked=True).start(
    Clock.CANCEL, TAKEN_AT + timedelta(hours=50)
)
PROPOSED_AT = TAKEN_AT + timedelta(hours=1)
PROPOSED = replace(WORKING.enter(Stage.PROPOSED, PROPOSED_AT), note="Set proxy=on.").start(
    Clock.ACCEPT, PROPOSED_AT + TERMS.accept_within
)
DECLINED = replace(WORKING, declines=("It still fails.",), since=PROPOSED_AT)
REVIEW = replace(PROPOSED.enter(Stage.REVIEW, PROPOSED_AT), declines=("No.", "Still no.")).start(
    Clock.REVIEW, PROPOSED_AT + timedelta(days=5)
)
ACCEPTED = replace(
    PROPOSED.enter(Stage.ACCEPTED, PROPOSED_AT + timedelta(hours=1)), end=End.ACCEPTED
).start(Clock.GRACE, PROPOSED_AT + timedelta(days=3))
SETTLED = ACCEPTED.enter(Stage.SETTLED, PROPOSED_AT + timedelta(days=3))
REFUNDING = replace(
    QUEUED.enter(Stage.REFUNDED, PAID_AT + TERMS.no_helper),
    money=MoneyState.REFUNDING,
    end=End.NOBODY_CAME,
    repayments=(Repayment(intent="pi_1", amount=QUESTION.price, n=1),),
)
REFUNDED = replace(
    REFUNDING,
    money=MoneyState.REFUNDED,
    repayments=(replace(REFUNDING.repayments[0], refund="re_1", state=RepaymentState.DONE),),
)
PAID_TWICE = replace(QUEUED, strays=(Stray(intent="pi_2", amount=QUESTION.price),))
PARTLY_BACK = replace(
    WORKING,
    repayments=(
        Repayment(
            intent="pi_1",
            amount=Money(1000, "usd"),
            n=0,
            refund="re_2",
            state=RepaymentState.DONE,
        ),
    ),
)
STOPPED = replace(REFUNDED, stage=Stage.CANCELLED, end=End.BY_CUSTOMER)
WITHDRAWN = replace(OFFERED.enter(Stage.CANCELLED, PAID_AT), end=End.WITHDRAWN)
OVERTAKEN = replace(OFFERED.enter(Stage.CANCELLED, PAID_AT), end=End.OVERTAKEN)
EXPIRED = replace(OFFERED.enter(Stage.EXPIRED, NOW + TERMS.offer), end=End.UNPAID)

STAGES: dict[str, Ticket] = {
    "offered": OFFERED,
    "chosen": CHOSEN,
    "free": FREE,
    "opening": at_checkout(CheckoutState.OPENING),
    "open": at_checkout(CheckoutState.OPEN),
    "pending": PENDING,
    "failed": FAILED,
    "broken": BROKEN,
    "queued": QUEUED,
    "working": WORKING,
    "stopping": STOPPING,
    "proposed": PROPOSED,
    "declined": DECLINED,
    "review": REVIEW,
    "accepted": ACCEPTED,
    "settled": SETTLED,
    "paid_twice": PAID_TWICE,
    "partly_back": PARTLY_BACK,
    "refunding": REFUNDING,
    "refunded": REFUNDED,
    "stopped": STOPPED,
    "withdrawn": WITHDRAWN,
    "overtaken": OVERTAKEN,
    "expired": EXPIRED,
}


def shelve(
    session: Session,
    ticket: Ticket,
    *,
    n: int = 0,
    is_private: bool = False,
    is_active: bool = True,
) -> Ticket:
    """Write a ticket down with all that it needs; ``n`` tells several apart."""
    installations.save_installation(session, INSTALLATION, "octo", is_active=is_active, now=NOW)
    seen = RepositorySeen(
        id=REPOSITORY,
        owner="octo",
        name="widgets",
        is_private=is_private,
        is_archived=False,
        default_branch="main",
    )
    installations.save_repository(session, seen, INSTALLATION, now=NOW)
    identity = Identity(Provider.GITHUB, str(ticket.customer_user), ticket.customer.login)
    thread = replace(ticket.thread, issue=ticket.thread.issue + n, number=ticket.thread.number + n)
    conversation = conversations.find_or_add(
        session,
        thread,
        visibility=Visibility.PRIVATE if is_private else Visibility.PUBLIC,
        title="No proxy",
        question="How do I get through a proxy?",
        now=NOW,
    )
    ticket = replace(
        ticket,
        id=TicketId(f"{n:032x}"),
        token=Token(f"token-of-a-ticket-{n:06}"),
        thread=thread,
        conversation=conversation.id,
        customer=people.resolve(session, identity),
    )
    ticket_rows.save(session, ticket)
    return ticket
