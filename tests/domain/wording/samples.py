"""One ticket for each stage and state of its money: what the golden files show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.domain.assignment import Rule
from app.domain.commands import Decline
from app.domain.effects import NoticeKind, OpenCheckout, ReadPayment, Refund
from app.domain.events import DisputeStatus, EffectFailed, PaymentStatus
from app.domain.events import RefundStatus as Back
from app.domain.people import Permission
from app.domain.tickets.terms import PlanTerms
from app.domain.tickets.ticket import DraftState, Ticket
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    DAVE,
    MAX,
    THREAD,
    Story,
    nominee,
    offer,
    plan,
    terms,
)
from tests.domain.tickets.outside import LABEL_OFF, OVERTAKEN, by_button, disputes, warns

PENDING = PaymentStatus.PROCESSING
UNPAID = PaymentStatus.UNPAID
INQUIRY, WON, LOST = DisputeStatus.INQUIRY, DisputeStatus.WON, DisputeStatus.LOST


def after(story: Story, *steps: Callable[[Story], object]) -> Story:
    """Let things happen to a ticket, one after another."""
    for step in steps:
        step(story)
    return story


def fails(effect: OpenCheckout | ReadPayment | Refund) -> EffectFailed:
    return EffectFailed(effect=effect, reason="Stripe is away", is_certain=True)


def checkout_in_trouble() -> Story:
    story = after(Story(), Story.presses)
    story.does(fails(story.made(OpenCheckout)[0]))
    return story


def payment_in_trouble() -> Story:
    story = Story()
    story.does(fails(ReadPayment(lane=THREAD.lane, intent="pi_1", cause="evt_1")))
    return story


def refund_in_trouble() -> Story:
    story = after(Story().paid(), lambda s: s.says(CAROL, "/support cancel"))
    story.does(fails(story.made(Refund)[0]))
    return story


def refund_came_back() -> Story:
    return after(
        Story().paid(),
        lambda s: s.says(CAROL, "/support cancel"),
        lambda s: s.refunds(),
        lambda s: s.waits(days=4),
        lambda s: s.refunds(Back.FAILED),
    )


def free(draft: DraftState) -> Story:
    return Story(offer(terms(plans=()))).changed(draft=draft)


def many_plans() -> tuple[PlanTerms, ...]:
    return tuple(plan(f"plan-{n}", n * 2500, f"Plan number {n}") for n in range(1, 5))


def one_takes_a_break() -> Story:
    story = Story()
    story.nominees[ADA] = nominee(ADA, is_off=True)
    return story.paid()


def question_asked() -> Story:
    return after(Story().working(), lambda s: s.says(ADA, "Which version do you use?"))


def cancelled() -> Story:
    return after(Story().paid(), lambda s: s.says(CAROL, "/support cancel"))


CARDS: Mapping[str, Callable[[], Story]] = {
    "offered": Story,
    "offered-one-plan-named": lambda: Story(offer(chosen="session")),
    "offered-draft-failed": lambda: Story().changed(draft=DraftState.NONE),
    "offered-free": lambda: free(DraftState.SHOWN),
    "offered-free-draft-failed": lambda: free(DraftState.NONE),
    "offered-in-the-maintainers-words": lambda: Story().changed(
        terms=terms(opened_text="Hi! We are *two* people; please be patient. See www.example.org")
    ),
    "offered-many-plans": lambda: Story(offer(terms(plans=many_plans()))),
    "offered-not-understood": lambda: after(Story(), lambda s: s.says(CAROL, "/support statsu")),
    "offered-checkout-failed": checkout_in_trouble,
    "offered-payment-unread": payment_in_trouble,
    "offered-asking-volunteers": lambda: Story().asking_volunteers(),
    "offered-asking-volunteers-for-free": lambda: free(DraftState.NONE).asking_volunteers(),
    "offered-volunteers-asked": lambda: Story().asking_volunteers().waits(hours=25),
    "offered-volunteers-asked-for-free": lambda: (
        free(DraftState.SHOWN).asking_volunteers().waits(hours=25)
    ),
    "offered-wrong-thanks": lambda: after(
        Story().asking_volunteers(), lambda s: s.says(CAROL, "/support accept @ghost")
    ),
    "offered-handed-off": lambda: Story().changed(draft=DraftState.HANDED_OFF),
    "offered-without-volunteers": lambda: Story(offer(terms(community=None))),
    "offered-handed-over": lambda: after(Story(), Story.gets_new_owner),
    "offered-human": lambda: after(Story(), lambda s: s.says(CAROL, "/support human")),
    "answered": lambda: after(
        Story().asking_volunteers(),
        lambda s: s.says(DAVE, "set proxy=on"),
        lambda s: s.says(CAROL, "/support accept @dave"),
    ),
    "pending": lambda: after(Story(), lambda s: s.pays(status=PENDING)),
    "failed": lambda: after(
        Story(), lambda s: s.pays(status=PENDING), lambda s: s.pays(status=UNPAID)
    ),
    "working-a-part-given-back": lambda: after(
        Story().working(),
        lambda s: s.says(MAX, "/support refund $20 it took long", Permission.ADMIN),
        lambda s: s.refunds(amount=2000),
    ),
    "queued-handed-on": lambda: after(
        Story().working(), lambda s: s.says(ADA, "/support transfer @grace")
    ),
    "review-escalated": lambda: after(
        Story().working(), lambda s: s.says(CAROL, "/support escalate this is not what I bought")
    ),
    "review-with-the-operator": lambda: after(Story().reviewed(), lambda s: s.waits(days=6)),
    "settled-rated": lambda: after(
        Story().settled(), lambda s: s.says(CAROL, "/support rate 5 quick and kind")
    ),
    "queued-assigned": lambda: Story().paid(),
    "queued-not-assignable": lambda: after(
        Story(), Story.pays, lambda s: s.assigns(ADA, is_assigned=False)
    ),
    "queued-nobody-left": lambda: after(
        Story().paid(), lambda s: s.says(ADA, "/support release"), lambda s: s.waits(hours=9)
    ),
    "queued-to-claim": lambda: Story(offer(terms(rule=Rule.CLAIM))).paid(),
    "queued-one-takes-a-break": one_takes_a_break,
    "queued-in-oslo": lambda: Story(offer(terms(zone="Europe/Oslo"))).paid(),
    "queued-second-payment": lambda: after(
        Story().paid(), lambda s: s.pays("pi_2"), lambda s: s.refunds(intent="pi_2")
    ),
    "queued-part-given-by-hand": lambda: after(Story().paid(), lambda s: s.refunds(amount=1000)),
    "working": lambda: Story().working(),
    "working-stop-asked": lambda: after(
        Story().working(), lambda s: s.says(CAROL, "/support cancel")
    ),
    "working-declined-once": lambda: after(
        Story().proposed(), lambda s: s.says(CAROL, "/support decline it still fails on Windows")
    ),
    "working-late": lambda: after(Story().working(), lambda s: s.waits(days=3)),
    "waiting": question_asked,
    "waiting-told": lambda: after(question_asked(), lambda s: s.waits(days=3)),
    "proposed": lambda: Story().proposed(),
    "proposed-question-open": lambda: after(question_asked(), lambda s: s.waits(days=6)),
    "proposed-with-note": lambda: Story().proposed("set proxy=on, as in docs/network.md"),
    "proposed-again": lambda: after(
        Story().proposed(),
        lambda s: s.says(CAROL, "/support decline it still fails"),
        lambda s: s.says(ADA, "/support propose"),
    ),
    "review": lambda: Story().reviewed(),
    "review-out-of-time": lambda: after(Story().working(), lambda s: s.waits(days=6)),
    "review-question-open": lambda: after(
        question_asked().changed(notices=(NoticeKind.ASKED, NoticeKind.ASKED, NoticeKind.BREACH)),
        lambda s: s.waits(days=6),
    ),
    "accepted": lambda: Story().accepted(),
    "settled": lambda: Story().settled(),
    "settled-by-silence": lambda: after(Story().proposed(), lambda s: s.waits(days=7)),
    "settled-by-review": lambda: after(
        Story().reviewed(),
        lambda s: s.says(MAX, "/support accept", Permission.ADMIN),
        lambda s: s.waits(days=3),
    ),
    "settled-given-back-by-hand": lambda: after(Story().settled(), lambda s: s.refunds()),
    "cancelled-unpaid": lambda: after(Story(), lambda s: s.says(CAROL, "/support cancel")),
    "cancelled-pending": lambda: after(
        Story(), lambda s: s.pays(status=PENDING), lambda s: s.says(CAROL, "/support cancel")
    ),
    "cancelled-refunding": cancelled,
    "cancelled-refunded": lambda: after(cancelled(), lambda s: s.refunds()),
    "cancelled-by-silence": lambda: after(
        Story().working(), lambda s: s.says(CAROL, "/support cancel"), lambda s: s.waits(days=2)
    ),
    "cancelled-late-payment": lambda: after(
        Story(), lambda s: s.says(CAROL, "/support cancel"), Story.pays
    ),
    "cancelled-refund-failed": refund_in_trouble,
    "cancelled-refund-came-back": refund_came_back,
    "withdrawn": lambda: after(Story(), lambda s: s.does(LABEL_OFF)),
    "overtaken": lambda: after(Story(), lambda s: s.does(OVERTAKEN)),
    "expired": lambda: after(Story(), lambda s: s.waits(days=15)),
    "expired-free": lambda: after(free(DraftState.SHOWN), lambda s: s.waits(days=15)),
    "refunded-nobody-came": lambda: after(
        Story().paid(), lambda s: s.waits(days=3), lambda s: s.refunds()
    ),
    "refunded-by-operator": lambda: after(Story().working(), lambda s: s.refunds()),
    "queued-disputed": lambda: disputes(Story().paid()),
    "queued-nobody-left-disputed": lambda: disputes(
        after(Story(helpers=(ADA,)).paid(), lambda s: s.waits(hours=9))
    ),
    "working-disputed": lambda: disputes(Story().working()),
    "working-disputed-refused": lambda: after(
        disputes(Story().working()), lambda s: s.says(CAROL, "/support cancel")
    ),
    "proposed-inquiry": lambda: disputes(Story().proposed(), INQUIRY),
    "review-disputed": lambda: disputes(Story().reviewed()),
    "accepted-disputed": lambda: disputes(Story().accepted()),
    "accepted-warned": lambda: warns(Story().accepted()),
    "accepted-won": lambda: disputes(disputes(Story().accepted()), WON),
    "settled-disputed": lambda: disputes(Story().settled()),
    "settled-lost": lambda: disputes(Story().settled(), LOST),
    "refunded-lost": lambda: disputes(Story().working(), LOST),
}
"""How each card came about, by the name of its file."""


def in_own_words(kind: str) -> Ticket:
    words = "Hi! We are @all *curious* whether it works now."
    return offer(replace(terms(), notice_texts=((kind, words),)))


def unassignable() -> Story:
    return after(Story(), Story.pays, lambda s: s.assigns(ADA, is_assigned=False))


NOTICES: Mapping[str, Callable[[], Story]] = {
    "asked": unassignable,
    "proposed": lambda: Story().proposed(),
    "waiting": lambda: after(question_asked(), lambda s: s.waits(days=3)),
    "proposed-question-open": lambda: after(question_asked(), lambda s: s.waits(days=6)),
    "breach": lambda: after(Story().working(), lambda s: s.waits(days=3)),
    "breach-in-oslo": lambda: after(
        Story(offer(terms(zone="Europe/Oslo"))).working(), lambda s: s.waits(days=3)
    ),
    "reminder": lambda: after(Story().proposed(), lambda s: s.waits(hours=37)),
    "reminder-in-the-maintainers-words": lambda: after(
        Story(in_own_words("reminder")).proposed(), lambda s: s.waits(hours=37)
    ),
    "declined-by-a-button": lambda: after(
        Story().proposed(), lambda s: s.does(by_button(Decline(reason="it still fails")))
    ),
    "unclaimed": lambda: after(
        Story(helpers=(ADA,)).paid(), lambda s: s.says(ADA, "/support release"), Story.finds
    ),
    "cancel-asked": lambda: after(Story().working(), lambda s: s.says(CAROL, "/support cancel")),
    "review": lambda: after(Story().reviewed(), Story.finds),
    "review-escalated": lambda: after(
        Story().working(),
        lambda s: s.says(CAROL, "/support escalate this is not what I bought"),
        Story.finds,
    ),
    "review-out-of-time": lambda: after(Story().working(), lambda s: s.waits(days=7), Story.finds),
    "review-in-the-maintainers-words": lambda: after(
        Story(in_own_words("review")).reviewed(), Story.finds
    ),
    "refund-by-customer": cancelled,
    "refund-by-helper": lambda: after(
        Story().working(),
        lambda s: s.says(CAROL, "/support cancel"),
        lambda s: s.says(ADA, "/support release"),
    ),
    "refund-by-silence": lambda: after(
        Story().working(), lambda s: s.says(CAROL, "/support cancel"), lambda s: s.waits(days=2)
    ),
    "refund-by-review": lambda: after(
        Story().reviewed(), lambda s: s.says(MAX, "/support refund not solved", Permission.ADMIN)
    ),
    "refund-of-a-part": lambda: after(
        Story().working(),
        lambda s: s.says(MAX, "/support refund $20 it took long", Permission.ADMIN),
    ),
    "refund-by-operator": lambda: after(Story().working(), lambda s: s.refunds()),
    "refund-lost-to-the-bank": lambda: disputes(Story().working(), LOST),
    "proposed-while-disputed": lambda: after(
        disputes(Story().working()), lambda s: s.says(ADA, "/support propose")
    ),
    "review-while-disputed": lambda: after(disputes(Story().reviewed()), Story.finds),
    "refund-nobody-came": lambda: after(Story().paid(), lambda s: s.waits(days=3)),
    "refund-overtaken": lambda: after(Story().paid(), lambda s: s.does(OVERTAKEN)),
    "refund-before-the-owners-word": lambda: after(Story(), Story.gets_new_owner, Story.pays),
    "refund-late-payment": lambda: after(Story(), lambda s: s.waits(days=15), Story.pays),
}
"""How the last notice of each came about."""
