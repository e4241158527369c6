"""What a ticket does when a bank doubts one of its payments, or takes it back; no I/O.

What moved is written in the books when Stripe shows its balance transaction. What a bank kept acts
like money that went back: if it was all, the ticket ends; if a part, it goes on with the rest.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from app.domain import ledger
from app.domain.effects import Effect, NoticeKind, ReadPayment
from app.domain.events import BalanceMove, DisputeRead, DisputeStatus, WarningRead
from app.domain.ledger import Entry
from app.domain.money import Money
from app.domain.tickets import booking, refunds, sums
from app.domain.tickets.decision import Decision, nothing, notify
from app.domain.tickets.paying import Dispute, DisputeState, FraudWarning, Payment, Stray
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Ticket, Trouble
from app.domain.wording import notices

_STATES: Final = {
    DisputeStatus.INQUIRY: DisputeState.INQUIRY,
    DisputeStatus.OPEN: DisputeState.OPEN,
    DisputeStatus.CLOSED: DisputeState.CLOSED,
    DisputeStatus.WON: DisputeState.WON,
    DisputeStatus.LOST: DisputeState.LOST,
}
_IN_ORDER: Final = list(DisputeState)


def dispute_read(ticket: Ticket, event: DisputeRead, now: datetime) -> Decision:
    """Take in what a dispute says of itself."""
    ticket, known = _known(ticket.calm(Trouble.PAYMENT), event)
    state = max(known.state, _STATES[event.status], key=_IN_ORDER.index)
    dispute = replace(known, state=state, answer_by=event.answer_by or known.answer_by)
    entries: list[Entry] = []
    for move in event.moves:
        if move.id not in dispute.moves:
            dispute, entry = _book(ticket, dispute, move, now)
            entries += entry
    told = tuple(dispute if each is known else each for each in ticket.disputes)
    ticket = replace(ticket, disputes=told)
    if dispute.state is DisputeState.WON and not dispute.is_open:
        ticket = _lift(ticket, dispute.intent)
    read = Decision(ticket=ticket, entries=tuple(entries), reason=f"the dispute is {state}")
    read = read.then(*_look_for_payment(ticket, event.intent, event.dispute))
    return catch_up(read, now)


def warned(ticket: Ticket, event: WarningRead) -> Decision:
    """Freeze the ticket because a bank warns of fraud; the operator looks, and lifts it."""
    if any(each.warning == event.warning for each in ticket.warnings):
        return nothing(ticket, "that warning was known")
    warning = FraudWarning(warning=event.warning, intent=event.intent)
    ticket = replace(ticket, warnings=(*ticket.warnings, warning))
    read = Decision(ticket=ticket, reason="a bank warns of fraud")
    return read.then(*_look_for_payment(ticket, event.intent, event.warning))


def lift(ticket: Ticket) -> Decision:
    """Let the ticket go on, because the operator has looked at every warning."""
    if all(each.is_lifted for each in ticket.warnings):
        return nothing(ticket, "there is no warning to lift")
    lifted = tuple(replace(each, is_lifted=True) for each in ticket.warnings)
    return Decision(ticket=replace(ticket, warnings=lifted), reason="the operator lets it go on")


def catch_up(decision: Decision, now: datetime) -> Decision:
    """Write down what banks kept as soon as the books can, and do what follows from it."""
    ticket, booked = decision.ticket, decision.entries
    before = ticket.kept
    for each in ticket.disputes:
        ticket, entry = _book_loss(ticket, each, now)
        booked += entry
    effects: tuple[Effect, ...] = ()
    is_all = before is not None and before.amount > 0 and not _amount(ticket.kept)
    if is_all and not ticket.stage.is_over:
        ticket, effects = refunds.stop(ticket, End.BY_BANK, Stage.REFUNDED, now)
    if is_all and ticket.helper is not None:
        ticket, told = notify(ticket, NoticeKind.REFUND, notices.lost(ticket))
        effects = (*effects, *told)
    if ticket.stage.is_over:
        ticket = replace(ticket, money=sums.money_when_over(ticket))
    if sums.is_square(ticket):
        ticket = ticket.calm(Trouble.REFUND)
    ticket, ordered = _give_strays_back(ticket)
    ticket = booking.watch(sums.with_banks_word(ticket), now)
    return replace(
        decision,
        ticket=ticket,
        entries=booked,
        effects=(*decision.effects, *effects, *ordered),
    )


def _known(ticket: Ticket, event: DisputeRead) -> tuple[Ticket, Dispute]:
    """Find a dispute, or note a new one."""
    for each in ticket.disputes:
        if each.dispute == event.dispute:
            return ticket, each
    nought = Money(0, event.amount.currency)
    new = Dispute(
        dispute=event.dispute,
        intent=event.intent,
        state=_STATES[event.status],
        held=nought,
        lost=nought,
        beyond=nought,
    )
    return replace(ticket, disputes=(*ticket.disputes, new)), new


def _look_for_payment(ticket: Ticket, intent: str, cause: str) -> tuple[Effect, ...]:
    """Read the payment that a bank doubts, where its own news have not come yet."""
    if _payment(ticket, intent) is not None:
        return ()
    return (ReadPayment(lane=ticket.thread.lane, intent=intent, cause=cause),)


def _payment(ticket: Ticket, intent: str) -> Payment | Stray | None:
    """Find one of the ticket's payments."""
    payments = (*ticket.strays, *((ticket.payment,) if ticket.payment is not None else ()))
    return next((each for each in payments if each.intent == intent), None)


