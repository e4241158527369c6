"""Whose word counts, which sign it gets, and what the card says about it."""

from __future__ import annotations

import pytest

from app.domain.commands import Open, Status, Verb
from app.domain.effects import CheckPermission
from app.domain.events import CommandGiven, EffectFailed
from app.domain.people import Permission, Role
from app.domain.tickets.decision import Around
from app.domain.tickets.obeying import roles_of
from app.domain.tickets.opening import begin
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    DAVE,
    GRACE,
    MALLORY,
    MAX,
    OPERATOR,
    START,
    TICKET,
    Story,
    nominee,
    offer,
    person,
    plan,
    terms,
    user,
)

WORDS = {
    Verb.CANCEL: "cancel",
    Verb.ACCEPT: "accept",
    Verb.DECLINE: "decline because",
    Verb.CLAIM: "claim",
    Verb.RELEASE: "release",
    Verb.PROPOSE: "propose",
}
"""What anybody may try."""


def roles(story: Story, login: str, permission: Permission | None = None) -> tuple[Role, ...]:
    event = CommandGiven(
        ticket=TICKET,
        ref="1",
        by=person(login),
        user=user(login),
        command=Status(),
        permission=permission,
    )
    around = Around(operator=OPERATOR, nominees=tuple(story.nominees.values()))
    return roles_of(story.ticket, event, around)


def test_everybody_has_the_roles_that_they_have_now() -> None:
    story = Story().paid()
    assert roles(story, CAROL) == (Role.CUSTOMER,)
    assert roles(story, ADA) == (Role.HELPER,)
    assert roles(story, GRACE) == (Role.CANDIDATE,)
    assert roles(story, MAX, Permission.ADMIN) == (Role.MAINTAINER,)
    assert roles(story, GRACE, Permission.MAINTAIN) == (Role.CANDIDATE, Role.MAINTAINER)
    assert roles(story, MAX, Permission.WRITE) == (Role.ANYONE,)
    assert roles(story, MALLORY) == (Role.ANYONE,)


def test_a_customer_in_the_file_is_no_helper_of_their_own_ticket() -> None:
    story = Story()
    story.nominees[CAROL] = nominee(CAROL)
    assert roles(story, CAROL, Permission.ADMIN) == (Role.CUSTOMER,)


def test_a_helper_at_work_who_left_the_file_is_nobody() -> None:
    story = Story().working()
    del story.nominees[ADA]
    assert roles(story, ADA, Permission.ADMIN) == (Role.ANYONE,)


@pytest.mark.parametrize("far", ["paid", "working", "proposed", "reviewed", "accepted", "settled"])
@pytest.mark.parametrize("login", [MALLORY, DAVE, MAX])
def test_who_has_no_role_gets_a_sign_and_changes_nothing(far: str, login: str) -> None:
    story: Story = getattr(Story(), far)()
    before = story.ticket
    for words in WORDS.values():
        story.says(login, f"/support {words}")
        assert story.ticket == before, words
        assert story.sign == ("" if story.now_made(CheckPermission) else "-1")
    for words in ("status", "help", "session", "nonsense", "decline"):
        story.says(login, f"/support {words}")
        assert story.ticket == before, words


def test_what_was_not_understood_is_answered_on_the_card_of_whose_it_is() -> None:
    story = Story()
    story.says(CAROL, "/support statsu")
    assert story.sign == "confused"
    assert "> **`carol`:** I do not know `statsu`. Did you mean `/support status`?" in story.card
    story.says(CAROL, "/support status")
    assert story.sign == "eyes"
    assert "I do not know" not in story.card


def test_a_strangers_command_does_not_take_the_line_off() -> None:
    story = Story()
    story.says(CAROL, "/support statsu")
    story.says(MALLORY, "/support status")
    assert story.sign == "eyes"
    assert "I do not know" in story.card


