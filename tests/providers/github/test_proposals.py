"""Reading support.yml as a pull request proposes it, from forks too."""

from __future__ import annotations

import pytest

from app.domain.effects import ReadProposal
from app.domain.events import ProposalRead
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.providers.github import proposals
from app.providers.github.perform import GitHub
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.providers.github.orders import FIRST, asked

POLICY = "version: 1\nhelpers: [{login: ada}, {login: nobody}]\n"
PATH = ".github/support.yml"


def effect(installation: Installation, pull: Issue, *, is_listed: bool = True) -> ReadProposal:
    assert pull.pull_request is not None
    return ReadProposal(
        installation=InstallationId(installation.id),
        repository=RepositoryId(pull.repository.id),
        number=pull.number if is_listed else None,
        commit=pull.pull_request.head_sha,
        cause="a-pull",
    )


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
    assert await performer.perform(order, FIRST) == ProposalRead(
        installation=order.installation,
        repository=order.repository,
        commit=order.commit,
        path=path,
        text=POLICY.encode(),
        logins=(("ada", UserId(github.state.account("ada").id)), ("nobody", None)),
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
    event = await performer.perform(effect(installation, pull), FIRST)
    assert isinstance(event, ProposalRead)
    assert (event.text, event.logins, event.rival) == (None, (), "")


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
    event = await performer.perform(effect(installation, pull), FIRST)
    assert isinstance(event, ProposalRead), "what GitHub does not list may be the file"


async def test_a_commit_that_was_shown_before_is_read_without_its_pull_request(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Mend it", {"README.md": "#"}, by="ada")
    event = await performer.perform(effect(installation, pull, is_listed=False), FIRST)
    assert isinstance(event, ProposalRead)
    assert event.text == b"version: 1\n"


async def test_a_repository_that_is_gone_proposes_nothing(
    github: GitHubStandIn, repository: Repository, installation: Installation, performer: GitHub
) -> None:
    pull = github.open_pull_request(repository, "Raise it", {PATH: POLICY}, by="ada")
    order = effect(installation, pull)
    assert await performer.perform(order, FIRST) is not None
    github.delete_repository(repository, by="octo")
    assert await performer.perform(order, FIRST) is None