def _lift(ticket: Ticket, intent: str) -> Ticket:
    """Forget what a bank warned of before it decided for us."""
    lifted = tuple(
        replace(each, is_lifted=True) if each.intent == intent else each for each in ticket.warnings
    )
    return replace(ticket, warnings=lifted)


def _amount(money: Money | None) -> int:
    return money.amount if money is not None else 0


# ------------------------------------------------------------------ the books


def _book(
    ticket: Ticket, dispute: Dispute, move: BalanceMove, now: datetime
) -> tuple[Dispute, tuple[Entry, ...]]:
    """Write down what a dispute moved: the bank took something, or gave it back."""
    at, amount = move.at or now, move.amount
    noted = replace(dispute, moves=(*dispute.moves, move.id))
    if dispute.is_loss_booked:
        # It was lost, and moves again: a person has to look.
        entry = ledger.unexplained(move=move.id, amount=amount, fee=move.fee, occurred_at=at)
        return noted, (entry,)
    noted = replace(noted, held=dispute.held - amount)
    if not amount.amount and not move.fee.amount:
        return noted, ()
    if amount.amount > 0:
        entry = ledger.dispute_won(
            ticket=ticket.id,
            repository=ticket.thread.repository,
            move=move.id,
            amount=amount,
            fee=move.fee,
            occurred_at=at,
        )
    else:
        entry = ledger.dispute_withdrawn(
            ticket=ticket.id,
            repository=ticket.thread.repository,
            move=move.id,
            amount=-amount,
            fee=move.fee,
            occurred_at=at,
        )
    return noted, (entry,)


def _book_loss(ticket: Ticket, dispute: Dispute, now: datetime) -> tuple[Ticket, tuple[Entry, ...]]:
    """Write down what a bank kept, once the books have the payment and what the bank took."""
    paid = _payment(ticket, dispute.intent)
    is_decided = dispute.state is DisputeState.LOST and not dispute.is_loss_booked
    if paid is None or not paid.is_booked or not is_decided or not dispute.moves:
        return ticket, ()
    if not all(each.is_read for each in ticket.repayments if each.intent == paid.intent):
        return ticket, ()  # only the books know how much was left to be taken
    kept = dispute.held
    taken = Money(min(kept.amount, _left(ticket, paid)), kept.currency)
    beyond = kept - taken
    booked = replace(dispute, held=kept - kept, lost=kept, beyond=beyond, is_loss_booked=True)
    entries = (_loss(ticket, dispute, taken, beyond, now),) if kept.amount > 0 else ()
    if ticket.payment is paid and ticket.divided is not None:
        ticket = replace(ticket, divided=ticket.divided - taken)
    told = tuple(booked if each is dispute else each for each in ticket.disputes)
    return replace(ticket, disputes=told), entries


def _left(ticket: Ticket, paid: Payment | Stray) -> int:
    """Say how much of a payment there still is in the books, in minor units."""
    if ticket.payment is paid and ticket.divided is not None:
        return ticket.divided.amount
    gone = sum(
        each.amount.amount
        for each in ticket.repayments
        if each.intent == paid.intent and each.is_booked and not each.is_return_booked
    )
    taken = (e.lost - e.beyond for e in ticket.disputes if e.intent == paid.intent)
    return max(0, paid.amount.amount - gone - sum(each.amount for each in taken))


def _loss(ticket: Ticket, dispute: Dispute, taken: Money, beyond: Money, now: datetime) -> Entry:
    """Write down a loss: of a stray payment, of what is held, or of what the shares hold."""
    repository, name = ticket.thread.repository, dispute.dispute
    if ticket.payment is None or ticket.payment.intent != dispute.intent:
        return ledger.dispute_lost_unapplied(
            ticket=ticket.id,
            repository=repository,
            dispute=name,
            intent=dispute.intent,
            amount=taken,
            beyond=beyond,
            occurred_at=now,
        )
    tax = Money(0, taken.currency)
    if ticket.divided is None:
        return ledger.dispute_lost(
            ticket=ticket.id,
            repository=repository,
            dispute=name,
            gross=taken,
            tax=tax,
            beyond=beyond,
            occurred_at=now,
        )
    helper, share = ticket.helper, ticket.share
    assert helper is not None, "a price is divided with a helper"
    assert share is not None, "a price is divided by a rule"
    return ledger.dispute_lost_after_settlement(
        ticket=ticket.id,
        repository=repository,
        helper=helper.person.id,
        dispute=name,
        part=share.divide_part(ticket.divided, ticket.divided - taken),
        tax=tax,
        beyond=beyond,
        occurred_at=now,
    )


def _give_strays_back(ticket: Ticket) -> tuple[Ticket, tuple[Effect, ...]]:
    """Order what a dispute kept from going back, now that its bank has decided for us."""
    effects: list[Effect] = []
    for stray in ticket.strays:
        is_ordered = any(each.intent == stray.intent and each.n for each in ticket.repayments)
        rest = ticket.rest(stray)
        if rest.amount and not is_ordered and not sums.is_disputed(ticket, stray.intent):
            ticket, refund = refunds.order(ticket, stray.intent, rest)
            effects.append(refund)
    return ticket, tuple(effects)
