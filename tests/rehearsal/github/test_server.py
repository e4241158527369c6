from __future__ import annotations

import asyncio

import aiohttp
import gidgethub
import pytest
from gidgethub.aiohttp import GitHubAPI

from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github import validation
from app.rehearsal.github.answers import RefusalError
from app.rehearsal.github.server import AskedRecord, GitHubStandIn, Registration
from app.rehearsal.github.state import Installation, Issue
from tests.rehearsal.github.product import PUBLIC_KEY, SECRET, Api, Clock


async def test_gidgethub_walks_the_pages_and_reads_the_errors(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    for number in range(5):
        github.comment(issue, str(number), by="reader")
    client = GitHubAPI(api.session, "tests", oauth_token=api.token, base_url=github.url)
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}/comments"
    bodies = [one["body"] async for one in client.getiter(f"{path}?per_page=2")]
    assert bodies == ["0", "1", "2", "3", "4"]
    created = await client.post(path, data={"body": "by gidgethub"})
    assert created["performed_via_github_app"]["id"] == github.state.app.id
    assert client.rate_limit is not None
    assert client.rate_limit.limit == 5000
    with pytest.raises(gidgethub.ValidationError, match="too long"):
        await client.post(path, data={"body": "x" * 65_537})
    github.lock_issue(issue, by="octo")
    with pytest.raises(gidgethub.BadRequest, match="locked"):
        await client.post(path, data={"body": "x"})
    github.limits.primary_per_hour = 1
    with pytest.raises(gidgethub.RateLimitExceeded):
        await client.getitem(path)


async def test_requests_are_remembered_without_their_credentials(
    api: Api, github: GitHubStandIn, installation: Installation, issue: Issue, clock: Clock
) -> None:
    github.requests.clear()
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}/comments"
    await api("POST", f"{path}?x=1", {"body": "hello"})
    await api("GET", "/nothing", raw=b"no json")
    await api.as_app("GET", "/app")
    first, second, third = github.requests
    assert first == AskedRecord(
        at=clock(),
        method="POST",
        path=path,
        query={"x": "1"},
        body={"body": "hello"},
        status=201,
        caller=f"installation:{installation.id}",
        repository_id=issue.repository.id,
        is_content_creating=True,
    )
    assert (second.status, second.body, second.is_content_creating) == (404, "no json", False)
    assert third.caller == "app"
    assert api.token not in repr(github.requests)


async def test_faults_come_before_or_after_the_work(
    api: Api, github: GitHubStandIn, issue: Issue, faults: Faults
) -> None:
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}/comments"
    github.requests.clear()
    statuses: list[int | None] = []
    for fault in (
        Fault.BAD_GATEWAY,
        Fault.SERVER_ERROR,
        Fault.RATE_LIMITED,
        Fault.TOO_MANY,
        Fault.TIMEOUT,
        Fault.ANSWER_LOST,
    ):
        faults.once(fault, method="POST", path="/comments$")
        try:
            statuses.append((await api("POST", path, {"body": fault.value})).status)
        except aiohttp.ClientError:
            statuses.append(None)
    assert statuses == [502, 500, 403, 429, None, None]
    assert [one.status for one in github.requests] == statuses
    assert [one.body for one in issue.comments] == ["answer_lost"]
    assert (await api("GET", path)).status == 200
    assert sum(faults.injected.values()) == 6


async def test_pages_for_people_may_be_elsewhere(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}"
    assert (await api("GET", path)).json["html_url"].startswith(f"{github.url}/octo/tools/")
    github.html_url_base = "http://127.0.0.1:4000/github/"
    shown = (await api("GET", path)).json
    assert shown["html_url"] == f"http://127.0.0.1:4000/github/octo/tools/issues/{issue.number}"
    assert shown["url"].startswith(f"{github.url}/repos/octo/tools/issues/")
    assert github.html_url_base == "http://127.0.0.1:4000/github"


async def test_nothing_is_sent_before_the_start(clock: Clock, faults: Faults) -> None:
    registration = Registration(public_key_pem=PUBLIC_KEY, webhook_secret=SECRET)
    github = GitHubStandIn(
        now=clock, faults=faults, registration=registration, webhook_url="http://127.0.0.1:1/"
    )
    github.add_user("octo")
    with pytest.raises(RuntimeError, match="not been started"):
        github.install_app("octo")
    await github.close()


async def test_an_answer_that_is_not_as_described_is_a_loud_defect(
    api: Api, github: GitHubStandIn, issue: Issue
) -> None:
    issue.state = 5  # type: ignore[assignment]  # on purpose
    reply = await api("GET", f"/repositories/{issue.repository.id}/issues/{issue.number}")
    assert (reply.status, "defect" in reply.text) == (500, True)
    assert "state" in github.defects[0]
    github.defects.clear()


def test_what_is_not_in_the_description_is_found_at_any_depth() -> None:
    body = b'{"permission": "read", "role_name": "read", "user": null, "extra": {"deep": 1}}'
    assert validation.answer_problems("RepositoryCollaboratorPermission", body) == [
        "extra: not in the description"
    ]


def test_a_request_s_unknown_keys_are_named_with_their_way() -> None:
    body = b'{"permissions": {"issues": "read", "isues": "write"}}'
    with pytest.raises(RefusalError, match=r'"permissions.isues" is not a permitted key'):
        validation.parse_request("AppInstallationsInstallationIdAccessTokensPostBody", body)


def test_an_empty_body_is_an_empty_object() -> None:
    model = "AppInstallationsInstallationIdAccessTokensPostBody"
    assert validation.parse_request(model, b" ") == {}


async def test_closing_does_not_wait_for_requests_that_are_held(
    clock: Clock, registration: Registration
) -> None:
    is_held = asyncio.Event()

    class Watched(Faults):
        def for_request(self, method: str, path: str) -> Fault | None:
            is_held.set()
            return super().for_request(method, path)

    faults = Watched(timeout_seconds=60)
    faults.once(Fault.TIMEOUT)
    github = GitHubStandIn(
        now=clock, faults=faults, registration=registration, webhook_url="http://127.0.0.1:1/"
    )
    await github.start()
    async with aiohttp.ClientSession() as session:
        held = asyncio.ensure_future(session.get(f"{github.url}/app"))
        await asyncio.wait_for(is_held.wait(), timeout=5)
        await asyncio.wait_for(github.close(), timeout=5)
        with pytest.raises(aiohttp.ClientError):
            await held


async def test_a_crash_of_the_stand_in_is_a_defect(
    api: Api, github: GitHubStandIn, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(github.state, "find_account", None)
    assert (await api("GET", "/users/octo")).status == 500
    assert "TypeError" in github.defects[0]
    github.defects.clear()
