"""A stranger proposes another price: first with a fault, then well; the maintainer merges it."""

from __future__ import annotations

from app.rehearsal.cast import CUSTOMER, MAINTAINER, QUESTION, QUESTION_TITLE, STRANGER
from app.rehearsal.scripts.filing import (
    PATH,
    check_of,
    edited,
    expect_check,
    head_of,
    improves,
    merges,
    proposes,
    reruns,
)
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    pull = await proposes(story, STRANGER, "A fair price", edited("price: 49", "prise: 59"))
    expect_check(story, head_of(pull), "failure", "Did you mean price?")
    faulty = check_of(story, head_of(pull))
    places = {(each["path"], each["start_line"]) for each in faulty.annotations}
    line = edited("price: 49", "prise: 59").partition("prise")[0].count("\n") + 1
    story.check((PATH, line) in places, f"the fault is shown at {places} instead of line {line}")

    await improves(story, STRANGER, pull, edited("price: 49", "price: 59"))
    preview = (
        "The plan question costs `$59.00` instead of `$49.00`.",
        "| Quick question | $59.00 | core | **$54.15** |",
        "goes to `ada`",
        "first answer by Wed 25 Nov 10:00 (Europe/Oslo)",
    )
    expect_check(story, head_of(pull), "success", *preview)
    await reruns(story, MAINTAINER, head_of(pull))
    expect_check(story, head_of(pull), "success", *preview)

    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await story.says(CUSTOMER, "/support", reaction="eyes")
    story.expect("offered", "unpaid")
    story.check("$49.00" in story.card_text, "a proposal changed a price before it was merged")

    commit = await merges(story, MAINTAINER, pull)
    expect_check(story, commit, "success", "This file is in force.")
    story.check("$49.00" in story.card_text, "a later price reached an offer that was made")
    await story.opens_issue(CUSTOMER, "And behind two proxies?", "One after the other.")
    await story.says(CUSTOMER, "/support question", reaction="eyes")
    story.expect("offered", "unpaid")
    story.check("$59.00" in story.card_text, "the new price is not on offer")
