"""The sentences of a ticket's page for somebody who is signed in; no I/O."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from app.domain.people import Role
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.domain.verbs import Verb
from app.domain.wording import answers
from app.domain.wording.texts import name, span

GITHUB_AWAY: Final = (
    "GitHub does not tell us at the moment what you may do here. Nothing has happened; please try "
    "again in a minute."
)
UNKNOWN: Final = "That is nothing that can be done here."
NO_DRAFT: Final = "There is no draft here that waits for your word."
UNDER_WAY: Final = "Your word is on its way. This page looks again by itself."

_BUTTONS: Final = MappingProxyType(
    {
        Verb.CANCEL: "Stop it",
        Verb.ACCEPT: "It is solved",
        Verb.DECLINE: "It is not solved",
        Verb.CLAIM: "Take the ticket",
        Verb.RELEASE: "Give it back",
        Verb.PROPOSE: "Ask the customer to accept",
        Verb.REFUND: "Give the money back",
        Verb.COMMUNITY: "Ask volunteers",
        Verb.HUMAN: "Keep the AI out",
        Verb.TRANSFER: "Hand it on",
        Verb.ESCALATE: "Let the maintainers decide",
        Verb.REOPEN: "It is not solved after all",
        Verb.RATE: "Rate the help",
    }
)
"""What a button is called, where its stage does not say otherwise."""

_FIELDS: Final = MappingProxyType(
    {
        "why": "Why",
        "note": "A note for the customer",
        "@login": "Their name on GitHub",
        "amount": "How much, like 20",
        "stars": "Stars, from 1 to 5",
        "text": "In your words",
    }
)

_ROLES: Final = MappingProxyType(
    {
        Role.CUSTOMER: "You asked for this help.",
        Role.HELPER: "You are its helper.",
        Role.CANDIDATE: "You are one of the helpers here.",
        Role.MAINTAINER: "You maintain this project.",
    }
)


def button(verb: Verb, ticket: Ticket) -> str:
    """Name the button of a command."""
    match verb:
        case Verb.ACCEPT if ticket.stage is Stage.OFFERED:
            return "Thank a volunteer"
        case Verb.ACCEPT if ticket.stage is Stage.REVIEW:
            return "Pay the helper"
        case Verb.RELEASE if ticket.is_cancel_asked:
            return "Agree to stop"
        case _:
            return _BUTTONS[verb]


def what(verb: Verb, ticket: Ticket) -> str:  # noqa: C901, PLR0912 - a table, with one line a button
    """Say what follows when a button is pressed now, in one sentence."""
    customer, all_of_it = name(ticket.customer), answers.all_of_it(ticket)
    helper = name(ticket.helper.person) if ticket.helper else "the helper"
    match verb:
        case Verb.CANCEL if ticket.stage is Stage.OFFERED:
            return "The offer ends, and nothing is owed."
        case Verb.CANCEL if ticket.stage is Stage.QUEUED:
            return f"{all_of_it} goes back to you at once."
        case Verb.CANCEL:
            return f"{helper} is asked, silence counts as a yes, and {all_of_it} goes back to you."
        case Verb.ACCEPT if ticket.stage is Stage.OFFERED:
            return "They are thanked by name, nothing is owed, and the ticket ends."
        case Verb.ACCEPT if ticket.stage is Stage.REVIEW:
            return f"The price is divided {_after_grace(ticket)}, as it stands below."
        case Verb.ACCEPT:
            return f"The price is divided {_after_grace(ticket)}; until then you can take it back."
        case Verb.DECLINE:
            return "The maintainers decide then." if ticket.declines else f"{helper} goes on."
        case Verb.CLAIM:
            return "You are its helper then. An answer in the thread does the same."
        case Verb.RELEASE if ticket.is_cancel_asked:
            return f"{all_of_it} goes back to {customer}."
        case Verb.RELEASE:
            return "The next helper is asked, if there is one."
        case Verb.PROPOSE:
            within = span(ticket.terms.accept_within)
            return f"{customer} looks, and has {within} to answer; then it counts as accepted."
        case Verb.REFUND:
            return "Without an amount it is all of it. What went back cannot be taken again."
        case Verb.COMMUNITY:
            plans = "; the plans stay on offer" if ticket.terms.plans else ""
            return f"Whoever knows the answer may give it, for free{plans}."
        case Verb.HUMAN:
            return "No AI answers in this thread any more."
        case Verb.TRANSFER:
            return "Another helper of this project has it then."
        case Verb.ESCALATE:
            return "One of them looks who is right, and pays the helper or gives the money back."
        case Verb.REOPEN:
            return f"{helper} goes on, and nothing is divided."
        case _:
            return "It stands on the card, where everybody can read it."


def _after_grace(ticket: Ticket) -> str:
    grace = ticket.terms.grace
    return f"{span(grace)} from now" if grace else "at once"


def field(name: str) -> str:
    """Name a field."""
    return _FIELDS.get(name, name.capitalize())


def role(strongest: Role) -> str:
    """Say what somebody is for this ticket; empty for a stranger."""
    return _ROLES.get(strongest, "")
