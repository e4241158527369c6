"""A ticket that is handed on, laid before the maintainers, opened again, or rated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.assignment import ASKS_UNANSWERED_MAX
from app.domain.effects import Assign, CheckPermission, Unassign
from app.domain.people import Permission
from app.domain.tickets.clocks import Clock
from app.domain.tickets.stages import Stage
from app.domain.tickets.ticket import AskState, End
from tests.domain.tickets.builders import ADA, CAROL, GRACE, MALLORY, MAX, Story, nominee, user


def test_the_helper_hands_it_on_and_the_other_one_is_asked() -> None:
    story = Story().working()
    story.says(ADA, f"/support transfer @{GRACE.upper()}")
    assert (story.state, story.asked, story.sign) == ("queued paid", GRACE, "eyes")
    assert [each.state for each in story.ticket.asked] == [AskState.RELEASED, AskState.WAITING]
    unassigned, assigned = (e for e in story.last.effects if isinstance(e, (Unassign, Assign)))
    assert (unassigned.login, assigned.login) == (ADA, GRACE)
    assert "**Asked:** `grace`. ada handed it on." in story.card
    assert story.ticket.due(Clock.NO_HELPER) == story.now + timedelta(hours=48)
    assert story.ticket.due(Clock.ASK) is not None
    story.says(GRACE, "I will have a look.")
    assert story.ticket.stage is Stage.WORKING
    assert story.ticket.helper is not None
    assert story.ticket.helper.person.login == GRACE


def test_the_time_without_a_helper_is_not_made_longer_by_handing_it_on() -> None:
    story = Story().paid()
    due = story.ticket.due(Clock.NO_HELPER)
    story.waits(hours=1)
    story.says(ADA, "/support transfer @grace")
    assert (story.asked, story.ticket.due(Clock.NO_HELPER)) == (GRACE, due)


def test_a_maintainer_hands_it_on_by_a_fresh_look_also_where_nobody_is_left() -> None:
    story = Story().paid()
    story.says(ADA, "/support release")
    story.says(GRACE, "/support release")
    assert "who can ask one by `/support transfer @login`" in story.card
    story.says(MAX, "/support transfer @ada")
    assert [type(each) for each in story.last.effects] == [CheckPermission]
    story.says(MAX, "/support transfer @ada", Permission.WRITE)
    assert (story.asked, story.sign) == ("", "-1")
    story.says(MAX, "/support transfer @ada", Permission.MAINTAIN)
    assert (story.asked, story.sign) == (ADA, "eyes")


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        (MALLORY, "is not among the helpers"),
        (ADA, "has this ticket already"),
        ("dave", "takes no more tickets at the moment"),
        (MAX, "takes no more tickets at the moment"),
        (GRACE, "takes no more tickets at the moment"),
    ],
)
def test_who_cannot_get_it_is_told_apart(login: str, sentence: str) -> None:
    story = Story().working()
    story.nominees["dave"] = nominee("dave", is_off=True)
    story.nominees[MAX] = nominee(MAX, open_tickets=1, tickets_max=1)
    story.nominees[GRACE] = nominee(GRACE, times_asked_without_acting=ASKS_UNANSWERED_MAX)
    before = story.ticket.asked
    story.says(ADA, f"/support transfer @{login}")
    assert (story.state, story.sign, story.ticket.asked) == ("working paid", "confused", before)
    assert sentence in story.card


def test_the_customer_never_gets_their_own_ticket() -> None:
    story = Story().working()
    story.nominees[CAROL] = nominee(CAROL)
    story.says(ADA, "/support transfer @carol")
    assert "is the customer of this ticket" in story.card


def test_who_wants_to_stop_is_not_handed_on() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel")
    story.says(ADA, "/support transfer @grace")
    assert story.state == "working paid"
    assert "would like to stop. `/support release` agrees" in story.card


def test_customer_and_helper_can_lay_it_before_the_maintainers() -> None:
    for login in (CAROL, ADA):
        story = Story().working()
        story.says(login, "/support escalate we *disagree* about the scope")
        assert (story.state, story.sign) == ("review paid", "eyes")
        assert f"`{login}` asked the maintainers to decide: we \\*disagree\\*" in story.card
        story.says(MAX, "/support accept", Permission.ADMIN)
        assert story.state == "accepted paid"


def test_a_stranger_calls_nobody() -> None:
    story = Story().working()
    story.says(MALLORY, "/support escalate")
    assert (story.state, story.sign) == ("working paid", "-1")


def test_an_acceptance_is_taken_back_within_the_grace_and_once() -> None:
    story = Story().accepted()
    story.says(CAROL, "/support reopen it came back on Windows")
    assert (story.state, story.ticket.end) == ("working paid", End.NOT_YET)
    assert "**The customer says:** it came back on Windows" in story.card
    assert "**The customer says:** it came back on Windows" in story.card
    story.says(ADA, "/support propose")
    story.says(CAROL, "/support accept")
    story.says(CAROL, "/support reopen and again")
    assert story.state == "review paid"


def test_what_the_maintainers_decided_is_not_opened_again() -> None:
    story = Story().reviewed()
    story.says(MAX, "/support accept", Permission.ADMIN)
    story.says(CAROL, "/support reopen no")
    assert (story.state, story.sign) == ("accepted paid", "confused")
    assert "The maintainers decided this one" in story.card


def test_what_is_divided_is_not_opened_again() -> None:
    story = Story().settled()
    story.says(CAROL, "/support reopen no")
    assert (story.state, story.sign) == ("settled paid", "confused")
    assert "`/support` opens a new one" in story.card


def test_the_customer_rates_the_help_and_the_newest_counts() -> None:
    story = Story().accepted()
    story.says(ADA, "/support rate 5")
    assert (story.ticket.rating, story.sign) == (None, "-1")
    story.says(CAROL, "/support rate 3 [slow](https://example.org)")
    story.waits(days=4)
    assert story.state == "settled paid"
    assert "**Rated by the customer:** 3 of 5. \\[slow\\](`https://example.org`)" in story.card
    story.says(CAROL, "/support rate 5")
    assert "**Rated by the customer:** 5 of 5.\n" in story.card
    assert story.sign == "eyes"


def test_who_is_asked_can_take_and_propose_at_once() -> None:
    story = Story().paid()
    story.says(GRACE, "/support propose")
    assert (story.state, story.sign) == ("queued paid", "-1")
    story.says(ADA, "/support propose set proxy=on")
    assert story.state == "proposed paid"
    assert story.ticket.helper is not None
    assert story.ticket.helper.user == user(ADA)
    assert story.told == ["proposed"]
