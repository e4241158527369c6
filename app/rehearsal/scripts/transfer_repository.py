"""The repository gets a new owner: what is sold goes on, and nothing new before their word."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, MAINTAINER, QUESTION, QUESTION_TITLE, STRANGER
from app.rehearsal.scripts.filing import expect_check, newest_commit, presses_confirm
from app.rehearsal.scripts.opening import PLANS, asks
from app.rehearsal.scripts.shopping import finds_nothing_due, pay_link, pays
from app.rehearsal.scripts.story import Story

NEW_OWNER = "olga"


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", PLANS["question"])
    await story.says(HELPER, "/support claim", reaction="eyes")
    sold = story.issue
    await story.opens_issue(STRANGER, "Can it sync twice a day?", "And how?")
    await asks(story, STRANGER)
    unpaid, link = story.issue, pay_link(story, "question")

    story.github.add_user(NEW_OWNER)
    story.github.install_app(NEW_OWNER)
    story.github.transfer_repository(story.repository, NEW_OWNER, by=MAINTAINER)
    story.tell(MAINTAINER, "gives the repository away", f"to {NEW_OWNER}")
    await story.rest()
    commit = newest_commit(story)
    expect_check(story, commit, "action_required", "The repository has a new owner")

    await story.opens_issue(CUSTOMER, "And behind a second proxy?", "What then?")
    await story.says(CUSTOMER, "/support", reaction="confused")
    story.check(story.newest_card is None, "something was offered before the new owner agreed")

    story.goes_back_to(unpaid)
    story.expect_words("This repository has a new owner, who has to agree")
    await finds_nothing_due(story, STRANGER, link)

    story.goes_back_to(sold)
    await story.says(HELPER, "/support propose Set `proxy`.", reaction="eyes")
    await story.says(CUSTOMER, "/support accept", reaction="eyes")
    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
    balances = await story.balances()
    payee = f"payee:repository:{story.repository.id}"
    story.check(balances.get(payee, 0) < 0, f"the repository is owed nothing: {balances}")

    await presses_confirm(story, HELPER, commit)
    expect_check(story, commit, "action_required", f"`{HELPER}` pressed Confirm")
    await presses_confirm(story, NEW_OWNER, commit)
    expect_check(story, commit, "success", f"Confirmed by `{NEW_OWNER}`")
    await story.opens_issue(CUSTOMER, "And behind a third proxy?", "What then?")
    await story.says(CUSTOMER, "/support", reaction="eyes")
    story.expect("offered", "unpaid")
    story.goes_back_to(unpaid)
    await pays(story, STRANGER, "question", PLANS["question"])
    story.expect("queued", "paid")
