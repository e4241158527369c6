"""The rungs of help in one offer: what each costs, how long it takes, and what is next; no I/O.

The AI is free and at once, volunteers are free and take a while, an expert is paid. The customer
may stop or climb at any time.
"""

from __future__ import annotations

from datetime import timedelta

from app.domain.people import Person
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import DraftState, Ticket
from app.domain.wording.texts import moment, name, span

HOURS_TOLD_MAX = 72
"""So many hours are told as such; more of them are days."""


def free_rows(ticket: Ticket) -> list[str]:
    """Write the rungs that cost nothing as lines of the table."""
    rows = []
    if ticket.is_drafted:
        rows.append("| AI draft, checked by nobody | free | at once | no promise |")
    window = ticket.terms.community
    if window is not None and (ticket.can_ask_volunteers or ticket.is_asking_volunteers):
        what = "Volunteers" if ticket.is_asking_volunteers else "Volunteers: `/support community`"
        rows.append(f"| {what} | free | maybe within {_hours(window)} | no promise |")
    return rows


def _hours(window: timedelta) -> str:
    hours, rest = divmod(window, timedelta(hours=1))
    return f"{hours} hours" if 1 < hours <= HOURS_TOLD_MAX and not rest else span(window)


def where_it_stands(ticket: Ticket) -> list[str]:
    """Say how far the customer has climbed, and which rung is next."""
    parts = []
    if ticket.draft is DraftState.HANDED_OFF:
        parts.append(f"**The AI found no answer** in the documentation; {_next_rung(ticket)}")
    elif ticket.is_drafted:
        parts.append(
            "The AI draft comes as its own comment; it is grounded in this repository's "
            "documentation."
        )
    if (until := ticket.due(Clock.COMMUNITY)) is not None:
        parts.append(
            f"**Volunteers are asked until {moment(until, ticket.terms.zone)}:** whoever knows the "
            f"answer is welcome to write it here. It is free. {_how_to_thank(ticket)}"
        )
    elif ticket.community_until is not None:
        parts.append(
            f"**Volunteers were asked,** and nobody was thanked yet; {_next_rung(ticket)} "
            f"{_how_to_thank(ticket)}"
        )
    return parts


def _how_to_thank(ticket: Ticket) -> str:
    return (
        f"Did somebody help? {name(ticket.customer)} thanks them with `/support accept @login`, "
        "and nothing is owed."
    )


def _next_rung(ticket: Ticket) -> str:
    """Point to what comes next on the ladder, after a rung that gave no answer."""
    volunteers = "volunteers, for free: `/support community`"
    if ticket.is_asking_volunteers:
        return "volunteers are asked now."
    if ticket.can_ask_volunteers:
        return f"next come {volunteers}{'; or a paid plan' if ticket.terms.plans else ''}."
    if ticket.terms.plans:
        return "next comes a paid plan: its link stands above."
    return "nothing else is on offer here."


def thanks(volunteer: Person) -> str:
    """Thank whoever helped."""
    return f"**Thank you, {name(volunteer)}.** A volunteer's answer helped, and nothing is owed."
