"""A ticket to tell stories about: its people, its terms, and whatever happens to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import commands
from app.domain.assignment import Candidate, Rule
from app.domain.clockwork import ALWAYS_OPEN, Calendar, Promise
from app.domain.conversations import Channel, Thread
from app.domain.effects import Effect
from app.domain.events import (
    AccessRegained,
    AnswerGiven,
    BalanceMove,
    CheckoutOpened,
    CheckoutRequested,
    CommandGiven,
    FileChanged,
    HelperAssigned,
    LabelPut,
    MaintainerFound,
    PaymentRead,
    PaymentStatus,
    RefundRead,
    RefundStatus,
    TimeCame,
)
from app.domain.ids import (
    ConversationId,
    InstallationId,
    PersonId,
    RepositoryId,
    TicketId,
    Token,
    UserId,
)
from app.domain.ledger import Entry
from app.domain.money import Money, ProcessingFee
from app.domain.operator import Operator
from app.domain.people import Permission, Person
from app.domain.questions import asks_something
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decide import TicketEvent, decide, show
from app.domain.tickets.decision import Around, Decision, Nominee
from app.domain.tickets.terms import PlanTerms, Share, Terms
from app.domain.tickets.ticket import DraftState, Helper, Ticket
from app.domain.wording import card
from tests.domain.tickets.seen import Seen

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
TICKET = TicketId("0192f0c1a2b37d4e8f90a1b2c3d4e5f6")
TOKEN = Token("pEbbVjd3Kz4vWf8xZq2n1A")

CAROL, DAVE, ADA, GRACE, MAX, MALLORY = "carol", "dave", "ada", "grace", "max", "mallory"
PEOPLE = (CAROL, DAVE, ADA, GRACE, MAX, MALLORY)
"""The customer, another customer, two helpers, a maintainer, and a stranger."""
CLASSES = {ADA: "core", GRACE: "community"}

FEE = ProcessingFee(basis_points=290, fixed_minor=30)
OPERATOR = Operator(
    public_url="https://mainstay.test",
    seller="Mainstay",
    support_email="money@mainstay.test",
    terms_url="",
    currencies=("usd",),
    fees={"usd": FEE},
    platform_bp=500,
    has_checkout=True,
    has_model=True,
)
THREAD = Thread(
    channel=Channel.GITHUB,
    installation=InstallationId(3),
    repository=RepositoryId(7),
    issue=1001,
    number=12,
)


def usd(amount: int) -> Money:
    return Money(amount, "usd")


def user(login: str) -> UserId:
    return UserId(100 + PEOPLE.index(login))


def person(login: str) -> Person:
    return Person(PersonId(f"{user(login):032x}"), login)


def helper(login: str) -> Helper:
    return Helper(person=person(login), user=user(login), klass=CLASSES.get(login, "core"))


def nominee(login: str, calendar: Calendar = ALWAYS_OPEN, **known: object) -> Nominee:
    """Somebody from the file, who works day and night unless a calendar says otherwise."""
    made = helper(login)
    facts: dict[str, Any] = {"open_tickets": 0, **known}
    candidate = Candidate(user=made.user, login=login, klass=made.klass, **facts)
    return Nominee(helper=made, candidate=candidate, calendar=calendar)


def share(klass: str, repository_bp: int) -> Share:
    return Share(klass=klass, fee=FEE, platform_bp=500, repository_bp=repository_bp)


def plan(id_: str = "question", price: int = 4900, title: str = "Quick question") -> PlanTerms:
    return PlanTerms(
        id=id_,
        title=title,
        price=usd(price),
        respond_within=Promise.parse("8h"),
        resolve_within=Promise.parse("3d"),
        shares=(share("core", 500), share("community", 1500)),
    )


PLANS = (plan(), plan("session", 18000, "One-hour session"))


def terms(
    *,
    plans: tuple[PlanTerms, ...] = PLANS,
    rule: Rule = Rule.ROTATE,
    zone: str = "UTC",
    opened_text: str = "",
    community: timedelta | None = timedelta(hours=24),
) -> Terms:
    return Terms(
        policy="d1",
        plans=plans,
        helpers=(ADA, GRACE),
        assignment=rule,
        has_draft=True,
        offer=timedelta(days=14),
        no_helper=timedelta(hours=48),
        accept_within=timedelta(days=3),
        grace=timedelta(days=3),
        community=community,
        zone=zone,
        opened_text=opened_text,
    )


def offer(offered: Terms | None = None, chosen: str = "") -> Ticket:
    """An offer as the services open it: its card is ordered, and a draft is being made."""
    given = offered or terms()
    opened = Ticket(
        id=TICKET,
        token=TOKEN,
        conversation=ConversationId("c1"),
        thread=THREAD,
        customer=person(CAROL),
        customer_user=user(CAROL),
        opened_at=START,
        since=START,
        terms=given,
        chosen=chosen,
        draft=DraftState.ASKED,
    ).start(Clock.OFFER, START + given.offer)
    around = Around(operator=OPERATOR, nominees=())
    return show(None, Decision(ticket=opened, reason="the offer is made"), around).ticket


def move(id_: str, amount: int, fee: int = 0, at: datetime = START) -> BalanceMove:
    return BalanceMove(id=id_, amount=usd(amount), fee=usd(fee), at=at)


class Story(Seen):
    """What happens to a ticket, one thing after another; with all that was ordered and booked."""

    def __init__(
        self, ticket: Ticket | None = None, *, helpers: tuple[str, ...] = (ADA, GRACE)
    ) -> None:
        self.ticket = ticket or offer()
        self.now = START
        self.nominees = {login: nominee(login) for login in helpers}
        self.last = Decision(ticket=self.ticket, reason="the story begins")
        self.effects: list[Effect] = []
        self.entries: dict[str, Entry] = {}
        self.comments = 0
        self.topics: frozenset[str] = frozenset()
        self.writers: dict[str, Person] = {}
        self.people: tuple[Person, ...] = ()
        self.handed_over_at: datetime | None = None
        self.stewards: tuple[UserId, ...] = (user(ADA), user(CAROL), user(MAX))

    # what happens

    def does(self, event: TicketEvent) -> Decision:
        around = Around(
            operator=OPERATOR,
            nominees=tuple(self.nominees.values()),
            topics=self.topics,
            people=self.people,
            writers=tuple(self.writers.values()),
            handed_over_at=self.handed_over_at,
            stewards=self.stewards,
        )
        self.last = decide(self.ticket, event, around, self.now)
        self.ticket = self.last.ticket
        self.effects += self.last.effects
        for entry in self.last.entries:
            self.entries.setdefault(entry.key, entry)  # the books write each key once
        return self.last

    def says(self, login: str, words: str, permission: Permission | None = None) -> Decision:
        """Let somebody write a comment: a command, or an answer."""
        self.comments += 1
        ref, by = str(self.comments), person(login)
        self.writers[login] = by
        command = commands.read(
            words, plan_ids=[each.id for each in self.ticket.terms.plans], currency="usd"
        )
        is_question = asks_something(words)
        if command is None:
            return self.does(
                AnswerGiven(
                    ticket=TICKET, ref=ref, by=by, user=user(login), is_question=is_question
                )
            )
        return self.does(
            CommandGiven(
                ticket=TICKET,
                ref=ref,
                by=by,
                user=user(login),
                command=command,
                is_question=is_question,
                permission=permission,
            )
        )

    def waits(self, **by: float) -> Story:
        """Let time pass; every clock strikes when it is due."""
        until = self.now + timedelta(**by)
        while due := [each for each in self.running if each.due_at <= until]:
            first = min(due, key=lambda each: each.due_at)
            self.now = max(self.now, first.due_at)
            self.strikes(first.clock)
        self.now = until
        return self

    def strikes(self, clock: Clock) -> Decision:
        """Let a clock strike now, whenever it was due."""
        n = next(each.n for each in self.ticket.clocks if each.clock is clock)
        return self.does(TimeCame(ticket=TICKET, clock=clock, n=n))

    def presses(self, plan_id: str = "question") -> Decision:
        return self.does(CheckoutRequested(ticket=TICKET, plan=plan_id))

    def opens(self, n: int = 1) -> Decision:
        return self.does(
            CheckoutOpened(
                ticket=TICKET,
                n=n,
                session=f"cs_{n}",
                url=f"https://stripe.test/{n}",
                expires_at=self.now + timedelta(hours=2),
            )
        )

    def pays(
        self,
        intent: str = "pi_1",
        status: PaymentStatus = PaymentStatus.SUCCEEDED,
        *,
        plan_id: str = "question",
        amount: int | None = None,
        at: datetime | None = None,
        is_booked: bool = True,
        returned: BalanceMove | None = None,
    ) -> Decision:
        known = self.ticket.terms.plan(plan_id)
        price = amount if amount is not None else (known.price.amount if known else 4900)
        is_paid = status is PaymentStatus.SUCCEEDED
        return self.does(
            PaymentRead(
                intent=intent,
                status=status,
                amount=usd(price),
                ticket=TICKET,
                plan=plan_id,
                charge=f"ch_{intent}",
                succeeded_at=(at or self.now) if is_paid else None,
                move=move(f"txn_{intent}", price, 172) if is_booked else None,
                returned=returned,
            )
        )

    def refunds(
        self,
        status: RefundStatus = RefundStatus.SUCCEEDED,
        *,
        intent: str = "pi_1",
        amount: int = 4900,
        refund: str = "re_1",
        is_booked: bool = True,
        is_return_booked: bool = True,
    ) -> Decision:
        is_back = status is RefundStatus.FAILED and is_booked and is_return_booked
        return self.does(
            RefundRead(
                refund=refund,
                intent=intent,
                status=status,
                amount=usd(amount),
                occurred_at=self.now,
                move=move(f"txn_{refund}", -amount) if is_booked else None,
                returned=move(f"txn_{refund}_back", amount) if is_back else None,
            )
        )

    def assigns(self, login: str, *, is_assigned: bool = True) -> Decision:
        return self.does(HelperAssigned(ticket=TICKET, user=user(login), is_assigned=is_assigned))

    def puts(self, *, is_ours: bool = True) -> Decision:
        """Let the label for volunteers be put on the issue; or it was there before."""
        return self.does(LabelPut(ticket=TICKET, is_ours=is_ours))

    # how far a story is, in one word each

    def gets_new_owner(self) -> Decision:
        """Let the repository be transferred to somebody who has not agreed to anything."""
        self.handed_over_at = self.now
        return self.does(AccessRegained(ticket=TICKET, installation=InstallationId(4)))

    def owner_agrees(self) -> Decision:
        """Let the new owner agree to the file."""
        self.handed_over_at = None
        return self.does(FileChanged(ticket=TICKET))

    def finds(self, login: str = MAX) -> Decision:
        """Let GitHub say who of those who may decide about money is one."""
        return self.does(MaintainerFound(ticket=TICKET, user=user(login), login=login))

    def asking_volunteers(self) -> Story:
        self.says(CAROL, "/support community")
        self.puts()
        return self

    def paid(self) -> Story:
        self.pays()
        if self.asked:
            self.assigns(self.asked)
        return self

    def working(self) -> Story:
        self.paid().says(ADA, "/support claim")
        return self

    def proposed(self, note: str = "") -> Story:
        self.working().says(ADA, f"/support propose {note}")
        return self

    def reviewed(self) -> Story:
        self.proposed().says(CAROL, "/support decline it still fails")
        self.says(ADA, "/support propose")
        self.says(CAROL, "/support decline no")
        return self

    def accepted(self) -> Story:
        self.proposed().says(CAROL, "/support accept")
        return self

    def settled(self) -> Story:
        self.accepted().waits(days=3)
        return self

    # what one sees of it

    @property
    def state(self) -> str:
        return f"{self.ticket.stage} {self.ticket.money}"

    @property
    def asked(self) -> str:
        return self.ticket.asking.helper.person.login if self.ticket.asking else ""

    @property
    def card(self) -> str:
        return card.text(self.ticket, OPERATOR)

    def without_helper(self, login: str) -> Story:
        del self.nominees[login]
        return self

    def changed(self, **fields: object) -> Story:
        self.ticket = replace(self.ticket, **fields)  # type: ignore[arg-type]  # by name
        return self
