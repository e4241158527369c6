"""How people change the support.yml, by pushes and pull requests, and what its check run says."""

from __future__ import annotations

from typing import Final

from app.domain.checks import CHECK_NAME, CONFIRM
from app.rehearsal import cast
from app.rehearsal.github.state import CheckRun, Issue
from app.rehearsal.scripts.story import Story, StoryError

PATH: Final = ".github/support.yml"


def edited(old: str, new: str) -> str:
    """Give the example with one thing replaced."""
    text = cast.files()[PATH]
    if text.count(old) != 1:
        raise StoryError(f"the example of a support.yml has not exactly one {old!r}")
    return text.replace(old, new)


async def proposes(story: Story, by: str, title: str, text: str) -> Issue:
    """Open a pull request with this file; who may not push does it from a fork."""
    pull = story.github.open_pull_request(story.repository, title, {PATH: text}, by=by)
    story.tell(by, "opens a pull request", title, where=f"pull request {pull.number}")
    await story.rest()
    return pull


async def improves(story: Story, by: str, pull: Issue, text: str) -> None:
    """Push another version of the file to a pull request."""
    story.github.push_to_pull_request(pull, {PATH: text}, by=by)
    story.tell(by, "pushes another version", where=f"pull request {pull.number}")
    await story.rest()


async def merges(story: Story, by: str, pull: Issue) -> str:
    """Merge a pull request; give the commit on the default branch."""
    story.github.merge(pull, by=by)
    story.tell(by, "merges it", where=f"pull request {pull.number}")
    await story.rest()
    return newest_commit(story)


async def pushes(story: Story, by: str, text: str) -> str:
    """Push this file to the default branch; give the commit."""
    story.github.push(story.repository, {PATH: text}, by=by)
    story.tell(by, "pushes to the default branch", PATH, where=story.repository.full_name)
    await story.rest()
    return newest_commit(story)


async def presses_confirm(story: Story, by: str, commit: str) -> None:
    """Press Confirm on the commit's check run."""
    story.github.press_check_button(check_of(story, commit), CONFIRM, by=by)
    story.tell(by, "presses Confirm", where=f"commit {commit[:7]}")
    await story.rest()


async def reruns(story: Story, by: str, commit: str) -> None:
    """Press Re-run on the commit's check run."""
    story.github.rerun_check(check_of(story, commit), by=by)
    story.tell(by, "presses Re-run", where=f"commit {commit[:7]}")
    await story.rest()


def newest_commit(story: Story) -> str:
    """Give the commit on which the default branch stands."""
    return story.repository.branches[story.repository.default_branch]


def head_of(pull: Issue) -> str:
    """Give the commit on which a pull request stands."""
    assert pull.pull_request is not None, "it was opened as one"
    return pull.pull_request.head_sha


def check_of(story: Story, commit: str) -> CheckRun:
    """Give the one check run of a commit."""
    runs = [run for run in story.repository.check_runs if run.head_sha == commit]
    story.check(
        [run.name for run in runs] == [CHECK_NAME],
        f"the commit {commit[:7]} has {len(runs)} check runs instead of one",
    )
    return runs[0]


def expect_check(story: Story, commit: str, conclusion: str, *words: str) -> None:
    """See that the commit's check run ended so, and says this."""
    run = check_of(story, commit)
    story.check(
        run.conclusion == conclusion, f"the check run is {run.conclusion} instead of {conclusion}"
    )
    said = " ".join(str(part) for part in run.output.values())
    for each in words:
        story.check(each in said, f"the check run does not say {each!r}")
