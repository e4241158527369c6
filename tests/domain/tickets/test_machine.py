"""Random people, payments, clocks and failures: whatever happens, a ticket keeps its laws.

Every run walks the same ways. To look further, walk new ones for once: ``EXPLORE=3000 pytest
tests/domain/tickets/test_machine.py``; what is found is printed as a story to put into a test.
"""

from __future__ import annotations

import os
from dataclasses import replace

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition
from hypothesis.stateful import rule as any_rule

from app.domain.commands import Decline, Reopen
from app.domain.deliveries import Provider
from app.domain.effects import NoticeKind, Notify, ReadClosing, Refund
from app.domain.events import (
    AccessLost,
    AccessRegained,
    CardLost,
    CheckoutEnded,
    DisputeStatus,
    EffectFailed,
    FileChanged,
    HelperWentOff,
    PaymentStatus,
    RefundStatus,
    WarningsLifted,
)
from app.domain.ids import InstallationId
from app.domain.people import Permission
from app.domain.tickets.decide import TicketEvent
from app.domain.tickets.stages import MoneyState
from app.domain.tickets.ticket import DraftState
from tests.domain.tickets import laws
from tests.domain.tickets.banks import Banks
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    DAVE,
    GRACE,
    PEOPLE,
    START,
    THREAD,
    TICKET,
    Story,
    nominee,
    offer,
    terms,
    user,
)
from tests.domain.tickets.outside import (
    LABEL_OFF,
    OVERTAKEN,
    REOPENED,
    REOPENED_BY_OTHERS,
    by_button,
)
from tests.domain.tickets.till import Paid
from tests.domain.tickets.walk import rule
from tests.domain.tickets.words import ANSWERS, BEGINNINGS, HELPERS_WORDS, WORDS

EXPLORE = int(os.environ.get("EXPLORE", "0"))

PRICES = {"question": 4900, "session": 18000, "other": 700}

OUTSIDE: tuple[TicketEvent, ...] = (
    OVERTAKEN,
    LABEL_OFF,
    REOPENED,
    FileChanged(ticket=TICKET),
    REOPENED_BY_OTHERS,
    HelperWentOff(ticket=TICKET, user=user(ADA)),
    HelperWentOff(ticket=TICKET, user=user(GRACE)),
    CheckoutEnded(session="cs_1"),
    CheckoutEnded(session="cs_2"),
    EffectFailed(
        effect=Notify(
            ticket=TICKET, thread=THREAD, kind=NoticeKind.PROPOSED, n=1, since=START, body="@carol"
        ),
        reason="the issue is locked",
        is_certain=True,
    ),
)


