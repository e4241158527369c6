"""The few comments that mention somebody, because a clock starts or money moves; no I/O."""

from __future__ import annotations

from app.domain.effects import NoticeKind
from app.domain.money import show
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import Asked, End, Ticket
from app.domain.wording.texts import moment, quoted


def _notice(ticket: Ticket, kind: NoticeKind, words: str) -> str:
    """Put the hidden first line before the words."""
    return f"<!-- mainstay:notice:{ticket.id}:{kind} -->\n{words}\n"


def _until(ticket: Ticket, clock: Clock) -> str:
    """Write when a clock strikes."""
    due = ticket.due(clock)
    assert due is not None, "a notice tells of a clock that runs"
    return moment(due)


def _helper(ticket: Ticket) -> str:
    """Mention the helper."""
    assert ticket.helper is not None, "a notice to the helper needs one"
    return f"@{ticket.helper.person.login}"


def asked(ticket: Ticket, record: Asked) -> str:
    """Ask a helper whom GitHub would not assign."""
    ask = ticket.due(Clock.ASK)
    until = f" until {moment(ask)}" if ask else ""
    return _notice(
        ticket,
        NoticeKind.ASKED,
        f"@{record.helper.person.login}, would you take this paid ticket? Any answer here, or "
        f"`/support claim`, takes it{until}; `/support release` passes it on. "
        "(GitHub can assign you once you have commented.)",
    )


def proposed(ticket: Ticket) -> str:
    """Tell the customer that it is their turn to look."""
    return _notice(
        ticket,
        NoticeKind.PROPOSED,
        f"@{ticket.customer.login}, {ticket.helper.person.login if ticket.helper else 'the helper'}"
        " says that this is solved. If it is, please say `/support accept`; if not, "
        f"`/support decline` and what is missing. After {_until(ticket, Clock.ACCEPT)} "
        "silence counts as a yes.",
    )


def reminder(ticket: Ticket) -> str:
    """Remind the customer, once."""
    return _notice(
        ticket,
        NoticeKind.REMINDER,
        f"@{ticket.customer.login}, a small reminder: is this solved? `/support accept` or "
        f"`/support decline` and why. On {_until(ticket, Clock.ACCEPT)} it counts as accepted.",
    )


def cancel_asked(ticket: Ticket) -> str:
    """Tell the helper that the customer wants to stop."""
    return _notice(
        ticket,
        NoticeKind.CANCEL_ASKED,
        f"{_helper(ticket)}, {ticket.customer.login} would like to stop. `/support release` "
        "agrees and gives the money back; if it is solved, say `/support propose`. "
        f"Without an answer it stops on {_until(ticket, Clock.CANCEL)}.",
    )


def declined(ticket: Ticket) -> str:
    """Tell the helper what is missing."""
    return _notice(
        ticket,
        NoticeKind.DECLINED,
        f"{_helper(ticket)}, {ticket.customer.login} says that it is not solved yet: "
        f"{quoted(ticket.declines[-1])}\n\nPlease have another look, and `/support propose` again.",
    )


_WHY: dict[End, str] = {
    End.BY_CUSTOMER: "you stopped the ticket",
    End.NOBODY_CAME: "no helper could take it in time, and we are sorry for that",
    End.BY_HELPER: "the helper agreed to stop",
    End.BY_SILENCE: "nobody answered in time",
    End.BY_REVIEW: "the maintainers decided so",
}


def refund(ticket: Ticket) -> str:
    """Tell the customer that the money goes back, and why."""
    assert ticket.payment is not None, "only what was paid goes back"
    return _notice(
        ticket,
        NoticeKind.REFUND,
        f"@{ticket.customer.login}, all of {show(ticket.payment.amount)} goes back to you: "
        f"{_WHY[ticket.end]}. Your bank usually shows it within 5 to 10 days.",
    )
