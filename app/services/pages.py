"""What the public pages of a ticket show, and the one button on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from app.domain.events import CheckoutRequested
from app.domain.ids import TicketId
from app.domain.money import Division, Money
from app.domain.operator import Operator
from app.domain.tickets.checkout import can_pay
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.terms import PlanTerms
from app.domain.tickets.ticket import CheckoutState, Ticket, Trouble
from app.domain.wording import pages as words
from app.domain.wording.answers import Answers, answers
from app.store import events, installations
from app.store import tickets as ticket_rows


class Due(StrEnum):
    """Whether the pay page has anything to sell."""

    PLAN = "plan"
    """A plan is chosen, and can be paid."""
    CHOICE = "choice"
    """A plan has to be chosen first."""
    OPENING = "opening"
    """The checkout is being opened; the page looks again by itself."""
    NOTHING = "nothing"
    """Paid, on its way, cancelled, expired or withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of a price, as a person reads it."""

    name: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A plan as the pay page shows it."""

    plan: PlanTerms
    divisions: tuple[tuple[str, tuple[Line, ...]], ...]
    """For each class of helper that changes the division: its name and the parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page of a ticket tells: only what stands in public anyway."""

    ticket: TicketId
    token: str
    repository: str
    """``owner/name``; empty where the repository is private."""
    issue_url: str
    title: str
    """The heading: the ticket's stage in words."""
    stage: Stage
    money: MoneyState
    answers: Answers
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPage:
    """The pay page."""

    page: Page
    due: Due
    offers: tuple[Offer, ...]
    """The chosen plan alone, or all there are."""
    session_url: str
    """Where to pay; empty until a session for the chosen plan is open."""
    reason: str
    """Why nothing is due, or why the checkout could not be opened; in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """The ticket's own page, which goes on when the issue is gone."""

    page: Page
    plan: PlanTerms | None
    helper: str
    reason: str
    """Why this helper."""
    division: tuple[Line, ...]
    timeline: tuple[tuple[datetime, str], ...]
    can_pay: bool


def pay_page(
    session: Session, token: str, plan_id: str, *, operator: Operator, now: datetime
) -> PayPage | None:
    """Show what there is to pay; ``None`` for a token that nobody has."""
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return None
    page = _page(session, ticket, operator)
    if not can_pay(ticket) or not ticket.terms.plans:
        return PayPage(
            page=page,
            due=Due.NOTHING,
            offers=(),
            session_url="",
            reason=words.why_nothing_is_due(ticket),
        )
    plan = _plan(ticket, plan_id)
    if plan is None:
        offers = tuple(_offer(each) for each in ticket.terms.plans)
        return PayPage(page=page, due=Due.CHOICE, offers=offers, session_url="", reason="")
    checkout = ticket.checkout
    is_under_way = checkout is not None and checkout.state is not CheckoutState.OPEN
    is_alive = checkout is not None and (checkout.expires_at is None or checkout.expires_at > now)
    session_url = ""
    if checkout is not None and is_alive and checkout.plan == plan.id and not checkout.next_plan:
        session_url = checkout.url if checkout.state is CheckoutState.OPEN else ""
    return PayPage(
        page=page,
        due=Due.OPENING if is_under_way and not session_url else Due.PLAN,
        offers=(_offer(plan),),
        session_url=session_url,
        reason=words.CHECKOUT_TROUBLE if ticket.trouble is Trouble.CHECKOUT else "",
    )


def _plan(ticket: Ticket, plan_id: str) -> PlanTerms | None:
    """Find the plan that is meant: the one in the address, the one named first, the only one."""
    terms = ticket.terms
    if plan_id:
        return terms.plan(plan_id)
    if ticket.chosen:
        return terms.plan(ticket.chosen)
    return terms.plans[0] if len(terms.plans) == 1 else None


def request_checkout(session: Session, token: str, plan_id: str, *, now: datetime) -> bool:
    """Ask for a session for a plan; ``False`` for an unknown token.

    Pressing the button twice asks once: the request is named after the session that it would open.
    """
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return False
    plan = _plan(ticket, plan_id) if can_pay(ticket) else None
    if plan is not None:
        state = ticket.checkout.state if ticket.checkout else "none"
        is_over = bool(
            ticket.checkout and ticket.checkout.expires_at and ticket.checkout.expires_at <= now
        )
        events.add_once(
            session,
            CheckoutRequested(ticket=ticket.id, plan=plan.id),
            key=f"{ticket.id}:pay:{ticket.checkouts}:{state}:{is_over}:{plan.id}",
            lane=ticket.thread.lane,
            now=now,
            tenant=ticket.thread.installation,
        )
    return True


def ticket_page(session: Session, token: str, *, operator: Operator) -> TicketPage | None:
    """Show where a ticket stands; ``None`` for a token that nobody has."""
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return None
    newest = ticket.asked[-1] if ticket.asked else None
    current = newest if ticket.helper is not None or ticket.asking is not None else None
    return TicketPage(
        page=_page(session, ticket, operator),
        plan=ticket.plan if ticket.payment is not None else None,
        helper=current.helper.person.login if current else "",
        reason=current.reason if current else "",
        division=_lines(ticket.division) if ticket.division else (),
        timeline=words.timeline(ticket),
        can_pay=can_pay(ticket) and bool(ticket.terms.plans),
    )


def _page(session: Session, ticket: Ticket, operator: Operator) -> Page:
    repository = installations.repository(session, ticket.thread.repository)
    is_public = repository is not None and not repository.is_private
    name = f"{repository.owner}/{repository.name}" if repository and is_public else ""
    issue_url = f"{operator.repository_url}/{name}/issues/{ticket.thread.number}" if name else ""
    return Page(
        ticket=ticket.id,
        token=ticket.token,
        repository=name,
        issue_url=issue_url,
        title=words.title(ticket),
        stage=ticket.stage,
        money=ticket.money,
        answers=answers(ticket, operator),
        opened_at=ticket.opened_at,
    )


def _offer(plan: PlanTerms) -> Offer:
    """Write out the division of a plan, once where every class has the same."""
    divisions = {share.klass: _lines(share.divide(plan.price)) for share in plan.shares}
    if len(set(divisions.values())) == 1:
        return Offer(plan=plan, divisions=(("", next(iter(divisions.values()))),))
    return Offer(plan=plan, divisions=tuple(divisions.items()))


def _lines(division: Division) -> tuple[Line, ...]:
    """Name the parts of a price."""
    return (
        Line(name=words.TO_HELPER, amount=division.helper),
        Line(name=words.TO_REPOSITORY, amount=division.repository),
        Line(name=words.TO_PLATFORM, amount=division.platform),
        Line(name=words.FOR_PROCESSING, amount=division.fee),
    )
