"""One step of a random walk: what happens to a ticket, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, precondition
from hypothesis.stateful import rule as any_rule
from hypothesis.strategies import SearchStrategy

from app.domain import commands
from app.domain.commands import Command, Mistake
from app.domain.effects import (
    Assign,
    CheckPermission,
    CloseCheckout,
    Effect,
    FindMaintainer,
    NoticeKind,
    OpenCheckout,
    PutLabel,
    ReadClosing,
    ReadDispute,
    ReadPayment,
    ReadRefund,
    Refund,
    ShowCard,
    ShowDraft,
    TakeLabel,
)
from app.domain.events import (
    CardShown,
    CheckoutClosed,
    ClosingRead,
    CommandGiven,
    DraftAdopted,
    EffectFailed,
    HelperAssigned,
    LabelPut,
    MaintainerFound,
    PaymentStatus,
    RefundStatus,
    TimeCame,
)
from app.domain.people import Permission, Role
from app.domain.questions import asks_something
from app.domain.tickets.decide import TicketEvent
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import DraftState
from app.domain.wording import card
from tests.domain.tickets import laws, rights
from tests.domain.tickets.builders import CAROL, MAX, OPERATOR, PEOPLE, TICKET, Story, person, user
from tests.domain.tickets.outside import closed
from tests.domain.tickets.till import Paid, Till

HAS_OUTCOME = (
    OpenCheckout,
    CloseCheckout,
    ReadPayment,
    ReadRefund,
    ReadDispute,
    Refund,
    Assign,
    CheckPermission,
    ReadClosing,
    FindMaintainer,
    PutLabel,
    ShowDraft,
    TakeLabel,
)

LABELS = (PutLabel, TakeLabel)
STEPS_OVER_MAX = 8
"""So much happens to a ticket that is over, before another one begins."""

CAN_BE_SOLVED = {Stage.QUEUED, Stage.WORKING, Stage.WAITING_ON_CUSTOMER}
"""Where its helper may say that it is solved."""


Rule = Callable[[Callable[..., None]], Callable[..., None]]


def rule(**given: SearchStrategy[Any]) -> Rule:
    """Let something happen as long as there is a ticket that it can teach something about."""

    def decorate(act: Callable[..., None]) -> Callable[..., None]:
        made: Rule = any_rule(**given)  # type: ignore[call-overload]  # there are no bundles
        return made(precondition(lambda self: not self.is_at_rest)(act))

    return decorate


class Walk(RuleBasedStateMachine):
    """A ticket, Stripe, and everything that was ordered and has not been done yet."""

    def __init__(self) -> None:
        super().__init__()
        self.begins_anew()

    def begins_anew(self) -> None:
        """Forget everything, and make an offer."""
        self.story = Story()
        self.till = Till()
        self.waiting: list[Effect] = []
        self.card: ShowCard | None = None
        """The newest order to show the card: an older one that waits is never performed."""
        self.news: list[TicketEvent] = []
        """What came of effects, and what Stripe and GitHub told; it may be told again."""
        self.maintainers = {MAX}
        self.told_from = 0
        """How many notices there were before the newest proposal or wish to stop."""
        self.label = ""
        """Who put the label on the issue by which volunteers find it; empty: it is not there."""
        self.steps_over = 0
        """How much has happened since the ticket was over."""

    @property
    def is_at_rest(self) -> bool:
        """Say whether the ticket has been over for so long that another one teaches more."""
        return self.steps_over > STEPS_OVER_MAX

    def next_effect(self, at: int) -> Effect:
        """Take an effect that waits; GitHub gets the label's in their order, as a lane keeps it."""
        labels = [n for n, each in enumerate(self.waiting) if isinstance(each, LABELS)]
        return self.waiting.pop(labels[0] if at in labels else at)

    # ------------------------------------------------------------------ deciding

    def happens(self, event: TicketEvent) -> None:
        """Let the ticket decide; the same told at once again must change nothing."""
        self.decide(lambda: self.story.does(event))
        before, effects = self.story.ticket, len(self.story.effects)
        self.story.does(event)
        assert self.story.ticket == before, f"told twice: {event}"
        del self.story.effects[effects:]
        self.news.append(event)

    def decide(self, act: Callable[[], object]) -> None:
        """Let something happen, and watch the card: a new version if and only if it says more."""
        before, said = self.story.ticket, card.said(self.story.ticket, OPERATOR)
        effects = len(self.story.effects)
        act()
        after, ordered = self.story.ticket, self.story.effects[effects:]
        shown = [each for each in ordered if isinstance(each, ShowCard)]
        has_changed = card.said(after, OPERATOR) != said
        is_restored = after.card.is_restored and not before.card.is_restored and not has_changed
        assert bool(shown) == (has_changed and not after.card.is_gone) or is_restored
        assert after.card.v == before.card.v + len(shown)
        assert len(shown) <= 1
        laws.nothing_is_undone(before, after)
        laws.nothing_moves_while_frozen(before, self.story.last)
        laws.only_who_was_told_is_silent(before, after, self.told_from)
        is_proposed = after.stage is Stage.PROPOSED and before.stage is not Stage.PROPOSED
        if is_proposed or after.is_cancel_asked > before.is_cancel_asked:
            self.told_from = len(before.notices)
        laws.a_maintainer_is_looked_for(before, after, ordered)
        self.card = shown[0] if shown else self.card
        for each in ordered:
            if isinstance(each, CloseCheckout):
                self.till.sessions.pop(each.session, None)
        self.waiting += [each for each in ordered if isinstance(each, HAS_OUTCOME)]

    # ------------------------------------------------------------------ people

    def speaks(self, login: str, words: str, permission: Permission | None = None) -> None:
        """Let somebody write; what changes must be theirs to change."""
        plans = [each.id for each in self.story.ticket.terms.plans]
        said = commands.read(words, plan_ids=plans, currency="usd")
        self.wants(
            login,
            permission,
            said,
            lambda: self.story.says(login, words, permission),
            is_question=asks_something(words),
        )

    def wants(
        self,
        login: str,
        permission: Permission | None,
        said: Command | Mistake | None,
        act: Callable[[], object],
        *,
        is_question: bool = False,
    ) -> None:
        """Let somebody's words do something, and see to it that it was theirs to do."""
        before, effects = self.story.ticket, len(self.story.effects)
        roles = self.roles(login, permission)
        self.decide(act)
        after, ordered = self.story.ticket, self.story.effects[effects:]
        if roles == {Role.ANYONE}:
            assert after == before, f"{login} is nobody here, and said {said}"
        assert after.chosen == before.chosen or login == CAROL
        rights.only_the_table_gives_rights(
            before, after, ordered, roles, said, is_question=is_question
        )

    def adopts(self, login: str) -> None:
        """Let somebody press the button under the draft that is kept for the helper."""
        before, roles = self.story.ticket, self.roles(login, None)
        adopted = DraftAdopted(ticket=TICKET, by=person(login), user=user(login))
        self.decide(lambda: self.story.does(adopted))
        if before.draft is not DraftState.KEPT or Role.HELPER not in roles:
            assert self.story.ticket == before, f"{login} adopted what was not theirs"

    def closes(self, login: str, *, is_completed: bool) -> None:
        """Let somebody close the issue: alone that changes nothing, and asks about a helper."""
        before, effects = self.story.ticket, len(self.story.effects)
        self.happens(closed(login, is_completed=is_completed))
        assert self.story.ticket == before
        is_asked = any(isinstance(each, ReadClosing) for each in self.story.effects[effects:])
        is_theirs = Role.HELPER in self.roles(login, None)
        assert is_asked == (is_completed and is_theirs and before.stage in CAN_BE_SOLVED)

    def _reads_closing(self, effect: ReadClosing, *, is_by_hand: bool) -> None:
        """Let GitHub tell how it was closed: by hand the helper's word, else nobody's."""
        before = self.story.ticket
        login = next(each for each in PEOPLE if user(each) == effect.user)
        is_theirs = Role.HELPER in self.roles(login, None)
        told = ClosingRead(ticket=TICKET, user=effect.user, is_by_hand=is_by_hand)
        self.happens(told)
        if is_by_hand and is_theirs and before.stage in CAN_BE_SOLVED:
            assert self.story.ticket.stage is Stage.PROPOSED
        else:
            assert self.story.ticket == before

    def roles(self, login: str, permission: Permission | None) -> set[Role]:
        """Say who somebody is to the ticket."""
        return rights.roles(self.story, login, permission)

    # ------------------------------------------------------------------ money

    def pays(self, made: Paid, to: PaymentStatus, *, seconds: int, is_moved: bool) -> None:
        """Let a payment come so far, and read it."""
        made.status, made.is_moved = to, is_moved
        if to is PaymentStatus.SUCCEEDED:
            made.succeeded_at = self.story.now.replace(second=seconds)
        self.happens(self.till.read_payment(made.intent))

    def payments(self, status: PaymentStatus) -> list[Paid]:
        return [each for each in self.till.payments.values() if each.status is status]

    # ------------------------------------------------------------------ effects

    def gives_up(self, effect: Effect, *, is_certain: bool) -> None:
        """Let an effect fail for good."""
        if isinstance(effect, TakeLabel):
            self.label = ""  # a person takes it off
        self.happens(EffectFailed(effect=effect, reason="it is away", is_certain=is_certain))

    def performs(self, effect: Effect, status: RefundStatus, *, is_well: bool) -> None:
        """Let an effect come to its outcome."""
        match effect:
            case OpenCheckout():
                self.till.sessions[f"cs_{effect.n}"] = self.story.now + timedelta(hours=2)
                self.decide(lambda: self.story.opens(effect.n))
            case CloseCheckout():
                self.happens(
                    CheckoutClosed(ticket=TICKET, session=effect.session, is_completed=not is_well)
                )
            case ReadPayment() | ReadRefund() | ReadDispute():
                self._reads(effect)
            case Refund():
                self._refunds(effect, status)
            case Assign():
                is_gone = not is_well and status is RefundStatus.FAILED
                self._assigns(effect, is_well=is_well, is_gone=is_gone)
            case CheckPermission():
                self._checks(effect)
            case FindMaintainer():
                self._finds(effect, is_well=is_well)
            case ReadClosing():
                self._reads_closing(effect, is_by_hand=is_well)
            case PutLabel():
                self.label = self.label or ("us" if is_well else "")
                self.happens(LabelPut(ticket=TICKET, is_ours=self.label == "us"))
            case ShowDraft():
                assert effect.adopted == self.story.ticket.adoptions
            case TakeLabel():
                assert self.label != "them"
                self.label = ""
            case _:
                raise AssertionError(effect)

    def _assigns(self, effect: Assign, *, is_well: bool, is_gone: bool) -> None:
        """Let GitHub assign a helper or not; whose account is gone is asked no more, nor told."""
        before = self.story.ticket
        told = HelperAssigned(ticket=TICKET, user=effect.user, is_assigned=is_well, is_gone=is_gone)
        self.happens(told)
        asking = self.story.ticket.asking
        if is_gone:
            assert asking is None or asking.helper.user != effect.user
            assert self.story.ticket.notices == before.notices

    def _finds(self, effect: FindMaintainer, *, is_well: bool) -> None:
        """Let GitHub know one who may decide: told where it is under review, and nobody else."""
        before, user = self.story.ticket, effect.users[-1] if is_well else None
        self.happens(MaintainerFound(ticket=TICKET, user=user, login=MAX))
        told = self.story.ticket.notices[len(before.notices) :]
        is_review = before.stage is Stage.REVIEW
        is_left = before.stage is Stage.QUEUED and before.asking is None
        kind = NoticeKind.REVIEW if is_review else NoticeKind.UNCLAIMED
        room = 3 if is_review else 2
        has_to = is_well and (is_review or is_left) and kind not in before.notices
        assert told == ((kind,) if has_to and len(before.notices) < room else ())

    def _reads(self, effect: ReadPayment | ReadRefund | ReadDispute) -> None:
        if isinstance(effect, ReadRefund):
            self.happens(self.till.read_refund(effect.refund))
        elif isinstance(effect, ReadDispute):
            self.happens(self.till.read_dispute(effect.dispute))
        else:
            self.happens(self.till.read_payment(effect.intent))

    def _refunds(self, effect: Refund, status: RefundStatus) -> None:
        amount = effect.amount.amount
        if amount > self.till.left(effect.intent):
            self.gives_up(effect, is_certain=True)  # somebody was faster, by hand
            return
        made = self.till.give_back(effect.intent, amount, status, self.story.now)
        self.happens(self.till.read_refund(made.refund))

    def _checks(self, effect: CheckPermission) -> None:
        is_maintainer = effect.by.login in self.maintainers
        permission = Permission.MAINTAIN if is_maintainer else Permission.NONE
        known = CommandGiven(
            ticket=TICKET,
            ref=effect.ref,
            by=effect.by,
            user=effect.user,
            command=effect.command,
            permission=permission,
        )
        self.wants(effect.by.login, permission, effect.command, lambda: self.story.does(known))

    def shows(self) -> None:
        """Let the newest card be posted or edited."""
        order, self.card = self.card, None
        if order is not None and not self.story.ticket.card.is_gone:
            comment = order.comment or f"c{order.v}"
            v = self.story.ticket.card.v
            self.happens(CardShown(ticket=TICKET, v=v, comment=comment))

    # ------------------------------------------------------------------ time

    def waits(self, **by: float) -> None:
        """Let time pass, and each clock strike when it is due."""
        until = self.story.now + timedelta(**by)
        if timedelta(**by) > timedelta(days=2):
            self.hears()
        while due := [each for each in self.story.running if each.due_at <= until]:
            first = min(due, key=lambda each: each.due_at)
            self.story.now = max(self.story.now, first.due_at)
            self.happens(TimeCame(ticket=TICKET, clock=first.clock, n=first.n))
        self.story.now = until

    def hears(self) -> None:
        """Let Stripe make every balance transaction, and tell of everything once more."""
        for paid in self.till.payments.values():
            paid.is_moved = True
            self.happens(self.till.read_payment(paid.intent))
        for back in self.till.refunds.values():
            back.is_moved = back.is_return_moved = True
            self.happens(self.till.read_refund(back.refund))
        for doubt in self.till.disputes.values():
            doubt.is_moved = doubt.is_return_moved = True
            self.happens(self.till.read_dispute(doubt.dispute))
