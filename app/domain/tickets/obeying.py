"""What a ticket does when somebody gives a command, or answers in its thread; no I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from app.domain.commands import (
    AI,
    Accept,
    Cancel,
    Claim,
    Community,
    Decline,
    Escalate,
    Help,
    Human,
    Mistake,
    NotBuilt,
    Off,
    Open,
    Propose,
    Rate,
    Refund,
    Release,
    Reopen,
    Status,
    Transfer,
    Verb,
)
from app.domain.effects import CheckPermission, React, Reaction
from app.domain.events import AnswerGiven, CommandGiven
from app.domain.ids import UserId
from app.domain.people import Allowed, Denied, Obstacle, Permission, Role, is_maintainer, may
from app.domain.tickets import (
    asking,
    community,
    frozen,
    handing,
    offered,
    proposed,
    review,
    waiting,
    working,
)
from app.domain.tickets.decision import Around, Decision, nothing
from app.domain.tickets.parts import Rating
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import End, Ticket
from app.domain.wording import lines

Order = (
    Open
    | Community
    | Human
    | Status
    | Help
    | Off
    | Cancel
    | Accept
    | Decline
    | Claim
    | Release
    | Propose
    | Transfer
    | Escalate
    | Reopen
    | Rate
    | Refund
)
"""A command that can be done."""


def obey(ticket: Ticket, event: CommandGiven, around: Around, now: datetime) -> Decision:
    """Hear a command: any word of the customer's is an answer, and a helper's may be a question."""
    heard = waiting.heard(ticket, event.user, now)
    return _then_question(_obey(heard, event, around, now), event, around, now)


def _obey(ticket: Ticket, event: CommandGiven, around: Around, now: datetime) -> Decision:
    """Answer a command with a sign on it, and do it if this person may now."""
    command = event.command
    roles = roles_of(ticket, event, around)
    if isinstance(command, (Mistake, NotBuilt)):
        return _confused(ticket, event, roles, command.sentence)
    answers = [may(role, command.verb, ticket.stage) for role in roles]
    may_now = any(isinstance(answer, Allowed) for answer in answers)
    is_unknown = event.permission is None and not may_now
    if is_unknown and needs_permission(ticket, command.verb, event.user):
        check = CheckPermission(
            ticket=ticket.id,
            thread=ticket.thread,
            by=event.by,
            user=event.user,
            ref=event.ref,
            command=command,
            form=event.form,
        )
        return Decision(ticket=ticket, effects=(check,), reason="GitHub is asked who this is")
    denials = [answer for answer in answers if isinstance(answer, Denied)]
    if len(denials) == len(answers):
        not_now = [each for each in denials if each.obstacle is not Obstacle.ROLE]
        if not not_now:
            return _sign(nothing(ticket, "not this person's to say"), event, Reaction.REFUSED)
        return _confused(ticket, event, roles, not_now[0].sentence)
    if wrong := _obstacle(ticket, command, event, around):
        return _confused(ticket, event, roles, wrong)
    if roles != (Role.ANYONE,):
        ticket = replace(ticket, line="")
    return _sign(_do(ticket, command, event, around, now), event, Reaction.TAKEN)


def roles_of(ticket: Ticket, event: CommandGiven, around: Around) -> tuple[Role, ...]:
    """Say what whoever gave a command is for this ticket now, the strongest first."""
    is_in_file = around.nominee(event.user) is not None
    verb = None if isinstance(event.command, Mistake) else event.command.verb
    return roles_for(ticket, event.user, event.permission, is_in_file=is_in_file, verb=verb)


def roles_for(
    ticket: Ticket,
    user: UserId,
    permission: Permission | None,
    *,
    is_in_file: bool,
    verb: Verb | None = None,
) -> tuple[Role, ...]:
    """Say what somebody is for this ticket, the strongest first.

    Nobody decides as a maintainer about a ticket of which they are the customer or the helper.
    """
    roles: list[Role] = []
    is_helper = ticket.helper is not None and ticket.helper.user == user
    is_asked = ticket.asking is not None and ticket.asking.helper.user == user
    if user == ticket.customer_user:
        roles.append(Role.CUSTOMER)
    if is_in_file and (is_helper or is_asked):
        roles.append(Role.HELPER)
    elif is_in_file and user != ticket.customer_user:
        roles.append(Role.CANDIDATE)
    if is_maintainer(permission, verb) and not review.has_stake(ticket, user):
        roles.append(Role.MAINTAINER)
    return tuple(roles) or (Role.ANYONE,)


def needs_permission(ticket: Ticket, verb: Verb, user: UserId) -> bool:
    """Say whether only a maintainer may do this now, so that GitHub must be asked afresh."""
    as_maintainer = may(Role.MAINTAINER, verb, ticket.stage)
    as_anyone = may(Role.ANYONE, verb, ticket.stage)
    is_special = isinstance(as_maintainer, Allowed) and not isinstance(as_anyone, Allowed)
    # What is divided is out of a maintainer's hands: they, and nobody else, are told whose it is.
    is_told_why = verb is Verb.REFUND and ticket.stage is Stage.SETTLED
    return (is_special or is_told_why) and not review.has_stake(ticket, user)


def _obstacle(ticket: Ticket, command: Order, event: CommandGiven, around: Around) -> str:
    """Say what stands in the way of a command that this person may give; empty: nothing."""
    if told := frozen.obstacle(ticket, command.verb):
        return told
    match command:
        case Open(choice=choice) if choice == AI and event.user == ticket.customer_user:
            return offered.no_draft(ticket)
        case Open(choice=choice) if ticket.stage is Stage.OFFERED:
            return offered.no_plan(ticket, choice) if event.user == ticket.customer_user else ""
        case Community():
            return community.obstacle(ticket)
        case Accept(login=login) if ticket.stage is Stage.OFFERED:
            return community.wrong_thanks(ticket, login, around)
        case Accept():
            return _thanks_somebody_else(ticket, command)
        case Refund(amount=amount) if amount is not None:
            return review.wrong_part(ticket, amount)
        case Transfer(login=login):
            return handing.obstacle(ticket, login, around)
        case Reopen() if ticket.end is End.BY_REVIEW:
            return lines.DECIDED
        case _:
            return ""


def _thanks_somebody_else(ticket: Ticket, command: Accept) -> str:
    """Say what is wrong with the name in an acceptance, if it is not of the one who is paid."""
    assert ticket.helper is not None, "what can be accepted was done by a helper"
    if command.login is None or command.login.lower() == ticket.helper.person.login.lower():
        return ""
    return lines.not_the_helper(command.login, ticket.helper)


def _sign(decision: Decision, event: CommandGiven, reaction: Reaction) -> Decision:
    """Put the sign on the command, before everything else that is done."""
    if event.form:
        return decision  # our own page shows what came of it
    sign = React(thread=decision.ticket.thread, ref=event.ref, reaction=reaction)
    return replace(decision, effects=(sign, *decision.effects))


def _confused(
    ticket: Ticket, event: CommandGiven, roles: tuple[Role, ...], sentence: str
) -> Decision:
    """Say on the card what was not understood, to those whose card it is."""
    if roles != (Role.ANYONE,):
        ticket = replace(ticket, line=lines.to(event.by, sentence))
    return _sign(
        Decision(ticket=ticket, reason="the command was not understood"),
        event,
        Reaction.CONFUSED,
    )


def _do(  # noqa: C901, PLR0912 - a table, with one line for each command
    ticket: Ticket, command: Order, event: CommandGiven, around: Around, now: datetime
) -> Decision:
    """Do a command that this person may give now."""
    match command:
        case Open(choice=choice) if event.user == ticket.customer_user:
            return offered.choose(ticket, choice)
        case Community():
            return community.ask(replace(ticket, is_asked_for=True), now)
        case Human():
            return offered.without_ai(ticket)
        case Open() | Status() | Help() | Off():
            return nothing(ticket, "the card says it")
        case Cancel(reason=reason):
            return working.cancel(replace(ticket, why=reason), around, now)
        case Accept(login=login):
            if ticket.stage is Stage.REVIEW:
                return review.pay(ticket, now)
            if ticket.stage is Stage.OFFERED and login is not None:
                return community.thank(ticket, login, around, now)
            return proposed.accept(ticket, now)
        case Decline(reason=reason):
            said_no = proposed.decline(ticket, reason, now)
            return proposed.tell_helper(said_no) if event.form else said_no
        case Claim():
            nominee = around.nominee(event.user)
            assert nominee is not None, "only who is in the file may claim"
            return asking.take(ticket, nominee, now)
        case Release():
            return working.release(ticket, around, now)
        case Propose(note=note) if ticket.stage is Stage.QUEUED:
            nominee = around.nominee(event.user)
            assert nominee is not None, "only who is in the file may propose"
            return working.take_and_propose(ticket, nominee, note, now)
        case Propose(note=note):
            return working.propose(ticket, note, now)
        case Transfer(login=login):
            return handing.hand_on(ticket, login, event.by, event.user, around, now)
        case Escalate(reason=reason):
            return review.escalate(ticket, event.by, reason, now)
        case Reopen(reason=reason):
            said_no = proposed.reopen(ticket, reason, now)
            return proposed.tell_helper(said_no) if event.form else said_no
        case Rate(stars=stars, text=text):
            rated = replace(ticket, rating=Rating(stars=stars, text=text))
            return Decision(ticket=rated, reason="the customer rated the help")
        case Refund(amount=amount) if amount is not None:
            return review.give_part(replace(ticket, why=command.reason), amount, now)
        case Refund(reason=reason):
            return review.refund(replace(ticket, why=reason), now)
        case _:
            assert_never(command)


def answer(ticket: Ticket, event: AnswerGiven, around: Around, now: datetime) -> Decision:
    """Listen to helper and customer: an answer takes the ticket, stops its clock or lets it run."""
    asked = ticket.asking
    if asked is None or asked.helper.user != event.user:
        return _talk(ticket, event, around, now)
    nominee = around.nominee(event.user)
    if nominee is None:
        return nothing(ticket, "this helper is not in the file any more")
    return _then_question(asking.take(ticket, nominee, now), event, around, now)


def _talk(ticket: Ticket, event: AnswerGiven, around: Around, now: datetime) -> Decision:
    """Let the helper's clock stand still while the customer has to answer, and go on after it."""
    said = waiting.heard(ticket, event.user, now)
    said = waiting.answered_late(said, event.user, now)
    said = proposed.talked(said, event.user, now)
    if said is not ticket:
        return Decision(ticket=said, reason="the customer answered")
    objected = working.objected(ticket, event.user)
    if objected is not ticket:
        return Decision(ticket=objected, reason="the helper answered the wish to stop")
    talk = nothing(ticket, "talk in the thread changes nothing")
    return _then_question(talk, event, around, now)


def _then_question(
    decision: Decision, event: AnswerGiven | CommandGiven, around: Around, now: datetime
) -> Decision:
    """Wait for the customer if the same comment of the helper's asks something."""
    if not event.is_question or around.nominee(event.user) is None:
        return decision
    ticket = waiting.asked(decision.ticket, event.user, now)
    if ticket is decision.ticket:
        return decision
    return replace(decision, ticket=ticket, reason="the helper asked something")


def unchecked(ticket: Ticket, effect: CheckPermission, around: Around) -> Decision:
    """Ask for a command once more, because GitHub did not tell whether this person may give it."""
    given = CommandGiven(
        ticket=ticket.id,
        ref=effect.ref,
        by=effect.by,
        user=effect.user,
        command=effect.command,
        form=effect.form,
    )
    return _confused(ticket, given, roles_of(ticket, given, around), lines.UNCHECKED)
