"""The few comments that mention somebody, because a clock starts or money goes back; no I/O."""

from __future__ import annotations

from datetime import datetime

from app.domain.drafting.defusing import code_span
from app.domain.effects import NoticeKind
from app.domain.money import Money, show
from app.domain.people import Person
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import Asked, End, Helper, Ticket
from app.domain.wording import frozen
from app.domain.wording.answers import all_of_it
from app.domain.wording.ends import why_over
from app.domain.wording.texts import mention, moment, name, quoted

_BANKS = "A bank usually shows it within 5 to 10 days."


def _notice(ticket: Ticket, kind: NoticeKind, words: str) -> str:
    """Put the hidden first line before the words."""
    return f"<!-- mainstay:notice:{ticket.id}:{kind} -->\n{words}\n"


def _told(ticket: Ticket, kind: NoticeKind, to: Person | str, words: str, facts: str) -> str:
    """Tell somebody something, in the maintainers' own words where the file has some.

    Whom nobody met here is named by their login alone.
    Words can be replaced, facts cannot: what goes back, what to write and until when always stand.
    """
    at = f"@{to}" if isinstance(to, str) else mention(to)
    own = quoted(ticket.terms.own_words(kind))
    if own:
        return _notice(ticket, kind, f"{at}: {own}\n\n{facts}")
    said = " ".join(filter(None, (words, facts)))
    return _notice(ticket, kind, f"{at}, {said}")


def addressed(body: str, login: str, today: str | None) -> str:
    """Let a notice mention somebody by today's login; whose account is gone is only named.

    ``login`` is what we knew them by, which may be a stranger's now.
    """
    first, _, words = body.partition("\n")
    assert words.startswith(f"@{login}"), "a notice begins with whom it is for"
    at = f"@{today}" if today is not None else code_span(login)
    return f"{first}\n{at}{words.removeprefix(f'@{login}')}"


def _until(ticket: Ticket, clock: Clock) -> str:
    """Write when a clock strikes."""
    due = ticket.due(clock)
    assert due is not None, "a notice tells of a clock that runs"
    return moment(due, ticket.terms.zone)


def _helper(ticket: Ticket) -> Helper:
    """Give the helper."""
    assert ticket.helper is not None, "a notice about the work tells of a helper"
    return ticket.helper


def asked(ticket: Ticket, record: Asked) -> str:
    """Ask a helper whom GitHub would not assign."""
    ask = ticket.due(Clock.ASK)
    until = f" until {moment(ask, ticket.terms.zone)}" if ask else ""
    return _told(
        ticket,
        NoticeKind.ASKED,
        record.helper.person,
        "would you take this paid ticket?",
        "Any answer here, or "
        f"`/support claim`, takes it{until}; `/support release` passes it on. "
        "(GitHub can assign you once you have commented.)",
    )


def proposed(ticket: Ticket) -> str:
    """Tell the customer that it is their turn to look."""
    return _told(
        ticket,
        NoticeKind.PROPOSED,
        ticket.customer,
        f"{name(_helper(ticket).person)} says that this is solved.",
        frozen.PROPOSED
        if ticket.is_frozen
        else "If it is, please say `/support accept`; if not, `/support decline` and what is "
        f"missing. Without a no it counts as a yes after {_until(ticket, Clock.ACCEPT)}.",
    )


def reminder(ticket: Ticket) -> str:
    """Remind the customer, once."""
    return _told(
        ticket,
        NoticeKind.REMINDER,
        ticket.customer,
        "a small reminder: is this solved?",
        "`/support accept`, or `/support decline` and what is missing. "
        f"On {_until(ticket, Clock.ACCEPT)} it counts as accepted.",
    )


def declined(ticket: Ticket) -> str:
    """Tell the helper that the customer says no, where no comment of theirs did."""
    by = ticket.resolve_by
    until = f" There is time until {moment(by, ticket.terms.zone)}." if by else ""
    return _told(
        ticket,
        NoticeKind.DECLINED,
        _helper(ticket).person,
        "",
        f"{name(ticket.customer)} says that it is not solved yet"
        f"{_because(ticket.declines[-1])} Please say `/support propose` once it is.{until}",
    )


def unclaimed(ticket: Ticket, login: str) -> str:
    """Tell a maintainer that none of the helpers took a paid ticket."""
    until = frozen.STANDS_STILL
    if not ticket.is_frozen:
        until = f"After {_until(ticket, Clock.NO_HELPER)} it goes back by itself."
    return _told(
        ticket,
        NoticeKind.UNCLAIMED,
        login,
        "nobody has taken this paid ticket, and there is no other helper to ask.",
        "`/support transfer` and a login asks a helper of your choice, `/support refund` and why "
        f"gives the money back. {until}",
    )


def cancel_asked(ticket: Ticket) -> str:
    """Tell the helper that the customer wants to stop."""
    return _told(
        ticket,
        NoticeKind.CANCEL_ASKED,
        _helper(ticket).person,
        f"{name(ticket.customer)} would like to stop{_because(ticket.why)}",
        f"`/support release` agrees, and {all_of_it(ticket)} goes back; if it is solved, say "
        "`/support propose`. "
        f"Without an answer it stops on {_until(ticket, Clock.CANCEL)}.",
    )


