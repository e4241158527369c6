"""The one entry to a ticket: total over what can happen to it, at any stage; no I/O.

A stale or repeated event changes nothing and says why; it is never an exception. Whatever changes
what the card says orders the card to be shown, so no stage needs to think of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from app.domain.effects import (
    Assign,
    CheckPermission,
    CloseCheckout,
    Effect,
    OpenCheckout,
    PutLabel,
    ReadClosing,
    ReadDispute,
    ReadPayment,
    ReadRefund,
    ReadWarning,
    Refund,
    ShowCard,
    ShowDraft,
)
from app.domain.events import (
    AccessLost,
    AccessRegained,
    AnswerGiven,
    CardLost,
    CardShown,
    CheckoutClosed,
    CheckoutEnded,
    CheckoutOpened,
    CheckoutRequested,
    ClosingRead,
    CommandGiven,
    DisputeRead,
    DraftAdopted,
    EffectFailed,
    FileChanged,
    HelperAssigned,
    HelperWentOff,
    LabelPut,
    LimitReached,
    MaintainerFound,
    OfferOvertaken,
    OfferWithdrawn,
    PaymentRead,
    PeopleWanted,
    PersonRenamed,
    RefundRead,
    ReviewDecided,
    ThreadClosed,
    ThreadReopened,
    TimeCame,
    WarningRead,
    WarningsLifted,
)
from app.domain.ids import UserId
from app.domain.tickets import (
    access,
    asking,
    booking,
    checkout,
    closing,
    community,
    disputes,
    drafted,
    frozen,
    naming,
    obeying,
    offered,
    payments,
    proposed,
    refunds,
    resolving,
    review,
    waiting,
    working,
)
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Around, Decision, nothing
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Ticket, Trouble
from app.domain.wording import card, lines

TicketEvent = (
    CommandGiven
    | AnswerGiven
    | DraftAdopted
    | CheckoutRequested
    | CheckoutOpened
    | CheckoutClosed
    | CheckoutEnded
    | PaymentRead
    | RefundRead
    | DisputeRead
    | WarningRead
    | WarningsLifted
    | OfferWithdrawn
    | OfferOvertaken
    | HelperAssigned
    | PersonRenamed
    | HelperWentOff
    | LimitReached
    | ReviewDecided
    | LabelPut
    | PeopleWanted
    | AccessLost
    | FileChanged
    | AccessRegained
    | CardShown
    | CardLost
    | ThreadClosed
    | MaintainerFound
    | ClosingRead
    | ThreadReopened
    | TimeCame
    | EffectFailed
)
"""What can happen to a ticket that is there."""


def decide(ticket: Ticket, event: TicketEvent, around: Around, now: datetime) -> Decision:
    """Decide what follows from an event."""
    named = naming.heed_names(ticket, around.people)
    heeding, effects = access.heed_owner(named, around)
    decided = community.tidy(_decide(heeding, event, around, now), now)
    if heeding.is_frozen and frozen.moves_money(heeding, decided):
        decided = nothing(heeding, "the payment is frozen")
    decided = frozen.hold(decided, now)
    decided = replace(decided, effects=(*effects, *decided.effects))
    return show(ticket, review.call(ticket, decided, around), around)


def show(before: Ticket | None, decision: Decision, around: Around) -> Decision:
    """Order the card to be shown if it would now say something else than before."""
    after = decision.ticket
    if after.card.is_gone:
        return decision
    said = card.said(before, around.operator) if before and before.card.v else ""
    if card.said(after, around.operator) == said:
        return decision
    v = after.card.v + 1
    shown = replace(after, card=replace(after.card, v=v))
    effect = ShowCard(
        ticket=after.id,
        thread=after.thread,
        v=v,
        since=after.opened_at,
        comment=after.card.comment or None,
    )
    return replace(decision, ticket=shown, effects=(*decision.effects, effect))


def _decide(  # noqa: C901, PLR0912 - a table, with one line for each event
    ticket: Ticket, event: TicketEvent, around: Around, now: datetime
) -> Decision:
    """Say which rule is for which event."""
    match event:
        case CommandGiven():
            return obeying.obey(ticket, event, around, now)
        case AnswerGiven():
            return obeying.answer(ticket, event, around, now)
        case DraftAdopted():
            return drafted.adopt(ticket, event, around, now)
        case CheckoutRequested():
            return checkout.request(ticket, event, around, now)
        case CheckoutOpened():
            return checkout.opened(ticket, event)
        case CheckoutClosed():
            return checkout.closed(ticket, event, around, now)
        case CheckoutEnded():
            return checkout.ended(ticket, event, around, now)
        case PaymentRead():
            return disputes.catch_up(payments.payment_read(ticket, event, around, now), now)
        case RefundRead():
            return refunds.refund_read(ticket, event, now)
        case DisputeRead():
            return disputes.dispute_read(ticket, event, now)
        case WarningRead():
            return disputes.warned(ticket, event)
        case WarningsLifted():
            return disputes.lift(ticket)
        case OfferWithdrawn():
            return offered.withdraw(ticket, now)
        case OfferOvertaken():
            return offered.overtake(ticket, now)
        case HelperAssigned():
            return asking.assigned(ticket, event, around, now)
        case PersonRenamed():
            return nothing(ticket, "what everybody is called is heeded before all else")
        case HelperWentOff(user=user):
            return asking.went_off(ticket, user, around, now)
        case ReviewDecided():
            return review.decided(ticket, event, now)
        case LimitReached(by=by, most=most, is_a_day=is_a_day):
            told = replace(ticket, line=lines.to(by, lines.too_many(most, is_a_day=is_a_day)))
            return Decision(ticket=told, reason="they may have no more tickets at once")
        case LabelPut():
            return community.label_put(ticket, event)
        case PeopleWanted():
            return offered.without_ai(ticket)
        case FileChanged():
            return working.file_changed(ticket, around, now)
        case AccessLost() | AccessRegained():
            return access.changed(ticket, event, now)
        case CardShown():
            return _card_shown(ticket, event)
        case ThreadClosed():
            return closing.closed(ticket, event, around)
        case MaintainerFound():
            return review.found(ticket, event)
        case ClosingRead():
            return closing.read(ticket, event, around, now)
        case ThreadReopened(by=by):
            return proposed.reopened(ticket, UserId(int(by.external_id)), now)
        case CardLost():
            return _card_lost(ticket, event)
        case TimeCame():
            return _time_came(ticket, event, around, now)
        case EffectFailed(effect=effect):
            return _effect_failed(ticket, effect, around, now)
        case _:
            assert_never(event)


def _card_shown(ticket: Ticket, event: CardShown) -> Decision:
    """Remember where the card stands; where it is another comment, the first one was deleted."""
    old = ticket.card
    if event.v < old.shown or (event.v == old.shown and not old.comment):
        return nothing(ticket, "a newer card was shown, or this one was deleted since")
    is_restored = old.is_restored or bool(old.comment and old.comment != event.comment)
    known = replace(old, comment=event.comment, shown=event.v, is_restored=is_restored)
    return Decision(ticket=replace(ticket, card=known), reason="the card stands in the thread")


def _card_lost(ticket: Ticket, event: CardLost) -> Decision:
    """Post the card again if it was deleted, once."""
    if ticket.card.comment != event.comment:
        return nothing(ticket, "that was not the card")
    if ticket.card.is_restored:
        gone = replace(ticket.card, comment="", is_gone=True)
        return Decision(ticket=replace(ticket, card=gone), reason="they do not want a card here")
    restored = replace(ticket.card, comment="", is_restored=True, v=ticket.card.v + 1)
    effect = ShowCard(ticket=ticket.id, thread=ticket.thread, v=restored.v, since=ticket.opened_at)
    return Decision(
        ticket=replace(ticket, card=restored), effects=(effect,), reason="the card was deleted"
    )


def _time_came(  # noqa: C901, PLR0912 - a table, with one line for each clock
    ticket: Ticket, event: TimeCame, around: Around, now: datetime
) -> Decision:
    """Do what a clock is there for, if that same clock still runs."""
    running = (each for each in ticket.clocks if each.left is None)
    if not any(each.clock is event.clock and each.n == event.n for each in running):
        return nothing(ticket, "that clock was stopped")
    match event.clock:
        case Clock.OFFER:
            return offered.finish(ticket, End.UNPAID, Stage.EXPIRED, now)
        case Clock.COMMUNITY:
            return community.end(ticket)
        case Clock.NO_HELPER:
            return working.nobody_came(ticket, now)
        case Clock.ASK:
            return asking.pass_on(ticket, around, now, "the helper did not act in time")
        case Clock.RESOLVE:
            return resolving.broken(ticket, now)
        case Clock.WAIT:
            return waiting.remind(ticket)
        case Clock.UNANSWERED:
            return waiting.give_up(ticket, now)
        case Clock.REMIND:
            return proposed.remind(ticket)
        case Clock.ACCEPT:
            return proposed.unanswered(ticket, now)
        case Clock.CANCEL:
            return working.silence_consents(ticket, now)
        case Clock.REVIEW:
            return review.call_operator(ticket, now)
        case Clock.OPERATOR:
            return review.refund(ticket, now, End.BY_SILENCE)
        case Clock.GRACE:
            return proposed.settle(ticket, now)
        case Clock.AWAY:
            return access.stayed_away(ticket, now)
        case Clock.LOOK:
            return booking.look(ticket, event.n, now)
        case _:
            assert_never(event.clock)


def _effect_failed(ticket: Ticket, effect: Effect, around: Around, now: datetime) -> Decision:
    """Take in that something could not be done; money never waits unseen."""
    match effect:
        case OpenCheckout(n=n):
            return checkout.failed(ticket, n)
        case CloseCheckout(session=session):
            ended = CheckoutClosed(ticket=ticket.id, session=session, is_completed=True)
            return checkout.closed(ticket, ended, around, now)
        case ReadPayment() | ReadRefund() | ReadDispute() | ReadWarning():
            troubled = ticket.worry(Trouble.PAYMENT)
            return Decision(ticket=troubled, reason="a payment could not be read")
        case Refund():
            return refunds.refund_failed(ticket, effect)
        case Assign(user=user):
            return asking.note_assignment(ticket, user, around, now, is_assigned=False)
        case PutLabel():
            return community.label_put(ticket, LabelPut(ticket=ticket.id, is_ours=False))
        case CheckPermission():
            return obeying.unchecked(ticket, effect, around)
        case ReadClosing(user=user):
            return closing.untold(ticket, user, around)
        case ShowDraft():
            return drafted.not_posted(ticket)
        case _:
            return nothing(ticket, "the ticket goes on without it")
