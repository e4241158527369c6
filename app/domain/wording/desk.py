"""The sentences of a ticket's page for somebody who is signed in; no I/O."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from app.domain.people import Role
from app.domain.verbs import Verb

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
"""What a button is called; one that is not here is called by its verb."""

_FIELDS: Final = MappingProxyType(
    {
        "why": "Why",
        "note": "A note for the customer",
        "@login": "Their name on GitHub",
        "amount": "How much",
        "stars": "From 1 to 5",
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


def button(verb: Verb) -> str:
    """Name the button of a command."""
    return _BUTTONS.get(verb, verb.capitalize())


def field(name: str) -> str:
    """Name a field."""
    return _FIELDS.get(name, name.capitalize())


def role(strongest: Role) -> str:
    """Say what somebody is for this ticket; empty for a stranger."""
    return _ROLES.get(strongest, "")
