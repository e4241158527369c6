"""What people say and do in a thread: whose command it is, and which ticket it is about."""

from __future__ import annotations

from sqlmodel import Session

from app.domain import commands
from app.domain.commands import (
    Command,
    Community,
    Help,
    Mistake,
    MistakeKind,
    Off,
    Open,
    Rate,
    Reopen,
    Verb,
)
from app.domain.conversations import Thread, Visibility
from app.domain.effects import Chosen, ExplainHelp, React, Reaction, ReadPolicy
from app.domain.events import (
    AnswerGiven,
    CardLost,
    CommandGiven,
    IssueSeen,
    MessageArrived,
    MessageDeleted,
    OfferRequested,
    OfferWithdrawn,
    RepositorySeen,
    ThreadClosed,
    ThreadReopened,
)
from app.domain.ids import UserId
from app.domain.people import Allowed, Identity, Person, Role, may
from app.domain.policy import SupportPolicy
from app.domain.questions import asks_something
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import Ticket
from app.domain.wording import help as help_words
from app.services import availability, limits, owners, record, tickets
from app.services.around import policy_in_force
from app.services.context import Context, Handled
from app.store import conversations, people, policies
from app.store import tickets as ticket_rows
from app.store.conversations import Conversation
from app.store.engine import lock_repository


def message_arrived(session: Session, event: MessageArrived, context: Context) -> Handled:
    """Read a message as a command or as an answer; our own and other bots' are only talk."""
    if event.message.is_ours or event.message.author.is_bot:
        return Handled.DONE
    if not _is_ready(session, event.thread, event.repository, context):
        return Handled.NOT_YET
    policy = policy_in_force(session, event.thread.repository, context.operator)
    conversation = conversations.by_thread(session, event.thread)
    if policy is None and conversation is None:
        return Handled.DONE  # no valid file: silence in public
    lock_repository(session, event.thread.repository)
    person = people.resolve(session, event.message.author)
    user = UserId(int(event.message.author.external_id))
    plan_ids = [plan.id for plan in policy.plans] if policy else []
    command = commands.read(
        event.message.text, plan_ids=plan_ids, currency=policy.currency if policy else None
    )
    looks_back = command if isinstance(command, (Rate, Reopen)) else None
    ticket = _ticket_for(session, conversation, person, looks_back)
    if conversation is not None:
        conversations.add_message(session, conversation, event.message, person.id)
        conversations.save_labels(session, conversation, event.issue.labels)
    if command is not None and not limits.is_heard(
        session, event.thread, event.message.ref, person, ticket, policy, context
    ):
        return Handled.DONE
    if isinstance(command, Off):
        if policy is None:
            return Handled.DONE
        ref = event.message.ref
        return availability.off(
            session, event.thread, ref, user, command, policy=policy, context=context
        )
    if command is None:
        return _talk(session, ticket, event, person, user, context)
    if ticket is not None and not _asks_anew(ticket, command, user):
        given = CommandGiven(
            ticket=ticket.id,
            ref=event.message.ref,
            by=person,
            user=user,
            command=command,
            is_question=asks_something(event.message.text),
        )
        return tickets.happened(session, ticket.id, given, context)
    return _first_words(session, event, policy, person, user, command, context)


def _is_ready(
    session: Session, thread: Thread, repository: RepositorySeen, context: Context
) -> bool:
    """Make sure that the repository and its file are known; else have them read first."""
    owners.heed(session, repository, thread.installation, context)
    if policies.was_read(session, thread.repository):
        return True
    order = ReadPolicy(
        installation=thread.installation,
        repository=thread.repository,
        cause="first",
        occasion=Chosen(at=None),
    )
    record.effects(session, [order], context)
    return False