def waiting(ticket: Ticket) -> str:
    """Tell the customer that everything waits for their answer."""
    return _told(
        ticket,
        NoticeKind.WAITING,
        ticket.customer,
        f"{name(_helper(ticket).person)} has asked you something and cannot go on without you.",
        "Any answer here is enough. "
        f"Without one it counts as solved after {_until(ticket, Clock.UNANSWERED)}.",
    )


def unanswered(ticket: Ticket) -> str:
    """Tell the customer that a question was left open for so long that it counts as solved."""
    then = (
        f". {frozen.STANDS_STILL}"
        if ticket.is_frozen
        else "; `/support accept` says that it is solved. "
        f"After {_until(ticket, Clock.ACCEPT)} silence counts as a yes."
    )
    return _notice(
        ticket,
        NoticeKind.PROPOSED,
        f"{mention(ticket.customer)}, the question of {name(_helper(ticket).person)} is still "
        f"open, so this counts as solved for now. Any answer here lets the work go on{then}",
    )


def breach(ticket: Ticket, until: datetime) -> str:
    """Tell the helper that the promise to solve it was not kept, and until when it goes on."""
    return _told(
        ticket,
        NoticeKind.BREACH,
        _helper(ticket).person,
        "this should be solved by now, as promised.",
        f"There is time until {moment(until, ticket.terms.zone)}: please say `/support propose`, "
        f"ask {name(ticket.customer)} what you need to know, or `/support release` it for somebody "
        "else. After that the maintainers decide.",
    )


def review(ticket: Ticket, login: str) -> str:
    """Tell a maintainer, who may have followed nothing of this, what there is to decide."""
    helper = name(_helper(ticket).person)
    if ticket.is_frozen:
        until = frozen.STANDS_STILL
    elif ticket.due(Clock.REVIEW) is None:
        until = "The operator of this service may decide by now, too."
    else:
        until = f"After {_until(ticket, Clock.REVIEW)} the operator of this service decides."
    return _told(
        ticket,
        NoticeKind.REVIEW,
        login,
        "would you decide this one?",
        f"{_why_review(ticket)}\n\n"
        f"`/support accept` pays {helper}, `/support refund` and why gives the money back, with an "
        f"amount a part of it. {until}",
    )


def _why_review(ticket: Ticket) -> str:
    """Say what led to it, to somebody who may read nothing else."""
    customer = name(ticket.customer)
    if (call := ticket.escalation) is not None:
        words = f": {quoted(call.reason)}" if call.reason else "."
        return f"{name(call.by)} asked the maintainers to decide{words}"
    if ticket.is_unanswered:
        return f"{customer} left a question of {name(_helper(ticket).person)} open."
    if ticket.is_out_of_time:
        return "The time that was promised is over, and as much again."
    if len(ticket.declines) > 1:
        return f"{customer} says again that it is not solved: {quoted(ticket.declines[-1])}"
    return "Nobody said yes or no in time."


def refund(ticket: Ticket, amount: Money) -> str:
    """Tell the customer that the money goes back, and why."""
    return _told(
        ticket,
        NoticeKind.REFUND,
        ticket.customer,
        "",
        f"{show(amount)} goes back to you. {_why_to_the_customer(ticket)} {_BANKS}",
    )


def _why_to_the_customer(ticket: Ticket) -> str:
    """Say why it is over, to whoever may have stopped it themselves."""
    if ticket.end is End.BY_CUSTOMER:
        return "You stopped it."
    if ticket.end is End.BY_REVIEW and ticket.why:
        return f"{why_over(ticket).removesuffix('.')}{_because(ticket.why)}"
    return why_over(ticket)


def _because(words: str) -> str:
    """End a sentence with somebody's own words, where they gave any."""
    said = quoted(words)
    return f": {said}{'' if said.endswith(('.', '!', '?', '…')) else '.'}" if said else "."


def part(ticket: Ticket, amount: Money) -> str:
    """Tell the customer that a part of the money goes back."""
    paid = ticket.payment
    assert paid is not None, "a part is one of what was paid"
    return _told(
        ticket,
        NoticeKind.REFUND,
        ticket.customer,
        "",
        f"{show(amount)} of {show(paid.amount)} goes back to you, as it was decided"
        f"{_because(ticket.why)} {_BANKS}",
    )


def late(ticket: Ticket, amount: Money) -> str:
    """Tell the customer that a payment came when everything was over, and goes back."""
    return _notice(
        ticket,
        NoticeKind.REFUND,
        f"{mention(ticket.customer)}, {show(amount)} was paid when this was over already, so all "
        f"of it goes straight back. {_BANKS}",
    )


def before_the_owners_word(ticket: Ticket, amount: Money) -> str:
    """Tell the customer that a payment came while a new owner had to agree, and goes back."""
    return _notice(
        ticket,
        NoticeKind.REFUND,
        f"{mention(ticket.customer)}, {show(amount)} was paid before this repository's new owner "
        f"agreed to sell support, so all of it goes straight back. {_BANKS}",
    )


def lost(ticket: Ticket) -> str:
    """Tell the helper that the customer's bank took the money back for good."""
    paid = ticket.payment
    assert paid is not None, "only what was paid can be taken back"
    return _notice(
        ticket,
        NoticeKind.REFUND,
        f"{mention(_helper(ticket).person)}, the customer's bank has taken {show(paid.amount)} "
        "back for good, so nothing is left to be paid for this one. We are sorry; it was not "
        "your decision, nor ours.",
    )
