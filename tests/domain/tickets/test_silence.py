"""Silence decides only where whoever is silent was told; and what somebody said is passed on."""

from __future__ import annotations

from app.domain.people import Permission, Role
from app.domain.tickets.acts import acts, has_use
from app.domain.tickets.clocks import Clock
from app.domain.tickets.ticket import DraftState
from app.domain.verbs import Verb
from app.domain.wording import lines
from tests.domain.tickets.builders import ADA, CAROL, MAX, Story


def proposed_again() -> Story:
    """A second proposal, for which there is no notice left."""
    story = Story().working()
    story.says(ADA, "/support propose")
    story.waits(hours=40)
    story.says(CAROL, "/support decline It fails.")
    story.says(ADA, "/support propose")
    return story


def test_a_proposal_that_nobody_could_be_told_of_is_for_the_maintainers() -> None:
    story = proposed_again()
    assert [each.value for each in story.ticket.notices] == ["proposed", "reminder"]
    assert "**If not:** the maintainers decide." in story.card
    story.waits(days=3)
    assert story.state == "review paid"


def test_a_first_proposal_is_told_so_that_silence_is_a_yes() -> None:
    story = Story().working()
    story.says(ADA, "/support propose")
    story.waits(days=3)
    assert story.state == "accepted paid"


def test_a_wish_to_stop_that_the_helper_could_not_be_told_of_is_for_the_maintainers() -> None:
    story = Story()
    story.pays()
    story.assigns(ADA, is_assigned=False)
    story.says(ADA, "/support claim")
    resolve = story.ticket.due(Clock.RESOLVE)
    assert resolve is not None
    story.now = resolve
    story.strikes(Clock.RESOLVE)
    story.says(CAROL, "/support cancel")
    assert [each.value for each in story.ticket.notices] == ["asked", "breach"]
    assert "**If not:** the maintainers decide." in story.card
    story.strikes(Clock.CANCEL)
    assert story.state == "review paid"


def test_the_helpers_words_are_no_consent_to_stop() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel")
    story.says(ADA, "I object, it is nearly done.")
    assert lines.STOP_OR_NOT in story.card
    assert "**If not:** the maintainers decide." in story.card
    story.waits(hours=48)
    assert story.state == "review paid"


def test_the_customers_words_about_a_proposal_give_them_as_much_time_again_once() -> None:
    story = Story().working()
    story.says(ADA, "/support propose")
    story.waits(days=2)
    story.says(CAROL, "No, it still crashes.")
    assert lines.YES_OR_NO in story.card
    due = story.ticket.due(Clock.ACCEPT)
    story.waits(days=2)
    assert story.state == "proposed paid"
    story.says(CAROL, "Really.")
    assert story.ticket.due(Clock.ACCEPT) == due
    story.waits(days=1)
    assert story.state == "accepted paid"


def test_somebody_elses_words_change_nothing() -> None:
    story = Story().working()
    story.says(ADA, "/support propose")
    due = story.ticket.due(Clock.ACCEPT)
    story.waits(hours=1)
    story.says(ADA, "See the docs.")
    assert story.ticket.due(Clock.ACCEPT) == due


def test_a_draft_that_is_being_made_is_dropped_when_the_ticket_ends() -> None:
    story = Story()
    drafts = [story.ticket.draft]
    story.says(CAROL, "/support cancel")
    assert [*drafts, story.ticket.draft] == [DraftState.ASKED, DraftState.NONE]
    paid = Story().paid()
    paid.says(CAROL, "/support cancel")
    assert paid.ticket.draft is DraftState.NONE
    shown = Story().changed(draft=DraftState.SHOWN)
    shown.says(CAROL, "/support cancel")
    assert shown.ticket.draft is DraftState.SHOWN


def test_after_a_decision_of_the_maintainers_nothing_offers_to_open_it_again() -> None:
    story = Story().working()
    story.says(CAROL, "/support escalate It is wrong.")
    story.says(MAX, "/support accept", Permission.ADMIN)
    assert story.state == "accepted paid"
    assert "/support reopen` and why, and" not in story.card
    shown = {act.verb for act in acts(story.ticket, [Role.CUSTOMER]) if has_use(story.ticket, act)}
    assert Verb.REOPEN not in shown


def test_why_money_goes_back_is_told_to_whom_it_goes() -> None:
    story = Story().working()
    story.says(MAX, "/support refund We *cannot* help, @dave", Permission.ADMIN)
    assert "The maintainers decided so: We \\*cannot\\* help, `@dave`." in story.notice
    assert "**Why:** We \\*cannot\\* help" in story.card


def test_why_a_customer_wants_to_stop_is_told_to_the_helper_and_is_no_decision() -> None:
    story = Story().working()
    story.says(CAROL, "/support cancel I found it myself.")
    assert "would like to stop: I found it myself." in story.notice
    assert "**Why:** I found it myself." in story.card
    story.says(ADA, "I object.")
    story.waits(hours=48)
    assert story.state == "review paid"
    assert story.ticket.why == ""
