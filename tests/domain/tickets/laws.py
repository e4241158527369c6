"""What is true of a ticket after whatever happened to it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

from app.domain import ledger
from app.domain.effects import Effect, FindMaintainer, NoticeKind, Refund
from app.domain.tickets.booking import is_booked
from app.domain.tickets.checkout import can_pay
from app.domain.tickets.clocks import Clock
from app.domain.tickets.decision import Decision
from app.domain.tickets.frozen import STANDING_STILL
from app.domain.tickets.paying import DisputeState, Payment, RepaymentState, Stray
from app.domain.tickets.stages import MoneyState, Stage
from app.domain.tickets.ticket import NOTICES_MAX, End, LabelState, Ticket
from app.domain.wording.answers import Answers, answers
from tests.domain.tickets.builders import CAROL, OPERATOR, TICKET, Story
from tests.domain.tickets.till import Till

_UNPAID = {MoneyState.UNPAID, MoneyState.PENDING, MoneyState.FAILED}
_BACK = {MoneyState.REFUNDING, MoneyState.REFUNDED}
_PAID = {MoneyState.PAID, MoneyState.DISPUTED, MoneyState.WON}
_LOST = {MoneyState.LOST, MoneyState.DISPUTED}

TOGETHER: dict[Stage, set[MoneyState]] = {
    Stage.OFFERED: _UNPAID,
    Stage.QUEUED: _PAID,
    Stage.WORKING: _PAID,
    Stage.WAITING_ON_CUSTOMER: _PAID,
    Stage.PROPOSED: _PAID,
    Stage.REVIEW: _PAID,
    Stage.ACCEPTED: _PAID,
    Stage.SETTLED: _PAID | _BACK | _LOST,  # what is divided can still be given back by hand
    Stage.ANSWERED: _UNPAID | _BACK,
    Stage.CANCELLED: _UNPAID | _BACK | _LOST,
    Stage.EXPIRED: _UNPAID | _BACK,
    Stage.REFUNDED: _BACK | _LOST,
}
"""Which stage and which state of the money are ever seen together."""

CLOCKS: dict[Stage, set[Clock]] = {
    Stage.OFFERED: {Clock.OFFER, Clock.LOOK},
    Stage.QUEUED: {Clock.NO_HELPER},
    Stage.WORKING: {Clock.RESOLVE, Clock.CANCEL},
    Stage.WAITING_ON_CUSTOMER: {Clock.UNANSWERED},
    Stage.PROPOSED: {Clock.ACCEPT},
    Stage.REVIEW: {Clock.REVIEW, Clock.OPERATOR},
    Stage.ACCEPTED: {Clock.GRACE},
}
"""Of these clocks one runs in each stage that is not over: so none of them is a dead end."""

_MOMENT = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC")
_CODE = re.compile(r"`[^`\n]+`")
_MENTION = re.compile(r"(?<![\w`])@\w")


def money_and_stage_agree(ticket: Ticket) -> None:
    assert ticket.money in TOGETHER[ticket.stage], (ticket.stage, ticket.money)
    if ticket.stage.is_over and ticket.strays and ticket.payment is None:
        assert ticket.money in _BACK  # a late payment is told of
    dispute = ticket.dispute
    is_taken = dispute is not None and dispute.state is not DisputeState.INQUIRY
    assert (ticket.money is MoneyState.DISPUTED) == is_taken


def something_moves_it(ticket: Ticket, *, is_refund_ordered: bool) -> None:
    """Somebody or some clock has the next move, also for the money of a ticket that is over."""
    running = {each.clock for each in ticket.clocks}
    for each in ticket.clocks:
        assert (each.left is not None) == (ticket.is_frozen and each.clock in STANDING_STILL)
    if ticket.dispute is not None:
        assert Clock.LOOK in running
    if not ticket.stage.is_over:
        assert running & CLOCKS[ticket.stage], (ticket.stage, running)
    if ticket.money is MoneyState.PENDING or not is_booked(ticket):
        assert Clock.LOOK in running
    if ticket.money is MoneyState.REFUNDING:
        assert is_refund_ordered or Clock.LOOK in running or ticket.trouble == "refund"


def card_answers(ticket: Ticket, card: str, now: datetime) -> None:
    """The five questions are answered, to the right person, with moments that are not over."""
    told = answers(ticket, OPERATOR)
    for question, answer in (("To pay", told.owe), ("Next", told.next), ("By", told.by)):
        assert len(answer) > 5
        assert f"- **{question}:** {answer}" in card
    for question, answer in (("If not", told.otherwise), ("To stop", told.stop)):
        assert len(answer) > 5
        assert f"- **{question}:** {answer}" in card
    assert "None" not in card
    assert not _MENTION.search(_CODE.sub("", card))
    _names_who_acts(ticket, told)
    for written in _MOMENT.findall(f"{told.by} {told.otherwise}"):
        at = datetime.strptime(f"{written[:-3]}+0000", "%d %b %Y, %H:%M %z")
        assert at >= now.replace(second=0, microsecond=0), (written, now)


def _names_who_acts(ticket: Ticket, told: Answers) -> None:
    who = ticket.helper.person.login if ticket.helper else ""
    expected = {
        Stage.OFFERED: "the bank" if ticket.money is MoneyState.PENDING else f"`{CAROL}`",
        Stage.QUEUED: f"`{ticket.asking.helper.person.login}`" if ticket.asking else "helper",
        Stage.WORKING: f"`{who}`",
        Stage.WAITING_ON_CUSTOMER: f"`{CAROL}`",
        Stage.PROPOSED: f"`{CAROL}`",
        Stage.REVIEW: "a maintainer",
    }
    goes_on = {Stage.QUEUED, Stage.WORKING, Stage.WAITING_ON_CUSTOMER, Stage.PROPOSED}
    if ticket.is_frozen:
        assert "the operator" in told.next
    if not ticket.is_frozen or ticket.stage in goes_on:
        assert expected.get(ticket.stage, "nobody") in told.next


def volunteers_are_asked_for_free(ticket: Ticket) -> None:
    """Only while it is an offer; the label of ours hangs on it, and who helped is not paid."""
    if ticket.is_asking_volunteers:
        assert ticket.stage is Stage.OFFERED
        assert ticket.money is not MoneyState.PENDING
        ends, community = ticket.due(Clock.OFFER), ticket.due(Clock.COMMUNITY)
        assert ends is not None
        assert community is not None
        assert ends > community
    else:
        assert ticket.help_wanted is not LabelState.OURS
    is_answered = ticket.stage is Stage.ANSWERED
    assert is_answered == (ticket.thanked is not None)
    assert not (is_answered and ticket.kept is not None)


def nothing_is_sold_before_the_owners_word(story: Story) -> None:
    """What was paid after the repository was transferred waits for nobody: it goes back."""
    ticket, since = story.ticket, story.handed_over_at
    if ticket.stage is Stage.OFFERED:
        assert ticket.handed_over_at == since
        assert since is None or not can_pay(ticket)
        assert since is None or "**Pay $" not in story.card


def nothing_is_too_much(ticket: Ticket, till: Till, now: datetime) -> None:
    """Four notices, and one session that can be paid while something is due, else none."""
    assert len(ticket.notices) <= NOTICES_MAX
    open_ones = sum(ends > now for ends in till.sessions.values())
    assert open_ones <= (1 if can_pay(ticket) else 0)
    payments: list[Payment | Stray] = [*ticket.strays, *filter(None, [ticket.payment])]
    for paid in payments:
        orders = [
            each
            for each in ticket.repayments
            if each.intent == paid.intent and each.n and each.state is not RepaymentState.RETURNED
        ]
        assert sum(each.amount.amount for each in orders) <= paid.amount.amount


def every_cent_is_there(story: Story, till: Till) -> None:
    """The books are in balance, say what Stripe says, and what the ticket believes of itself."""
    assert list(ledger.accounts_sum_to_zero(story.entries.values())) == []
    for key, entry in story.entries.items():
        if key.startswith("txn_"):
            moved: Counter[str] = Counter()
            for posting in entry.postings:
                moved[posting.account] += posting.amount
            amount, fee = till.amounts(key)
            assert moved["stripe_balance"] == amount - fee
            assert moved["stripe_fees"] + moved["dispute_fees"] == fee
    ticket, books = story.ticket, story.books
    assert story.held == _expected_held(ticket)
    shares = sum(
        amount
        for account, amount in books.items()
        if account.startswith("payee:") or account == "platform_revenue"
    )
    assert -shares == (ticket.divided.amount if ticket.divided else 0)
    if ticket.stage is Stage.SETTLED:
        assert story.held == 0
    disputed = {TICKET: sum(each.held.amount for each in ticket.disputes)}
    entries = story.entries.values()
    assert list(ledger.banks_hold_what_is_disputed(entries, disputed)) == []
    is_given = ticket.money in (MoneyState.REFUNDED, MoneyState.LOST)
    is_at_rest = ticket.stage is Stage.SETTLED or is_given
    if is_at_rest and is_booked(ticket):
        finished = list(ledger.finished_tickets_hold_nothing(story.entries.values(), {TICKET}))
        assert finished == [], (ticket.payment, ticket.repayments)
    settled = {TICKET} if ticket.stage is Stage.SETTLED else set()
    assert list(ledger.settled_once(story.entries.values(), settled)) == []


def a_maintainer_is_looked_for(before: Ticket, after: Ticket, ordered: list[Effect]) -> None:
    """When a review begins or no helper is left, only then, and never one whose money it is."""
    looks = [each for each in ordered if isinstance(each, FindMaintainer)]
    has_begun = after.stage is Stage.REVIEW and before.stage is not Stage.REVIEW
    # A part that was given back may have used up the notice that is kept for a maintainer.
    has_begun = has_begun and len(after.notices) < NOTICES_MAX - 1
    has_nobody = _has_nobody(after) and not _has_nobody(before) and len(after.notices) < 2
    assert [each.kind for each in looks] == (
        [NoticeKind.REVIEW] * has_begun + [NoticeKind.UNCLAIMED] * has_nobody
    )
    stakes = {after.customer_user, after.helper.user if after.helper else None}
    assert not any(stakes & set(each.users) for each in looks)
    assert after.notices.count(NoticeKind.REVIEW) <= 1
    assert after.notices.count(NoticeKind.UNCLAIMED) <= 1


def _has_nobody(ticket: Ticket) -> bool:
    return ticket.stage is Stage.QUEUED and ticket.asking is None


def nothing_moves_while_frozen(before: Ticket, made: Decision) -> None:
    """As long as a bank doubts the payment nothing of it is divided, accepted or given back."""
    own = before.payment
    if not before.is_frozen or own is None:
        return
    assert not any(isinstance(e, Refund) and e.intent == own.intent for e in made.effects)
    assert not any(entry.fact is ledger.Fact.SETTLEMENT for entry in made.entries)
    assert made.ticket.stage is not Stage.ACCEPTED or before.stage is Stage.ACCEPTED


def nothing_is_undone(before: Ticket, after: Ticket) -> None:
    """What is known of a refund, what is booked and what was told are never taken back."""
    order = list(RepaymentState)
    for old, new in zip(before.repayments, after.repayments, strict=False):
        assert old.refund in ("", new.refund)
        assert order.index(old.state) <= order.index(new.state)
        assert old.is_booked <= new.is_booked
        assert old.is_return_booked <= new.is_return_booked
    assert len(before.repayments) <= len(after.repayments)
    states = list(DisputeState)
    for was, now in zip(before.disputes, after.disputes, strict=False):
        assert states.index(was.state) <= states.index(now.state)
        assert was.is_loss_booked <= now.is_loss_booked
        assert was.moves == now.moves[: len(was.moves)]
    assert after.notices[: len(before.notices)] == before.notices
    assert before.ticks <= after.ticks
    assert before.is_human <= after.is_human
    assert before.is_asked_for <= after.is_asked_for
    if before.is_human:
        assert after.draft is before.draft
    if before.stage.is_over:
        assert after.stage is before.stage


def only_who_was_told_is_silent(before: Ticket, after: Ticket, told_from: int) -> None:
    """Nobody's silence decides about money unless a notice told them of the clock."""
    was_waited_for = before.stage is Stage.PROPOSED or before.is_cancel_asked
    if was_waited_for and after.stage is not before.stage and after.end is End.BY_SILENCE:
        assert len(before.notices) > told_from


def _expected_held(ticket: Ticket) -> int:
    own = ticket.payment
    if own is None or ticket.divided is not None:
        return 0
    went = sum(
        each.amount.amount
        for each in ticket.repayments
        if each.intent == own.intent and each.is_booked and not each.is_return_booked
    )
    doubts = [each for each in ticket.disputes if each.intent == own.intent]
    lost = sum(each.lost.amount - each.beyond.amount for each in doubts)
    return (own.amount.amount if own.is_booked else 0) - went - lost
