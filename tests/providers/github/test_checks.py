"""One check run a commit: made once, changed in place, and replaced only where it must be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.checks import CHECK_NAME, CONFIRM, Annotation, Button, Check, Conclusion
from app.domain.effects import ShowCheck
from app.domain.errors import Ambiguous, Refused
from app.domain.ids import InstallationId, RepositoryId
from app.providers.github.checks import show_check
from app.providers.github.client import Client
from app.providers.github.grants import Grant
from app.providers.github.perform import GitHub
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import CheckRun, Installation, Repository
from tests.providers.github.conftest import PRIVATE_KEY
from tests.providers.github.orders import AGAIN, FIRST, asked

FAULT = Annotation(path=".github/support.yml", line=3, message="There is no key “plan”.")
GOOD = Check(conclusion=Conclusion.SUCCESS, title="Good", summary="It is good.", text="Preview")
BAD = Check(conclusion=Conclusion.FAILURE, title="1 fault", summary="No.", annotations=(FAULT,))
WORSE = replace(BAD, annotations=(FAULT, replace(FAULT, line=4)))
WAITING = Check(
    conclusion=Conclusion.ACTION_REQUIRED,
    title="Waits",
    summary="It waits.",
    buttons=(Button(identifier=CONFIRM, label="Confirm", description="Adopt this file"),),
)


@pytest.fixture
def effect(installation: Installation, repository: Repository) -> ShowCheck:
    return ShowCheck(
        installation=InstallationId(installation.id),
        repository=RepositoryId(repository.id),
        commit=repository.branches["main"],
        check=GOOD,
        cause="a-push",
    )


def shown(repository: Repository) -> list[CheckRun]:
    """Give what people see of our name: GitHub shows the newest run alone."""
    return [run for run in repository.check_runs if run.name == CHECK_NAME]


async def test_a_commit_gets_its_check_run(
    repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    assert await performer.perform(replace(effect, check=WORSE), FIRST) is None
    [run] = shown(repository)
    assert (run.head_sha, run.status, run.conclusion) == (effect.commit, "completed", "failure")
    assert run.output == {"title": "1 fault", "summary": "No.", "text": ""}
    assert run.annotations == [
        {
            "path": ".github/support.yml",
            "start_line": line,
            "end_line": line,
            "annotation_level": "failure",
            "message": "There is no key “plan”.",
        }
        for line in (3, 4)
    ]


async def test_a_fault_is_shown_at_its_column(
    repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    placed = replace(BAD, annotations=(replace(FAULT, column=7),))
    await performer.perform(replace(effect, check=placed), FIRST)
    await performer.perform(replace(effect, check=BAD, cause="again"), FIRST)
    first, second = (run.annotations[0] for run in shown(repository))
    assert (first["start_line"], first["start_column"], first["end_column"]) == (3, 7, 7)
    assert "start_column" not in second, "another place is another annotation"


async def test_a_button_can_be_pressed(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    await performer.perform(replace(effect, check=WAITING), FIRST)
    [run] = shown(repository)
    github.press_check_button(run, CONFIRM, by="octo")
    assert run.conclusion == "action_required"


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.TIMEOUT])
async def test_what_was_shown_already_is_not_shown_twice(
    faults: Faults,
    github: GitHubStandIn,
    repository: Repository,
    performer: GitHub,
    effect: ShowCheck,
    fault: Fault,
) -> None:
    faults.once(fault, method="POST", path="/check-runs$")
    with pytest.raises(Ambiguous):
        await performer.perform(effect, FIRST)
    await performer.perform(effect, AGAIN)
    await performer.perform(effect, AGAIN)
    assert len(shown(repository)) == 1


async def test_the_newest_word_changes_the_run_that_stands_there(
    repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    await performer.perform(replace(effect, check=WAITING), FIRST)
    await performer.perform(replace(effect, cause="confirmed"), FIRST)
    [run] = shown(repository)
    assert (run.conclusion, run.output["text"], run.actions) == ("success", "Preview", [])
    await performer.perform(replace(effect, cause="broken", check=BAD), FIRST)
    assert (run.conclusion, len(run.annotations)) == ("failure", 1)


async def test_the_same_annotations_are_not_added_again(
    repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    for cause in ("a-push", "again", "once-more"):
        await performer.perform(replace(effect, cause=cause, check=BAD), FIRST)
    [run] = shown(repository)
    assert len(run.annotations) == 1


@pytest.mark.parametrize("check", [GOOD, WORSE])
async def test_annotations_that_are_not_true_any_more_go_with_their_run(
    repository: Repository, performer: GitHub, effect: ShowCheck, check: Check
) -> None:
    await performer.perform(replace(effect, check=BAD), FIRST)
    changed = replace(effect, cause="again", check=check)
    await performer.perform(changed, FIRST)
    await performer.perform(changed, AGAIN)
    old, new = shown(repository)
    assert (old.head_sha, new.head_sha) == (effect.commit, effect.commit)
    assert len(new.annotations) == len(check.annotations)


async def test_a_run_of_that_name_is_somebody_elses_unless_it_is_our_apps(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    await performer.perform(replace(effect, check=WAITING), FIRST)

    class OfAnotherApp(Client):
        async def get(self, grant: Grant | None, path: str) -> Any:
            found = await super().get(grant, path)
            for run in found["check_runs"]:
                run["app"]["id"] = 9
            return found

    client = OfAnotherApp(
        app_id=github.state.app.id,
        private_key=PRIVATE_KEY,
        api_url=github.url,
        now=github.state.now,
    )
    await show_check(client, effect)
    await client.close()
    assert [run.conclusion for run in shown(repository)] == ["action_required", "success"]


async def test_another_commit_has_a_run_of_its_own(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    await performer.perform(effect, FIRST)
    commit = github.push(repository, {"a": "b"}, by="octo")
    await performer.perform(replace(effect, commit=commit.sha), FIRST)
    assert [run.head_sha for run in shown(repository)] == [effect.commit, commit.sha]


async def test_it_takes_one_look_and_one_change(
    github: GitHubStandIn, performer: GitHub, effect: ShowCheck
) -> None:
    github.requests.clear()
    await performer.perform(effect, FIRST)
    assert asked(github) == [f"GET commits/{effect.commit}/check-runs", "POST check-runs"]


async def test_a_repository_that_is_gone_needs_no_check(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ShowCheck
) -> None:
    await performer.perform(effect, FIRST)
    github.delete_repository(repository, by="octo")
    assert await performer.perform(replace(effect, cause="again"), FIRST) is None


async def test_a_commit_that_never_was_is_refused(performer: GitHub, effect: ShowCheck) -> None:
    with pytest.raises(Refused):
        await performer.perform(replace(effect, commit="0" * 39 + "1"), FIRST)
