"""The one line on a card that tells somebody why their command did nothing; no I/O."""

from __future__ import annotations

from app.domain.drafting.defusing import code_span
from app.domain.money import Money, show
from app.domain.people import Person
from app.domain.tickets.ticket import Helper
from app.domain.wording.texts import name

NO_COMMUNITY = "Volunteers are not asked in this repository; the card shows what there is."
COMMUNITY_OVER = "Volunteers were asked here already; the card shows what is left."
NO_AI = "There is no AI draft for this ticket; the card shows what there is."
AI_FOR_HELPERS = "Here an AI draft is for the helper's eyes alone; the card shows what there is."
NO_MORE_AI = "People alone answer in this thread; the card shows what there is."
HANDED_OFF = "The AI found no answer in the documentation; the card shows what there is."
PENDING = (
    "A bank payment is on its way, so please wait for it; `/support cancel` stops, and should the "
    "money still arrive, it goes straight back."
)
NOTHING_TO_ACCEPT = "There is nothing to accept at the moment."
NOBODY_ASKED = (
    "There is nothing to accept at the moment; `/support community` asks volunteers, for free."
)
NO_NAME = "Please name who helped: `/support accept @login`."
ONESELF = "That is the customer of this ticket. Please name who helped: `/support accept @login`."
UNCHECKED = "GitHub did not tell us who you are here. Please give the command once more."
NOT_POSTED = "The draft could not be posted. Please write the answer in the thread."
CLOSING_UNTOLD = (
    "GitHub did not tell us how the issue was closed. If it is solved, please say "
    "`/support propose`."
)
REOPENED = "The issue was opened again."


def to(person: Person, sentence: str) -> str:
    """Address a sentence to the one who gave the command."""
    return f"**{name(person)}:** {sentence}"


def not_a_writer(login: str) -> str:
    """Say that nobody of that name has said anything here, as far as we were there to hear it."""
    return (
        f"We have not seen `{login}` write here since support was asked for. "
        "Please name somebody who has."
    )


def not_sold(choice: str) -> str:
    """Say that a plan is not among those that a ticket was offered."""
    return f"{code_span(choice)} is no plan of this offer; the card shows what there is."


def too_many(most: int, *, is_a_day: bool = False) -> str:
    """Say that one person has as many tickets open as may be, or has left as many today."""
    if is_a_day:
        return (
            f"One person can ask for help and leave it {most} times a day in this repository, so "
            "no other ticket was opened. Tomorrow `/support` opens one again."
        )
    tickets = "1 open ticket" if most == 1 else f"{most} open tickets"
    return (
        f"One person can have {tickets} in this repository, so no other one was opened. "
        "When this one is over or accepted, `/support` opens the next."
    )


def not_the_helper(login: str, helper: Helper) -> str:
    """Say that somebody else than the one who is thanked would be paid."""
    return (
        f"`{login}` is not the helper of this ticket. A bare `/support accept` thanks "
        f"{name(helper.person)}."
    )


YES_OR_NO = (
    "If it is solved, please say `/support accept`; if not, `/support decline` and what is "
    "missing. There is as much time again for it."
)
STOP_OR_NOT = (
    "`/support release` agrees to stop, `/support propose` says that it is solved. Without either, "
    "the maintainers decide."
)
DISPUTED = (
    "The customer's bank is deciding about this payment. Until it has, nothing can be accepted, "
    "stopped or given back here; everything else goes on."
)
WARNED = (
    "A bank has warned that this payment may be fraud. Until the operator has looked, nothing can "
    "be accepted, stopped or given back here; everything else goes on."
)
WANTS_TO_STOP = (
    "The customer would like to stop. `/support release` agrees, and the money goes back."
)


def not_in_file(login: str) -> str:
    """Say that somebody is no helper here."""
    return f"`{login}` is not among the helpers of this repository, and so cannot get the ticket."


def is_customer(login: str) -> str:
    """Say that the customer cannot be the helper as well."""
    return f"`{login}` is the customer of this ticket, and cannot be its helper."


def has_it(login: str) -> str:
    """Say that somebody has the ticket already."""
    return f"`{login}` has this ticket already."


def takes_none(login: str) -> str:
    """Say that a helper takes no ticket at the moment."""
    return (
        f"`{login}` takes no more tickets at the moment: they are off, have as many as they take "
        "at once, or did not answer when they were asked before. They can still "
        "`/support claim` it themselves."
    )


DECIDED = "The maintainers decided this one, so it is not opened again."


ONE_PART_AT_A_TIME = (
    "A part is on its way back already. Please wait until the card says that it was given back."
)


def no_part(kept: Money) -> str:
    """Say that it would be all of the money, or more."""
    return (
        f"{show(kept)} is all that there is of it: name less than that, or give all of it back by "
        "`/support refund` and why."
    )


def other_currency(currency: str) -> str:
    """Say in what the ticket was paid."""
    return f"This ticket was paid in {currency.upper()}. Please name the part in that currency."