def _ticket_for(
    session: Session,
    conversation: Conversation | None,
    person: Person,
    looks_back: Rate | Reopen | None,
) -> Ticket | None:
    """Find the ticket that a person's words are about.

    It is their own one if it is open; else the one that is paid for and not over; else the newest.
    What looks back is about the newest that they had themselves and for which it can be said now,
    else about the newest that they had.
    """
    if conversation is None:
        return None
    all_tickets = ticket_rows.in_conversation(session, conversation.id)
    had = [each for each in all_tickets if each.customer.id == person.id]
    if looks_back is not None and had:
        verb = looks_back.verb
        fit = (each for each in had if may(Role.CUSTOMER, verb, each.stage) == Allowed())
        return next(fit, had[0])
    rest = [each for each in all_tickets if not each.stage.is_over]
    own = [each for each in rest if each.customer.id == person.id]
    sold = [each for each in rest if each.stage is not Stage.OFFERED]
    return next(iter([*sold, *own, *rest, *all_tickets]), None)


def _asks_anew(ticket: Ticket, command: Command | Mistake, user: UserId) -> bool:
    """Say whether a command opens a ticket of its own instead of speaking about this one."""
    if not isinstance(command, (Open, Community)):
        return False
    is_theirs = ticket.customer_user == user
    return ticket.stage.is_over or (ticket.stage is Stage.OFFERED and not is_theirs)


def _talk(
    session: Session,
    ticket: Ticket | None,
    event: MessageArrived,
    person: Person,
    user: UserId,
    context: Context,
) -> Handled:
    """Let the ticket know that somebody answered."""
    if ticket is None:
        return Handled.DONE
    answer = AnswerGiven(
        ticket=ticket.id,
        ref=event.message.ref,
        by=person,
        user=user,
        is_question=asks_something(event.message.text),
    )
    return tickets.happened(session, ticket.id, answer, context)


def _first_words(
    session: Session,
    event: MessageArrived,
    policy: SupportPolicy | None,
    person: Person,
    user: UserId,
    command: Command | Mistake,
    context: Context,
) -> Handled:
    """Answer a command where there is no ticket that it is about."""
    thread, ref = event.thread, event.message.ref
    if policy is None:
        return Handled.DONE
    wants_help = isinstance(command, (Open, Community))
    wants_to_open = wants_help or (
        isinstance(command, Mistake) and command.kind is MistakeKind.UNKNOWN
    )
    is_crowded = wants_help and _is_crowded(session, thread)
    if wants_help and not is_crowded and _can_open(session, policy, event, context):
        if not limits.may_open(session, thread.repository, person, policy, context):
            full = React(thread=thread, ref=ref, reaction=Reaction.CONFUSED)
            record.effects(session, [full], context)
            return Handled.DONE
        taken = React(thread=thread, ref=ref, reaction=Reaction.TAKEN)
        record.effects(session, [taken], context)
        choice = command.choice if isinstance(command, Open) else Verb.COMMUNITY
        _open(session, event, policy, person, user, choice or "", context)
        return Handled.DONE
    reaction = Reaction.TAKEN if isinstance(command, Help) else Reaction.CONFUSED
    record.effects(session, [React(thread=thread, ref=ref, reaction=reaction)], context)
    if isinstance(command, Help) or wants_to_open:
        since = event.issue.created_at
        sentence = command.sentence if isinstance(command, Mistake) else ""
        if wants_help:
            sentence = help_words.CROWDED if is_crowded else help_words.NOTHING_ON_OFFER
        body = help_words.render(thread.issue, policy, sentence)
        record.effects(session, [ExplainHelp(thread=thread, since=since, body=body)], context)
    return Handled.DONE


def _is_crowded(session: Session, thread: Thread) -> bool:
    """Say whether there is no room for one more offer in a thread."""
    conversation = conversations.by_thread(session, thread)
    if conversation is None:
        return False
    return limits.is_crowded(ticket_rows.in_conversation(session, conversation.id))


def _open(
    session: Session,
    event: MessageArrived | OfferRequested,
    policy: SupportPolicy,
    customer: Person,
    customer_user: UserId,
    chosen: str | None,
    context: Context,
) -> None:
    """Open a ticket in the conversation, which begins here if it is new."""
    conversation = conversations.find_or_add(
        session,
        event.thread,
        visibility=Visibility.PRIVATE if event.repository.is_private else Visibility.PUBLIC,
        title=event.issue.title,
        question=_question(event.issue),
        now=context.now,
    )
    conversations.save_labels(session, conversation, event.issue.labels)
    tickets.open_ticket(
        session,
        conversation=conversation.id,
        thread=event.thread,
        customer=customer,
        customer_user=customer_user,
        policy=policy,
        chosen=chosen,
        context=context,
    )


