from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.rehearsal.faults import Faults
from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn, Registration
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.rehearsal.github.product import PUBLIC_KEY, SECRET, Api, Clock, Receiver


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def faults() -> Faults:
    return Faults(timeout_seconds=0.05)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def registration() -> Registration:
    return Registration(public_key_pem=PUBLIC_KEY, webhook_secret=SECRET)


@pytest.fixture
async def github(
    clock: Clock, faults: Faults, receiver: Receiver, registration: Registration
) -> AsyncIterator[GitHubStandIn]:
    app = web.Application(client_max_size=1024 * 1024 * 26)
    app.router.add_post("/hooks/github", receiver.receive)
    server = TestServer(app)
    async with server:
        github = GitHubStandIn(
            now=clock,
            faults=faults,
            registration=registration,
            webhook_url=str(server.make_url("/hooks/github")),
        )
        await github.start()
        yield github
        await github.close()
    assert github.defects == []


@pytest.fixture
def repository(github: GitHubStandIn) -> Repository:
    """octo/tools, public, with one person of each role."""
    for login in ("octo", "admin", "maintainer", "writer", "triager", "reader", "stranger"):
        github.add_user(login)
    return github.create_repository(
        "octo",
        "tools",
        files={"README.md": "# Tools\n", "docs/use.md": "Use it.\n", "src/a/b.py": "x = 1\n"},
        collaborators={
            "admin": Role.ADMIN,
            "maintainer": Role.MAINTAIN,
            "writer": Role.WRITE,
            "triager": Role.TRIAGE,
            "reader": Role.READ,
        },
    )


@pytest.fixture
def installation(github: GitHubStandIn, repository: Repository) -> Installation:
    return github.install_app("octo")


@pytest.fixture
def issue(github: GitHubStandIn, repository: Repository, installation: Installation) -> Issue:
    return github.open_issue(repository, "It breaks", "Please help.", by="stranger")


@pytest.fixture
async def api(
    github: GitHubStandIn, clock: Clock, installation: Installation
) -> AsyncIterator[Api]:
    """The API with a token of the installation that has all its permissions."""
    async with aiohttp.ClientSession() as session:
        api = Api(github, session, clock)
        api.token = await api.mint(installation)
        yield api
