"""A helper who may push raises his own share, and gets nothing of it."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, MAINTAINER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.filing import (
    edited,
    expect_check,
    merges,
    presses_confirm,
    proposes,
    pushes,
)
from app.rehearsal.scripts.opening import asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story

RAISE = "With a core helper the repository gets 0% instead of 5%"


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.rest()  # the maintainer's file is in force before anybody touches it
    greedy = edited("core: 5%", "core: 0%")
    commit = await pushes(story, HELPER, greedy)
    expect_check(story, commit, "action_required", RAISE, f"`{HELPER}` pushed this")
    await presses_confirm(story, HELPER, commit)
    expect_check(story, commit, "action_required", f"`{HELPER}` pressed Confirm")

    # The maintainer changes something else, and does not see what is in the file as well.
    on_top = await pushes(story, MAINTAINER, greedy.replace("offer: 14d", "offer: 7d"))
    expect_check(story, on_top, "action_required", RAISE)

    await _is_solved_for_the_old_share(story)

    back = await pushes(story, MAINTAINER, edited("offer: 14d", "offer: 7d"))
    expect_check(story, back, "success", "This file is in force.")
    pull = await proposes(story, HELPER, "A fair share", greedy)
    merged = await merges(story, HELPER, pull)
    expect_check(story, merged, "action_required", RAISE)


async def _is_solved_for_the_old_share(story: Story) -> None:
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", "$49.00")
    await story.says(HELPER, "Please set `proxy` in `widgets.toml`.")
    await story.says(HELPER, "/support propose proxy", reaction="eyes")
    await story.says(CUSTOMER, "/support accept", reaction="eyes")
    await story.waits(timedelta(days=3, minutes=1))
    story.expect("settled", "paid")
    balances = await story.balances()
    owed = sorted(amount for account, amount in balances.items() if account.startswith("payee:"))
    story.check(owed == [-4492, -236], f"the payees are owed {owed}")
