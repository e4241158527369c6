"""Reading support.yml as a pull request proposes it, from forks too."""

from __future__ import annotations

import pytest

from app.domain.effects import ReadProposal
from app.domain.errors import Transient
from app.domain.events import MergeState, Merging, ProposalRead
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.providers.github import proposals
from app.providers.github.perform import GitHub
from app.providers.rooms import Attempt
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.providers.github.orders import AGAIN, FIRST, NOON, asked

POLICY = "version: 1\nhelpers: [{login: ada}, {login: nobody}]\n"
LAST = Attempt(number=proposals.TRIES_MAX, first_at=NOON, at=NOON)
PATH = ".github/support.yml"
LABEL = "label: help\n"


def effect(installation: Installation, pull: Issue, *, is_listed: bool = True) -> ReadProposal:
    assert pull.pull_request is not None
    return ReadProposal(
        installation=InstallationId(installation.id),
        repository=RepositoryId(pull.repository.id),
        number=pull.number if is_listed else None,
        commit=pull.pull_request.head_sha,
        cause="a-pull",
    )


async def read(performer: GitHub, order: ReadProposal) -> ProposalRead:
    """Look twice: GitHub merges for trying only when somebody looks."""
    with pytest.raises(Transient, match="has not tried to merge"):
        await performer.perform(order, FIRST)
    event = await performer.perform(order, AGAIN)
    assert isinstance(event, ProposalRead)
    return event


def merging(event: object) -> Merging:
    assert isinstance(event, ProposalRead)
    assert event.merging is not None
    return event.merging


@pytest.mark.parametrize("by", ["ada", "mallory"])
@pytest.mark.parametrize("path", [PATH, ".github/paid-support.yml"])
async def test_the_proposed_file_comes_whole_from_forks_too(
    github: GitHubStandIn,
    repository: Repository,
    installation: Installation,
    performer: GitHub,
    by: str,
    path: str,
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {path: POLICY}, by=by)
    order = effect(installation, pull)
    assert await read(performer, order) == ProposalRead(
        installation=order.installation,
        repository=order.repository,
        commit=order.commit,
        path=path,
        text=POLICY.encode(),
        logins=(("ada", UserId(github.state.account("ada").id)), ("nobody", None)),
        number=pull.number,
        merging=Merging(
            state=MergeState.TRIED,
            into="main",
            is_default=True,
            onto=repository.branches["main"],
        ),
    )


async def test_a_pull_request_about_something_else_says_nothing_after_one_look(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Mend it", {"README.md": "#"}, by="ada")
    github.requests.clear()
    assert await performer.perform(effect(installation, pull), FIRST) is None
    assert asked(github) == [f"GET pulls/{pull.number}/files"]


async def test_a_stale_branch_that_does_not_touch_the_file_says_nothing(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Mend it", {"README.md": "#"}, by="ada")
    github.push(repository, {PATH: POLICY}, by="octo")
    assert await performer.perform(effect(installation, pull), FIRST) is None


async def test_removing_the_file_is_a_proposal(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Stop it", {PATH: None}, by="ada")
    event = await read(performer, effect(installation, pull))
    assert (event.text, event.logins, event.rival) == (None, (), "")
    assert merging(event).is_as_proposed


async def test_a_great_pull_request_is_read_page_by_page_until_nothing_is_known(
    github: GitHubStandIn,
    repository: Repository,
    installation: Installation,
    performer: GitHub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = {f"a{number:03}": "a" for number in range(150)}
    pull = github.open_pull_request(repository, "Much", many, by="ada", branch="much")
    assert await performer.perform(effect(installation, pull), FIRST) is None
    monkeypatch.setattr(proposals, "FILES_LISTED_MAX", 150)
    event = await read(performer, effect(installation, pull))
    assert not merging(event).is_as_proposed, "what GitHub does not list may be the file"


async def test_a_commit_that_was_shown_before_is_read_without_its_pull_request(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Mend it", {"README.md": "#"}, by="ada")
    event = await performer.perform(effect(installation, pull, is_listed=False), FIRST)
    assert isinstance(event, ProposalRead)
    assert event.text == b"version: 1\n"
    assert event.merging is None


async def test_the_file_is_read_as_a_merge_would_leave_it(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Add", {PATH: f"version: 1\n{LABEL}"}, by="mallory")
    await read(performer, effect(installation, pull))
    onto = github.push(repository, {PATH: "# Ours\nversion: 1\n"}, by="octo").sha
    event = await read(performer, effect(installation, pull))
    assert event.text == f"# Ours\nversion: 1\n{LABEL}".encode()
    found = merging(event)
    assert (found.state, found.onto, found.is_as_proposed) == (MergeState.TRIED, onto, False)
    assert event.commit == effect(installation, pull).commit, "its check run stands at the head"


async def test_what_conflicts_is_read_as_its_branch_has_it(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {PATH: POLICY}, by="ada")
    github.push(repository, {PATH: "version: 2\n"}, by="octo")
    event = await read(performer, effect(installation, pull))
    assert event.text == POLICY.encode()
    found = merging(event)
    assert (found.state, found.onto, found.is_as_proposed) == (MergeState.CONFLICT, "", True)


async def test_what_github_does_not_try_in_time_is_read_as_its_branch_has_it(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {PATH: POLICY}, by="ada")
    event = await performer.perform(effect(installation, pull), LAST)
    assert merging(event).state is MergeState.UNKNOWN
    assert isinstance(event, ProposalRead)
    assert event.text == POLICY.encode()


async def test_a_merge_of_another_head_is_not_taken_for_this_one(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {PATH: POLICY}, by="ada")
    await read(performer, effect(installation, pull))
    assert pull.pull_request is not None
    old = pull.pull_request.test_merge_sha
    github.push_to_pull_request(pull, {PATH: f"{POLICY}{LABEL}"}, by="ada")
    await read(performer, effect(installation, pull))
    pull.pull_request.test_merge_sha = old
    with pytest.raises(Transient, match="has not tried"):
        await performer.perform(effect(installation, pull), FIRST)


async def test_a_head_that_is_another_one_by_now_says_nothing_more(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {PATH: POLICY}, by="ada")
    order = effect(installation, pull)
    github.push_to_pull_request(pull, {PATH: f"{POLICY}{LABEL}"}, by="ada")
    with pytest.raises(Transient, match="another commit"):
        await performer.perform(order, FIRST)
    assert await performer.perform(order, AGAIN) is None


async def test_a_closed_pull_request_and_one_into_another_branch_say_so(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {PATH: POLICY}, by="ada")
    github.push(repository, {"more": "2"}, by="octo", branch="next")
    github.retarget(pull, "next", by="octo")
    found = merging(await read(performer, effect(installation, pull)))
    assert (found.into, found.is_default) == ("next", False)
    github.close_issue(pull, by="octo")
    event = await performer.perform(effect(installation, pull), FIRST)
    assert merging(event).state is MergeState.CLOSED


async def test_a_repository_that_is_gone_proposes_nothing(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {PATH: POLICY}, by="ada")
    order = effect(installation, pull)
    await read(performer, order)
    github.delete_repository(repository, by="octo")
    assert await performer.perform(order, FIRST) is None
