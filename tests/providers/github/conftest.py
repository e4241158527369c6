"""A repository with an issue at the GitHub stand-in, the App installed as its manifest says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from ruamel.yaml import YAML

from app.domain.conversations import Channel, Thread
from app.domain.ids import InstallationId, RepositoryId
from app.providers.github.perform import GitHub
from app.rehearsal.faults import Faults
from app.rehearsal.github import auth
from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.rehearsal.github.product import SECRET, Clock, Receiver

MANIFEST = YAML(typ="safe").load(Path(__file__).parents[3] / "app.yml")
PRIVATE_KEY, PUBLIC_KEY = auth.key_pair()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> Faults:
    return Faults(timeout_seconds=0.02, retry_after_seconds=17)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def github(clock: Clock, faults: Faults, receiver: Receiver) -> AsyncIterator[GitHubStandIn]:
    app = web.Application(client_max_size=26 * 1024 * 1024)
    app.router.add_post("/hooks/github", receiver.receive)
    async with TestServer(app) as server:
        github = GitHubStandIn(
            now=clock,
            faults=faults,
            registration=Registration(
                public_key_pem=PUBLIC_KEY,
                webhook_secret=SECRET,
                permissions=MANIFEST["default_permissions"],
                events=MANIFEST["default_events"],
            ),
            webhook_url=str(server.make_url("/hooks/github")),
        )
        await github.start()
        yield github
        await github.close()
    assert github.defects == []


@pytest.fixture
def repository(github: GitHubStandIn) -> Repository:
    for login in ("octo", "ada", "carol", "mallory"):
        github.add_user(login)
    return github.create_repository(
        "octo",
        "tools",
        files={"README.md": "# Tools\n", ".github/support.yml": "version: 1\n"},
        collaborators={"ada": Role.WRITE},
    )


@pytest.fixture
def installation(github: GitHubStandIn, repository: Repository) -> Installation:
    return github.install_app("octo")


@pytest.fixture
def issue(github: GitHubStandIn, repository: Repository, installation: Installation) -> Issue:
    return github.open_issue(repository, "It does not start", "Nothing happens.", by="carol")


@pytest.fixture
def thread(installation: Installation, issue: Issue) -> Thread:
    return Thread(
        channel=Channel.GITHUB,
        installation=InstallationId(installation.id),
        repository=RepositoryId(issue.repository.id),
        issue=issue.id,
        number=issue.number,
    )


@pytest.fixture
async def performer(github: GitHubStandIn, clock: Clock) -> AsyncIterator[GitHub]:
    performer = GitHub(
        app_id=github.state.app.id,
        private_key=PRIVATE_KEY,
        api_url=github.url,
        now=clock,
        timeout_seconds=10.0,
    )
    yield performer
    await performer.close()
