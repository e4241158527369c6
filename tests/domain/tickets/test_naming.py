"""People who take another login: who they are stays, and what they are called follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.effects import Assign, Notify, Unassign
from app.domain.events import HelperAssigned, PersonRenamed
from app.domain.tickets.naming import people_of
from app.domain.tickets.ticket import AskState
from tests.domain.tickets.builders import (
    ADA,
    CAROL,
    DAVE,
    GRACE,
    MALLORY,
    MAX,
    TICKET,
    Story,
    nominee,
    person,
    user,
)


def takes_login(story: Story, login: str, new_login: str) -> None:
    """Let somebody's account be called otherwise from now on, and let us learn it."""
    story.people = (*story.people, replace(person(login), login=new_login))
    story.does(PersonRenamed(ticket=TICKET, user=user(login), login=new_login))


def test_everybody_in_a_ticket_is_called_as_they_are_today() -> None:
    story = Story().working()
    v = story.ticket.card.v
    takes_login(story, ADA, "lovelace")
    assert story.ticket.card.v == v + 1
    assert "**Helper:** `lovelace`. It is their turn" in story.card
    takes_login(story, CAROL, "caroline")
    assert "`caroline`" in story.card
    assert not {"`ada`", "`carol`"} & set(story.card.split())
    story.says(CAROL, "/support escalate it is stuck")
    takes_login(story, CAROL, "cara")
    assert "`cara` asked the maintainers to decide" in story.card
    assert {each.login for each in people_of(story.ticket)} == {"cara", "lovelace"}


def test_whom_the_customer_thanked_is_called_as_they_are_today() -> None:
    story = Story().asking_volunteers()
    story.says(DAVE, "set proxy=on")
    story.says(CAROL, "/support accept @dave")
    takes_login(story, DAVE, "david")
    assert "`david`" in story.card
    assert person(DAVE).id in {each.id for each in people_of(story.ticket)}


def test_who_is_called_as_before_makes_no_new_card() -> None:
    story = Story().working()
    before = story.ticket
    takes_login(story, ADA, ADA)
    assert story.ticket == before
    assert story.last.effects == ()


def test_notices_and_assignments_go_to_the_account_with_its_login_of_today() -> None:
    story = Story().working()
    takes_login(story, ADA, "lovelace")
    story.says(CAROL, "/support cancel")
    (told,) = story.now_made(Notify)
    assert (told.user, told.login) == (user(ADA), "lovelace")
    assert told.body.splitlines()[1].startswith("@lovelace, `carol` would like to stop")
    story.says(ADA, "/support propose")
    (told,) = story.now_made(Notify)
    assert (told.user, told.login) == (user(CAROL), CAROL)
    taken_off = Story().paid()
    takes_login(taken_off, ADA, "lovelace")
    taken_off.says(ADA, "/support release")
    assert [each.login for each in taken_off.now_made(Unassign)] == ["lovelace"]


def test_who_was_asked_before_is_told_apart_from_whoever_is_asked_now() -> None:
    story = Story().paid()
    story.says(ADA, "/support release")
    story.assigns(GRACE, is_assigned=False)
    (told,) = story.now_made(Notify)
    assert (told.user, told.login) == (user(GRACE), GRACE)


def test_a_notice_to_a_maintainer_goes_to_the_account_as_well() -> None:
    story = Story().reviewed()
    story.finds()
    (told,) = story.now_made(Notify)
    assert (told.user, told.login) == (user(MAX), MAX)
    assert told.body.splitlines()[1].startswith("@max, ")


def test_whose_account_is_gone_is_asked_no_more() -> None:
    story = Story()
    story.pays()
    gone = HelperAssigned(ticket=TICKET, user=user(ADA), is_assigned=False, is_gone=True)
    story.does(gone)
    assert story.asked == GRACE
    assert story.ticket.asked[0].state is AskState.PASSED
    assert story.now_made(Unassign) == []
    assert story.told == []
    before = story.ticket
    story.does(gone)
    assert story.ticket == before


@pytest.mark.parametrize("login", ["lovelace", "LoveLace", ADA])
def test_a_ticket_is_handed_to_a_helper_by_their_login_or_by_the_files(login: str) -> None:
    story = Story(helpers=(GRACE,)).paid()
    known = nominee(ADA)
    called = replace(known.helper, person=replace(known.helper.person, login="lovelace"))
    story.nominees["ada"] = replace(known, helper=called, named="Ada")
    story.says(GRACE, f"/support transfer @{login}")
    assert (story.asked, [each.user for each in story.now_made(Assign)]) == (
        "lovelace",
        [user(ADA)],
    )


def test_a_login_of_today_counts_before_one_that_only_the_file_still_has() -> None:
    story = Story(helpers=(GRACE,)).paid()
    ada, mallory = nominee(ADA), nominee(MALLORY)
    ada = replace(
        ada,
        helper=replace(ada.helper, person=replace(ada.helper.person, login="lovelace")),
        named="ada",
    )
    mallory = replace(
        mallory,
        helper=replace(mallory.helper, person=replace(mallory.helper.person, login="ada")),
        named="mallory",
    )
    story.nominees.update({"a": ada, "m": mallory})
    story.says(GRACE, "/support transfer @ada")
    assert [each.user for each in story.now_made(Assign)] == [user(MALLORY)]