def test_the_right_person_at_the_wrong_time_is_told_so() -> None:
    story = Story().paid()
    story.says(ADA, "/support escalate")
    assert (
        "> **`ada`:** There is nothing for the maintainers to decide at the moment." in story.card
    )
    story.says(CAROL, "/support accept")
    assert "> **`carol`:** There is nothing to accept at the moment." in story.card
    story.says(ADA, "/support claim")
    assert "> **" not in story.card


def test_what_is_not_built_yet_is_refused_in_a_sentence() -> None:
    story = Story()
    story.says(CAROL, "/support private")
    assert story.sign == "confused"
    assert "Tickets cannot be private yet" in story.card


@pytest.mark.parametrize("login", [ADA, GRACE])
def test_a_break_is_taken_from_all_tickets_and_changes_nothing_on_this_one(login: str) -> None:
    story = Story().paid()
    before = story.ticket
    story.says(login, "/support off")
    assert (story.ticket, story.sign) == (before, "eyes")


@pytest.mark.parametrize(
    ("far", "asked"),
    [
        ("paid", {"refund because"}),
        ("working", {"refund because"}),
        ("proposed", {"refund because"}),
        ("reviewed", {"refund because", "accept"}),
        ("accepted", {"refund because"}),
        ("settled", {"refund because"}),
    ],
)
def test_github_is_asked_only_where_a_maintainer_alone_may(far: str, asked: set[str]) -> None:
    story: Story = getattr(Story(), far)()
    for words in (*WORDS.values(), "refund because", "status"):
        told = Story(story.ticket)
        told.says(MAX, f"/support {words}")
        assert bool(told.now_made(CheckPermission)) == (words in asked), words


@pytest.mark.parametrize(("login", "is_told"), [(GRACE, True), (MALLORY, False)])
def test_a_check_that_failed_asks_for_the_command_once_more(login: str, *, is_told: bool) -> None:
    story = Story().paid()
    story.says(login, "/support refund because")
    (effect,) = story.now_made(CheckPermission)
    story.does(EffectFailed(effect=effect, reason="GitHub is away", is_certain=False))
    assert story.sign == "confused"
    assert ("give the command once more" in story.card) == is_told


def test_the_race_of_a_stop_and_an_answer_ends_one_way() -> None:
    first = Story().paid()
    first.says(CAROL, "/support cancel")
    first.says(ADA, "set proxy=on")
    first.says(ADA, "/support claim")
    assert first.state == "cancelled refunding"
    assert "> **`ada`:** This ticket is over; `/support` opens a new one." in first.card
    second = Story().paid()
    second.says(ADA, "set proxy=on")
    second.says(CAROL, "/support cancel")
    assert second.state == "working paid"
    assert second.ticket.is_cancel_asked


def test_two_decisions_at_once_are_one() -> None:
    story = Story().proposed()
    story.says(CAROL, "/support accept")
    story.says(CAROL, "/support decline no, wait")
    assert story.state == "accepted paid"
    assert "There is nothing to decline at the moment" in story.card


def test_a_refund_of_what_is_divided_is_explained_to_a_maintainer_alone() -> None:
    for permission, sign in ((Permission.MAINTAIN, "confused"), (Permission.WRITE, "-1")):
        story = Story().settled()
        story.says(MAX, "/support refund too late", permission)
        assert (story.state, story.sign) == ("settled paid", sign)
        assert ("please write to them" in story.card) == (sign == "confused")


def test_a_plan_that_was_not_offered_is_told_to_be_none() -> None:
    sold = Story(offer(terms(plans=(plan(),))))
    for login, is_told in ((MALLORY, False), (CAROL, True)):
        wanted = Open(choice="session")
        sold.does(
            CommandGiven(
                ticket=TICKET, ref=login, by=person(login), user=user(login), command=wanted
            )
        )
        assert ("`session` is no plan of this offer" in sold.card) is is_told
    begun = begin(offer(terms(plans=())), "session", START).ticket
    assert begun.line.startswith("**`carol`:** `session` is no plan of this offer; ")
    assert [begin(offer(), each, START).ticket.line for each in ("session", "")] == ["", ""]
