"""What the public pages of a ticket show, and the one button on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from app.domain.events import CheckoutRequested
from app.domain.money import Division, Money
from app.domain.operator import Operator
from app.domain.tickets.checkout import can_pay
from app.domain.tickets.paying import Checkout, CheckoutState
from app.domain.tickets.terms import PlanTerms
from app.domain.tickets.ticket import Ticket
from app.domain.wording import pages as words
from app.domain.wording.answers import Answers, answers
from app.store import events, installations, policies
from app.store import tickets as ticket_rows


class Due(StrEnum):
    """Whether the pay page has anything to sell."""

    PLAN = "plan"
    """A plan is chosen, and can be paid."""
    CHOICE = "choice"
    """A plan has to be chosen first."""
    OPENING = "opening"
    """The checkout of the plan is being opened; the page looks again by itself."""
    NOTHING = "nothing"
    """Paid, on its way, cancelled, expired, withdrawn, or not for sale any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One part of a price, as a person reads it: an amount for each class of helper."""

    name: str
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A plan as the pay page shows it."""

    plan: PlanTerms
    promises: tuple[str, ...]
    classes: tuple[str, ...]
    """The classes of helpers that change the division; empty where none does."""
    division: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page of a ticket tells: only what stands in public anyway."""

    token: str
    place: str
    """``owner/name #number``; empty where the repository is private."""
    issue_url: str
    customer: str
    """Who asked; empty where the repository is private."""
    title: str
    """The heading: the ticket's stage in words."""
    notes: tuple[str, ...]
    """What is out of the ordinary, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPage:
    """The pay page."""

    page: Page
    due: Due
    offers: tuple[Offer, ...] = ()
    """The chosen plan alone, or all there are."""
    has_others: bool = False
    """There are more plans than the chosen one."""
    assurances: tuple[words.Assurance, ...] = ()
    session_url: str = ""
    """Where to pay; empty until a session for the chosen plan is open."""
    reason: str = ""
    """Why nothing is due, or why there is a choice again; in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """The ticket's own page, which goes on when the issue is gone."""

    page: Page
    steps: tuple[words.Step, ...]
    answers: Answers
    plan: PlanTerms | None
    helper: str
    """Who has taken it, or is being asked; empty where nobody is."""
    is_taken: bool
    reason: str
    """Why this helper."""
    division: tuple[Line, ...]
    timeline: tuple[tuple[datetime, str], ...]
    can_pay: bool
    has_open_checkout: bool
    """A checkout can be paid right now: whoever comes from it may have done so."""


def pay_page(
    session: Session, token: str, plan_id: str | None, *, operator: Operator, now: datetime
) -> PayPage | None:
    """Show what there is to pay; ``None`` for a token that nobody has.

    ``plan_id`` is the address's: ``None`` where it names none, empty to see them all.
    """
    found = _find(session, token, operator)
    if found is None:
        return None
    ticket, page = found
    obstacle = _obstacle(session, ticket, operator)
    if obstacle:
        return PayPage(page=page, due=Due.NOTHING, reason=obstacle)
    plan = _plan(ticket, plan_id)
    assurances = words.assurances(ticket, operator)
    if plan is None:
        return PayPage(
            page=page,
            due=Due.CHOICE,
            offers=tuple(_offer(each) for each in ticket.terms.plans),
            assurances=assurances,
            reason=words.UNKNOWN_PLAN if plan_id else "",
        )
    session_url = _session_url(ticket.checkout, plan, now)
    is_opening = not session_url and (
        _is_under_way(ticket.checkout, plan)
        or events.is_waiting(session, _request_key(ticket, plan, now))
    )
    return PayPage(
        page=page,
        due=Due.OPENING if is_opening else Due.PLAN,
        offers=(_offer(plan),),
        has_others=len(ticket.terms.plans) > 1,
        assurances=assurances,
        session_url=session_url,
    )


def request_checkout(
    session: Session, token: str, plan_id: str | None, *, operator: Operator, now: datetime
) -> bool:
    """Ask for a session for a plan; ``False`` for an unknown token.

    Pressing the button twice asks once: the request is named after the session that it would open.
    """
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return False
    plan = _plan(ticket, plan_id)
    if plan is None or _obstacle(session, ticket, operator):
        return True
    if not _session_url(ticket.checkout, plan, now):
        events.add_once(
            session,
            CheckoutRequested(ticket=ticket.id, plan=plan.id),
            key=_request_key(ticket, plan, now),
            lane=ticket.thread.lane,
            now=now,
            tenant=ticket.thread.installation,
        )
    return True