def _can_open(
    session: Session,
    policy: SupportPolicy,
    event: MessageArrived | OfferRequested,
    context: Context,
) -> bool:
    """Say whether anything is on offer; not before a new owner has agreed to the file."""
    if policies.is_handed_over(session, event.thread.repository):
        return False
    is_private = event.repository.is_private
    return tickets.can_open(policy, context.operator, is_private=is_private)


def _question(issue: IssueSeen) -> str:
    """Give the text that a draft would answer."""
    return f"{issue.title}\n\n{issue.body}"


def offer_requested(session: Session, event: OfferRequested, context: Context) -> Handled:
    """Make an offer to the author of an issue that got the support label."""
    if not _is_ready(session, event.thread, event.repository, context):
        return Handled.NOT_YET
    policy = policy_in_force(session, event.thread.repository, context.operator)
    conversation = conversations.by_thread(session, event.thread)
    if conversation is not None:
        conversations.save_labels(session, conversation, event.issue.labels)
    if policy is None or event.label.lower() != policy.label.lower():
        return Handled.DONE
    author: Identity = event.issue.author
    if author.is_bot or not _can_open(session, policy, event, context):
        return Handled.DONE
    lock_repository(session, event.thread.repository)
    customer = people.resolve(session, author)
    if conversation is not None:
        here = ticket_rows.in_conversation(session, conversation.id)
        if any(not each.stage.is_over and each.customer.id == customer.id for each in here):
            return Handled.DONE
        if any(not each.stage.is_over and each.stage is not Stage.OFFERED for each in here):
            return Handled.DONE
        if limits.is_crowded(here):
            return Handled.DONE
    if policy.limits.is_blocked(author.login):
        return Handled.DONE
    if not limits.may_open(session, event.thread.repository, customer, policy, context):
        return Handled.DONE
    user = UserId(int(author.external_id))
    _open(session, event, policy, customer, user, None, context)
    return Handled.DONE


def offer_withdrawn(session: Session, event: OfferWithdrawn, context: Context) -> Handled:
    """End the author's unpaid offer when the support label is taken off.

    What others in the thread have asked for themselves stays on offer.
    """
    policy = policy_in_force(session, event.thread.repository, context.operator)
    conversation = conversations.by_thread(session, event.thread)
    if conversation is None:
        return Handled.DONE
    rest = [label for label in conversation.labels if label != event.label]
    conversations.save_labels(session, conversation, rest)
    if policy is None or event.label.lower() != policy.label.lower():
        return Handled.DONE
    author = people.resolve(session, event.author)
    for ticket in ticket_rows.in_conversation(session, conversation.id):
        if ticket.stage is Stage.OFFERED and ticket.customer.id == author.id:
            tickets.happened(session, ticket.id, event, context)
    return Handled.DONE


def thread_turned(
    session: Session, event: ThreadClosed | ThreadReopened, context: Context
) -> Handled:
    """Tell the tickets of an issue that was closed or opened again; a bot decides nothing."""
    conversation = conversations.by_thread(session, event.thread)
    if conversation is None or event.by.is_bot:
        return Handled.DONE
    for ticket in ticket_rows.in_conversation(session, conversation.id):
        tickets.happened(session, ticket.id, event, context)
    return Handled.DONE


def message_deleted(session: Session, event: MessageDeleted, context: Context) -> Handled:
    """Tell the ticket whose card was deleted."""
    conversation = conversations.by_thread(session, event.thread)
    if conversation is None:
        return Handled.DONE
    for ticket in ticket_rows.in_conversation(session, conversation.id):
        if ticket.card.comment == event.ref:
            lost = CardLost(ticket=ticket.id, comment=event.ref)
            return tickets.happened(session, ticket.id, lost, context)
    return Handled.DONE