class Tickets(Banks):
    """Everybody does whatever they can think of."""

    @initialize(beginning=st.sampled_from(BEGINNINGS), login=st.sampled_from(PEOPLE))
    def a_story_has_begun(self, beginning: str, login: str) -> None:
        self.goes_so_far(beginning, login)

    @precondition(lambda self: self.is_at_rest)
    @any_rule(beginning=st.sampled_from(BEGINNINGS), login=st.sampled_from(PEOPLE))
    def another_story_begins(self, beginning: str, login: str) -> None:
        self.ends_well()
        self.begins_anew()
        self.goes_so_far(beginning, login)

    def goes_so_far(self, beginning: str, login: str) -> None:
        self.maintainers.add(login)  # who may be the customer, or a helper
        for step in beginning.split():
            if step in ("pay", "unseen", "bank"):
                made = Paid("pi_1", "question", 4900, PaymentStatus.UNPAID)
                self.till.payments["pi_1"] = made
                to = PaymentStatus.PROCESSING if step == "bank" else PaymentStatus.SUCCEEDED
                self.pays(made, to, seconds=30, is_moved=step != "unseen")
            elif step == "press":
                self.decide(self.story.presses)
                self.performs(self.waiting.pop(), RefundStatus.PENDING, is_well=True)
            elif step == "volunteers":
                self.speaks(CAROL, "/support community")
                self.speaks(DAVE, "set proxy=on")
            elif step == "ask":
                self.speaks(ADA, "Which version is it?")
            elif step == "kept":
                for_helpers = replace(terms(), is_draft_for_helpers=True)
                self.story = Story(replace(offer(for_helpers), draft=DraftState.KEPT))
            elif step == "dispute":
                self.doubts("pi_1", 4900, DisputeStatus.OPEN, is_moved=True)
            elif step == "wait":
                self.waits(days=3)
            else:
                by = CAROL if step in ("accept", "decline") else ADA
                self.speaks(by, f"/support {step} it")

    # ------------------------------------------------------------------ people

    @rule(login=st.sampled_from(PEOPLE), words=st.sampled_from(WORDS), is_known=st.booleans())
    def somebody_commands(self, login: str, words: str, *, is_known: bool) -> None:
        given = Permission.ADMIN if login in self.maintainers else Permission.READ
        self.speaks(login, f"/support {words}", given if is_known else None)

    @rule(login=st.sampled_from(PEOPLE), words=st.sampled_from(ANSWERS))
    def somebody_answers(self, login: str, words: str) -> None:
        self.speaks(login, words)

    @precondition(lambda self: self.story.ticket.draft is DraftState.KEPT)
    @rule(login=st.sampled_from(PEOPLE))
    def somebody_adopts_the_draft(self, login: str) -> None:
        self.adopts(login)

    @rule(words=st.sampled_from(HELPERS_WORDS))
    def a_helper_goes_on(self, words: str) -> None:
        helper = self.story.ticket.helper or (
            self.story.ticket.asking.helper if self.story.ticket.asking else None
        )
        self.speaks(helper.person.login if helper else GRACE, f"/support {words}")

    @rule(
        words=st.sampled_from(
            ["accept", "decline no", "decline not yet", "status", "reopen it", "rate 5", "escalate"]
        )
    )
    def the_customer_goes_on(self, words: str) -> None:
        self.speaks(CAROL, f"/support {words}")

    @rule(command=st.sampled_from([Decline(reason="no"), Reopen(reason="no")]))
    def the_customer_says_no_by_a_button(self, command: Decline | Reopen) -> None:
        self.wants(CAROL, None, command, lambda: self.story.does(by_button(command)))

    @rule(login=st.sampled_from(PEOPLE), is_completed=st.sampled_from([True, True, False]))
    def somebody_closes_the_issue(self, login: str, *, is_completed: bool) -> None:
        self.closes(login, is_completed=is_completed)

    @precondition(lambda self: self.story.ticket.helper or self.story.ticket.asking)
    @rule(is_by_hand=st.booleans())
    def the_helper_closes_the_issue(self, *, is_by_hand: bool) -> None:
        """By hand, or by a commit or a pull request of theirs."""
        ticket = self.story.ticket
        helper = ticket.asking.helper if ticket.asking else ticket.helper
        assert helper is not None
        self.closes(helper.person.login, is_completed=True)
        if self.waiting and isinstance(self.waiting[-1], ReadClosing):
            self.performs(self.waiting.pop(), RefundStatus.PENDING, is_well=is_by_hand)

    # ------------------------------------------------------------------ paying

    @rule(plan=st.sampled_from(["question", "session", "nothing"]))
    def somebody_presses_the_button(self, plan: str) -> None:
        self.decide(lambda: self.story.presses(plan))

    @precondition(lambda self: len(self.till.payments) < 5)
    @rule(
        plan=st.sampled_from(["question", "question", "question", "session", "other"]),
        status=st.sampled_from([*PaymentStatus, PaymentStatus.SUCCEEDED]),
        too_much=st.sampled_from([0, 0, 0, 0, 1]),
        seconds=st.sampled_from([0, 30, 59]),
        is_moved=st.booleans(),
    )
    def a_payment_is_made(
        self, plan: str, status: PaymentStatus, too_much: int, seconds: int, *, is_moved: bool
    ) -> None:
        intent = f"pi_{len(self.till.payments) + 1}"
        made = Paid(intent, plan, PRICES[plan] + too_much, status)
        self.till.payments[intent] = made
        self.pays(made, status, seconds=seconds, is_moved=is_moved)

    @precondition(lambda self: self.payments(PaymentStatus.PROCESSING))
    @rule(data=st.data(), succeeds=st.booleans(), is_moved=st.booleans())
    def a_bank_answers(self, data: st.DataObject, *, succeeds: bool, is_moved: bool) -> None:
        made = data.draw(st.sampled_from(self.payments(PaymentStatus.PROCESSING)))
        to = PaymentStatus.SUCCEEDED if succeeds else PaymentStatus.UNPAID
        self.pays(made, to, seconds=0, is_moved=is_moved)

    @precondition(lambda self: self.till.payments)
    @rule(data=st.data())
    def a_payment_is_read_again(self, data: st.DataObject) -> None:
        made = data.draw(st.sampled_from(list(self.till.payments.values())))
        made.is_moved = True
        self.happens(self.till.read_payment(made.intent))

    # ------------------------------------------------------------------ giving back

    @precondition(lambda self: self.payments(PaymentStatus.SUCCEEDED))
    @rule(
        data=st.data(),
        status=st.sampled_from(RefundStatus),
        parts=st.sampled_from([1, 3, 7]),
        is_moved=st.booleans(),
    )
    def somebody_gives_back_by_hand(
        self, data: st.DataObject, status: RefundStatus, parts: int, *, is_moved: bool
    ) -> None:
        made = data.draw(st.sampled_from(self.payments(PaymentStatus.SUCCEEDED)))
        amount = self.till.left(made.intent) // parts
        if amount and len(self.till.refunds) < 8:
            back = self.till.give_back(made.intent, amount, status, self.story.now)
            back.is_moved = is_moved
            self.happens(self.till.read_refund(back.refund))

    @precondition(lambda self: self.till.refunds)
    @rule(
        data=st.data(),
        to=st.sampled_from(RefundStatus),
        is_moved=st.booleans(),
        is_told=st.booleans(),
    )
    def a_refund_goes_on(
        self, data: st.DataObject, to: RefundStatus, *, is_moved: bool, is_told: bool
    ) -> None:
        """It arrives; or it fails, maybe long after it has arrived."""
        back = data.draw(st.sampled_from(list(self.till.refunds.values())))
        is_done = back.status is RefundStatus.SUCCEEDED and to is RefundStatus.FAILED
        # What a bank took over what was left is the operator's loss, and is not undone.
        if to is RefundStatus.FAILED and self.till.is_taken_twice(back.intent):
            return
        if back.status is RefundStatus.PENDING or is_done:
            back.status, back.is_return_moved = to, is_moved
        back.is_moved = back.is_moved or is_moved
        if is_told:
            self.happens(self.till.read_refund(back.refund))

    # ------------------------------------------------------------------ effects

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), is_well=st.booleans(), status=st.sampled_from(RefundStatus))
    def an_effect_is_performed(
        self, data: st.DataObject, status: RefundStatus, *, is_well: bool
    ) -> None:
        at = data.draw(st.integers(0, len(self.waiting) - 1))
        self.performs(self.next_effect(at), status, is_well=is_well)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), is_certain=st.booleans())
    def an_effect_is_given_up(self, data: st.DataObject, *, is_certain: bool) -> None:
        at = data.draw(st.integers(0, len(self.waiting) - 1))
        self.gives_up(self.next_effect(at), is_certain=is_certain)

    @rule(is_well=st.booleans())
    def the_card_is_shown(self, *, is_well: bool) -> None:
        if self.card is not None and not is_well:
            self.gives_up(self.card, is_certain=False)
        self.shows()

    # ------------------------------------------------------------------ time, and the world outside

    @rule(hours=st.sampled_from([1, 9, 30, 40, 80]))
    def time_passes(self, hours: int) -> None:
        self.waits(hours=hours)

    @precondition(lambda self: self.news)
    @rule(data=st.data())
    def old_news_come_again(self, data: st.DataObject) -> None:
        event = data.draw(st.sampled_from(self.news))
        self.decide(lambda: self.story.does(event))

    @rule(login=st.sampled_from([ADA, GRACE, DAVE, CAROL]))
    def the_file_changes(self, login: str) -> None:
        if login in self.story.nominees:
            del self.story.nominees[login]
        else:
            self.story.nominees[login] = nominee(login)

    @rule(event=st.sampled_from(OUTSIDE))
    def the_world_goes_on(self, event: TicketEvent) -> None:
        if isinstance(event, CheckoutEnded):
            self.till.sessions.pop(event.session, None)
        self.happens(event)

    @rule()
    def somebody_else_puts_the_label_on(self) -> None:
        self.label = self.label or "them"

    @rule(is_for_good=st.sampled_from([False, False, True]))
    def the_app_goes(self, *, is_for_good: bool) -> None:
        self.happens(AccessLost(ticket=TICKET, is_for_good=is_for_good))

    @rule(installation=st.sampled_from([3, 4]))
    def the_app_is_back(self, installation: int) -> None:
        self.happens(AccessRegained(ticket=TICKET, installation=InstallationId(installation)))

    @rule()
    def the_repository_gets_a_new_owner(self) -> None:
        if self.story.handed_over_at is None:
            self.decide(self.story.gets_new_owner)

    @precondition(lambda self: self.story.handed_over_at)
    @rule()
    def the_new_owner_agrees(self) -> None:
        self.decide(self.story.owner_agrees)

    @rule(is_certain=st.booleans())
    def the_issue_is_moved_deleted_or_locked(self, *, is_certain: bool) -> None:
        """Whatever was ordered there cannot be done."""
        there = [each for each in self.waiting if each.provider is Provider.GITHUB]
        for each in there:
            self.waiting.remove(each)
            self.gives_up(each, is_certain=is_certain)
        if self.card is not None:
            order, self.card = self.card, None
            self.gives_up(order, is_certain=is_certain)

    @rule()
    def the_card_is_deleted(self) -> None:
        comment = self.story.ticket.card.comment
        self.happens(CardLost(ticket=TICKET, comment=comment or "c1"))

    # ------------------------------------------------------------------ laws

    @invariant()
    def the_laws_hold(self) -> None:
        story, ticket = self.story, self.story.ticket
        self.steps_over += ticket.stage.is_over
        laws.money_and_stage_agree(ticket)
        is_ordered = any(isinstance(each, Refund) for each in self.waiting)
        laws.something_moves_it(ticket, is_refund_ordered=is_ordered)
        laws.card_answers(ticket, story.card, story.now)
        laws.volunteers_are_asked_for_free(ticket)
        laws.nothing_is_sold_before_the_owners_word(story)
        laws.nothing_is_too_much(ticket, self.till, story.now)
        laws.every_cent_is_there(story, self.till)

    def teardown(self) -> None:
        self.ends_well()

    def ends_well(self) -> None:
        """Whatever has happened, the story ends well when everybody only waits."""
        for _ in range(6):
            self.till.come_to_rest()
            while self.waiting:
                self.performs(self.waiting.pop(0), RefundStatus.SUCCEEDED, is_well=True)
            self.hears()
            self._a_person_looks()
            self.happens(WarningsLifted(ticket=TICKET))
            self.waits(days=20)
        self.the_laws_hold()
        ticket = self.story.ticket
        assert ticket.stage.is_over
        assert ticket.money not in (MoneyState.PENDING, MoneyState.REFUNDING, MoneyState.DISPUTED)
        assert self.story.trouble != "refund"
        assert self.story.held == 0
        assert ticket.clocks == ()
        assert self.label != "us"

    def _a_person_looks(self) -> None:
        """Give back by hand what could not be given back."""
        for intent in self.till.payments:
            left = self.till.left(intent)
            if left and self.story.trouble == "refund":
                made = self.till.give_back(intent, left, RefundStatus.SUCCEEDED, self.story.now)
                self.happens(self.till.read_refund(made.refund))


TestTickets = Tickets.TestCase
TestTickets.settings = settings(
    max_examples=EXPLORE or 130,
    stateful_step_count=50,
    deadline=None,
    derandomize=not EXPLORE,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate] if EXPLORE else list(Phase),
)