def ticket_page(
    session: Session, token: str, *, operator: Operator, sees_names: bool = False
) -> TicketPage | None:
    """Show where a ticket stands; ``None`` for a token that nobody has.

    With ``sees_names`` also the names of a private repository, to somebody who may read it.
    """
    found = _find(session, token, operator, sees_names=sees_names)
    if found is None:
        return None
    ticket, page = found
    newest = ticket.asked[-1] if ticket.asked else None
    current = newest if ticket.helper is not None or ticket.asking is not None else None
    checkout = ticket.checkout
    is_due = not _obstacle(session, ticket, operator)
    return TicketPage(
        page=page,
        steps=words.steps(ticket),
        answers=answers(ticket, operator),
        plan=ticket.plan if ticket.payment is not None else None,
        helper=current.helper.person.login if current else "",
        is_taken=ticket.helper is not None,
        reason=current.reason if current else "",
        division=_lines((ticket.division,)) if ticket.division else (),
        timeline=words.timeline(ticket),
        can_pay=is_due,
        has_open_checkout=is_due and checkout is not None and checkout.state is CheckoutState.OPEN,
    )


def _find(
    session: Session, token: str, operator: Operator, *, sees_names: bool = False
) -> tuple[Ticket, Page] | None:
    """Find a ticket as everybody may see it, and what every page tells of it."""
    ticket = ticket_rows.by_token(session, token)
    if ticket is None:
        return None
    repository = installations.repository(session, ticket.thread.repository)
    number = ticket.thread.number
    name = ""
    if repository is None or (repository.is_private and not sees_names):
        ticket = words.without_names(ticket)
    else:
        name = f"{repository.owner}/{repository.name}"
    return ticket, Page(
        token=ticket.token,
        place=f"{name} #{number}" if name else "",
        issue_url=f"{operator.repository_url}/{name}/issues/{number}" if name else "",
        customer=ticket.customer.login if name else "",
        title=words.title(ticket),
        notes=words.notes(ticket),
    )


def _obstacle(session: Session, ticket: Ticket, operator: Operator) -> str:
    """Say why nothing can be paid; empty where something can."""
    if not can_pay(ticket) or not ticket.terms.plans:
        return words.why_nothing_is_due(ticket)
    if not installations.can_speak(session, ticket.thread.repository):
        return words.NO_REPOSITORY
    if policies.handed_over_at(session, ticket.thread.repository) is not None:
        return words.NEW_OWNER
    return "" if operator.has_checkout else words.NO_CHECKOUT


def _plan(ticket: Ticket, plan_id: str | None) -> PlanTerms | None:
    """Find the plan that is meant: the one in the address, the one named first, the only one."""
    terms = ticket.terms
    if plan_id is not None:
        return terms.plan(plan_id.lower())
    if ticket.chosen:
        return terms.plan(ticket.chosen)
    return terms.plans[0] if len(terms.plans) == 1 else None


def _session_url(checkout: Checkout | None, plan: PlanTerms, now: datetime) -> str:
    """Give the address of the session that is open for this plan; empty where none is."""
    if checkout is None or checkout.state is not CheckoutState.OPEN or checkout.plan != plan.id:
        return ""
    return "" if _is_over(checkout, now) else checkout.url


def _is_over(checkout: Checkout, now: datetime) -> bool:
    return checkout.expires_at is not None and checkout.expires_at <= now


def _is_under_way(checkout: Checkout | None, plan: PlanTerms) -> bool:
    """Say whether a session for this plan is on its way, and not only one for another plan."""
    match checkout:
        case Checkout(state=CheckoutState.OPENING):
            return plan.id == (checkout.next_plan or checkout.plan)
        case Checkout(state=CheckoutState.CLOSING):
            return plan.id == checkout.next_plan
        case _:
            return False


def _request_key(ticket: Ticket, plan: PlanTerms, now: datetime) -> str:
    """Name a request after what it finds: the next one is another one only if this one was done.

    The clocks count as well: a request that came while a bank still thought about it did nothing,
    and must be possible anew when the bank has said no.
    """
    checkout = ticket.checkout
    if checkout is None:
        found = "none"
    elif _is_over(checkout, now):
        found = "over"
    else:
        found = f"{checkout.state}:{checkout.next_plan}"
    return f"{ticket.id}:pay:{ticket.checkouts}:{ticket.ticks}:{found}:{plan.id}"


def _offer(plan: PlanTerms) -> Offer:
    """Write out a plan, with its division for each class, or once where all have the same."""
    divisions = {share.klass: share.divide(plan.price) for share in plan.shares}
    classes, columns = tuple(divisions), tuple(divisions.values())
    if len(set(columns)) == 1:
        classes, columns = (), columns[:1]
    return Offer(
        plan=plan, promises=words.promises(plan), classes=classes, division=_lines(columns)
    )


def _lines(divisions: tuple[Division, ...]) -> tuple[Line, ...]:
    """Name the parts of a price; a part that is nothing for everybody is left out."""
    lines = (
        Line(name=words.TO_HELPER, amounts=tuple(each.helper for each in divisions)),
        Line(name=words.TO_REPOSITORY, amounts=tuple(each.repository for each in divisions)),
        Line(name=words.TO_PLATFORM, amounts=tuple(each.platform for each in divisions)),
        Line(name=words.FOR_PROCESSING, amounts=tuple(each.fee for each in divisions)),
    )
    return tuple(line for line in lines if any(part.amount for part in line.amounts))
