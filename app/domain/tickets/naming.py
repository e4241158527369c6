"""What the people of a ticket are called: by their logins of today, whoever they were; no I/O.

Who may do what never hangs on a login: the same account stays the same person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.domain.people import Person
from app.domain.tickets.ticket import Helper, Ticket


def heed_names(ticket: Ticket, people: Iterable[Person]) -> Ticket:
    """Call everybody in a ticket as their account is called now, where that is known."""
    known = {person.id: person for person in people}

    def today(person: Person) -> Person:
        return known.get(person.id, person)

    def renamed(helper: Helper) -> Helper:
        return replace(helper, person=today(helper.person))

    call, thanked, helper = ticket.escalation, ticket.thanked, ticket.helper
    return replace(
        ticket,
        customer=today(ticket.customer),
        helper=renamed(helper) if helper is not None else None,
        asked=tuple(replace(each, helper=renamed(each.helper)) for each in ticket.asked),
        escalation=replace(call, by=today(call.by)) if call is not None else None,
        thanked=today(thanked) if thanked is not None else None,
    )


def people_of(ticket: Ticket) -> tuple[Person, ...]:
    """Give everybody whom a ticket calls by name."""
    helpers = [each.helper.person for each in ticket.asked]
    helpers += [ticket.helper.person] if ticket.helper is not None else []
    others = [ticket.escalation.by] if ticket.escalation is not None else []
    others += [ticket.thanked] if ticket.thanked is not None else []
    return (ticket.customer, *helpers, *others)
