"""Reading support.yml: which file, at which commit, and who the helpers are today."""

from __future__ import annotations

import pytest

from app.domain.effects import ReadPolicy
from app.domain.events import PolicyRead, RepositorySeen
from app.domain.ids import InstallationId, RepositoryId, UserId
from app.providers.github.files import TEXT_BYTES_MAX
from app.providers.github.perform import GitHub
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Repository
from tests.providers.github.orders import FIRST, asked

POLICY = """\
version: 1
helpers:
  - login: ada
    class: core
  - login: Grace
    class: core
plans:
  - {id: question, title: Quick question, price: 49}
"""


@pytest.fixture
def effect(installation: Installation, repository: Repository) -> ReadPolicy:
    return ReadPolicy(
        installation=InstallationId(installation.id),
        repository=RepositoryId(repository.id),
        cause="a-push",
    )


async def read(performer: GitHub, effect: ReadPolicy) -> PolicyRead:
    event = await performer.perform(effect, FIRST)
    assert isinstance(event, PolicyRead)
    return event


async def test_the_file_comes_whole_with_its_commit_and_its_helpers(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ReadPolicy
) -> None:
    commit = github.push(repository, {".github/support.yml": POLICY}, by="octo")
    github.push(repository, {".github/support.yml": "elsewhere"}, by="octo", branch="draft")
    github.requests.clear()
    assert await read(performer, effect) == PolicyRead(
        installation=effect.installation,
        repository=RepositorySeen(
            id=effect.repository,
            owner="octo",
            name="tools",
            is_private=False,
            default_branch="main",
            is_archived=False,
            owner_id=UserId(github.state.account("octo").id),
        ),
        path=".github/support.yml",
        blob=repository.objects.files(commit.sha)[".github/support.yml"],
        commit=commit.sha,
        text=POLICY.encode(),
        logins=(("ada", UserId(github.state.account("ada").id)), ("Grace", None)),
    )
    assert len(asked(github)) == 6, "repository, commit, two names, two helpers"


async def test_our_own_name_for_the_file_comes_first(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ReadPolicy
) -> None:
    github.push(repository, {".github/paid-support.yml": POLICY}, by="octo")
    event = await read(performer, effect)
    assert event.path == ".github/paid-support.yml"
    assert event.text == POLICY.encode()


async def test_no_file_is_an_answer(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ReadPolicy
) -> None:
    commit = github.push(repository, {".github/support.yml": None}, by="octo")
    event = await read(performer, effect)
    assert (event.text, event.blob, event.commit, event.logins) == (None, "", commit.sha, ())


async def test_a_folder_of_that_name_is_no_file(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ReadPolicy
) -> None:
    files = {".github/support.yml": None, ".github/paid-support.yml/a": "version: 1\n"}
    github.push(repository, files, by="octo")
    assert (await read(performer, effect)).text is None


async def test_a_repository_without_a_commit_is_an_answer(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ReadPolicy
) -> None:
    repository.branches.clear()
    event = await read(performer, effect)
    assert (event.text, event.commit) == (None, "")


@pytest.mark.parametrize("text", ["", "supportLabel: support\n", "version: 1\nhelpers: [\n"])
async def test_a_file_that_nobody_can_follow_names_no_helpers(
    github: GitHubStandIn,
    repository: Repository,
    performer: GitHub,
    effect: ReadPolicy,
    text: str,
) -> None:
    github.push(repository, {".github/support.yml": text}, by="octo")
    event = await read(performer, effect)
    assert (event.text, event.logins) == (text.encode(), ())


@pytest.mark.parametrize("size", [65_537, 70_000, 1_100_000])
async def test_a_huge_file_is_cut_where_it_is_already_too_large(
    github: GitHubStandIn,
    repository: Repository,
    performer: GitHub,
    effect: ReadPolicy,
    size: int,
) -> None:
    github.push(repository, {".github/support.yml": "#" * size}, by="octo")
    event = await read(performer, effect)
    assert event.text is not None
    assert len(event.text) == TEXT_BYTES_MAX


async def test_bytes_that_are_no_text_come_as_they_are(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ReadPolicy
) -> None:
    github.push(repository, {".github/support.yml": b"\xff\xfe"}, by="octo")
    assert (await read(performer, effect)).text == b"\xff\xfe"


async def test_a_second_reading_costs_nothing_of_the_limit(
    github: GitHubStandIn, repository: Repository, performer: GitHub, effect: ReadPolicy
) -> None:
    first = await read(performer, effect)
    github.requests.clear()
    assert await read(performer, effect) == first
    assert [one.status for one in github.requests] == [304, 304, 404, 304]
