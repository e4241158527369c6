"""The App is removed and comes back in time; then it stays away, and the money goes back."""

from __future__ import annotations

from datetime import timedelta

from app.rehearsal.cast import CUSTOMER, HELPER, MAINTAINER, QUESTION, QUESTION_TITLE
from app.rehearsal.scripts.opening import asks
from app.rehearsal.scripts.shopping import pays
from app.rehearsal.scripts.story import Story


async def play(story: Story) -> None:
    """Play it to its end."""
    await story.opens_issue(CUSTOMER, QUESTION_TITLE, QUESTION)
    await asks(story, CUSTOMER)
    await pays(story, CUSTOMER, "question", "$49.00")
    await story.says(HELPER, "/support claim", reaction="eyes")
    story.expect("working", "paid")

    await _removes(story)
    await story.waits(timedelta(hours=24))
    story.github.install_app(story.repository.owner.login)
    story.tell(MAINTAINER, "installs the App again", where=story.repository.full_name)
    await story.rest()
    await story.says(HELPER, "Does it work with proxy=on", reaction=None)
    story.expect("working", "paid")

    await _removes(story)
    said = len(story.issue.comments)
    await story.waits(timedelta(hours=73))
    story.check(len(story.issue.comments) == said, "something was posted without the App")
    await story.expect_all_given_back(4900)


async def _removes(story: Story) -> None:
    installation = story.github.state.installation_of(story.repository)
    assert installation is not None, "the App is there"
    story.github.uninstall_app(installation)
    story.tell(MAINTAINER, "removes the App", where=story.repository.full_name)
    await story.rest()
