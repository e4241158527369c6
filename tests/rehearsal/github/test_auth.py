from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.rehearsal.github import auth
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.rehearsal.github.product import Api, Clock


async def test_the_app_shows_itself(api: Api, github: GitHubStandIn) -> None:
    reply = await api.as_app("GET", "/app")
    assert (reply.status, reply.json["id"]) == (200, github.state.app.id)
    assert reply.json["installations_count"] == 1


async def test_the_client_id_is_an_issuer_too(api: Api, github: GitHubStandIn) -> None:
    token = api.app_token(iss=github.state.app.client_id)
    assert (await api("GET", "/app", authorization=f"Bearer {token}")).status == 200


@pytest.mark.parametrize(
    ("claims", "status", "sentence"),
    [
        ({"exp": 5}, 401, "'Expiration time' claim"),
        ({"exp": None}, 401, "'Expiration time' claim"),
        ({"exp": "soon"}, 401, "'Expiration time' claim"),
        ({"lifetime": 601}, 401, "too far in the future"),
        ({"iat": None}, 401, "'Issued at' claim"),
        ({"age": -5}, 401, "'Issued at' claim"),
        ({"iss": "12"}, 404, "Integration not found"),
        ({"iss": None}, 404, "Integration not found"),
    ],
)
async def test_a_wrong_claim_is_refused(
    api: Api, clock: Clock, claims: dict[str, Any], status: int, sentence: str
) -> None:
    now = int(clock().timestamp())
    if "lifetime" in claims:
        claims = {"exp": now + claims["lifetime"]}
    if "age" in claims:
        claims = {"iat": now - claims["age"]}
    reply = await api("GET", "/app", authorization=f"Bearer {api.app_token(**claims)}")
    assert (reply.status, sentence in reply.json["message"]) == (status, True)


async def test_a_foreign_key_and_another_algorithm_are_refused(api: Api) -> None:
    foreign = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    for token in (
        api.app_token(key=foreign),
        api.app_token(key="a-secret-of-thirty-two-characters"),
    ):
        reply = await api("GET", "/app", authorization=f"Bearer {token}")
        assert reply.status == 401
        assert reply.json["message"] == "A JSON web token could not be decoded"


async def test_a_token_is_long_has_dots_and_lives_for_an_hour(
    api: Api, clock: Clock, installation: Installation, issue: Issue
) -> None:
    path = f"/app/installations/{installation.id}/access_tokens"
    reply = await api.as_app("POST", path)
    assert reply.status == 201
    token = reply.json["token"]
    assert re.fullmatch(r"ghs_\d+_[\w-]+\.[\w-]+\.[\w-]+", token)
    assert len(token) == 520
    assert reply.json["expires_at"] == "2026-11-24T13:00:00Z"
    assert reply.json["repository_selection"] == "all"
    assert reply.json["permissions"]["issues"] == "write"
    where = f"/repositories/{issue.repository.id}"
    clock.forward(minutes=59)
    assert (await api("GET", where, authorization=f"token {token}")).status == 200
    clock.forward(minutes=1)
    expired = await api("GET", where, authorization=f"token {token}")
    assert (expired.status, expired.json["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize(
    "authorization", ["Bearer ghs_unknown", "Basic x", "Bearer", "token gho_1"]
)
async def test_other_credentials_are_bad(api: Api, authorization: str) -> None:
    reply = await api("GET", "/installation/repositories", authorization=authorization)
    assert (reply.status, reply.json["message"]) == (401, "Bad credentials")


async def test_a_revoked_token_is_bad(api: Api, github: GitHubStandIn) -> None:
    assert (await api("GET", "/installation/repositories")).status == 200
    github.gate.expire_all()
    assert (await api("GET", "/installation/repositories")).status == 401


async def test_nobody_and_the_app_itself_get_no_repository(api: Api, issue: Issue) -> None:
    path = f"/repositories/{issue.repository.id}"
    assert (await api("GET", path, authorization="")).status == 401
    assert (await api.as_app("GET", path)).status == 401
    assert (await api("GET", "/installation/repositories", authorization="")).status == 401


async def test_an_installation_is_not_the_app(api: Api, installation: Installation) -> None:
    reply = await api("POST", f"/app/installations/{installation.id}/access_tokens", {})
    assert (reply.status, reply.json["message"]) == (401, "A JSON web token could not be decoded")


async def test_a_token_is_narrowed_to_permissions(
    api: Api, github: GitHubStandIn, installation: Installation, issue: Issue
) -> None:
    api.token = await api.mint(installation, permissions={"issues": "read"})
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}"
    assert (await api("GET", path)).status == 200
    written = await api("POST", f"{path}/comments", {"body": "x"})
    assert (written.status, written.json["message"]) == (
        403,
        "Resource not accessible by integration",
    )
    assert written.headers["X-Accepted-GitHub-Permissions"] == "issues=write; pull_requests=write"
    files = await api("GET", f"/repositories/{issue.repository.id}/contents/README.md")
    assert files.status == 403
    run = {"name": "x", "head_sha": issue.repository.branches["main"]}
    assert (await api("POST", "/repos/octo/tools/check-runs", run)).status == 403
    github.serves_public_reads = True
    files = await api("GET", f"/repositories/{issue.repository.id}/contents/README.md")
    assert files.status == 200
    assert (await api("GET", path, authorization="")).status == 200


async def test_a_token_is_narrowed_to_repositories(
    api: Api, github: GitHubStandIn, installation: Installation, issue: Issue
) -> None:
    other = github.create_repository("octo", "other")
    hidden = github.create_repository("octo", "hidden", is_private=True)
    elsewhere = github.open_issue(other, "Elsewhere", by="stranger")
    reply = await api.as_app(
        "POST",
        f"/app/installations/{installation.id}/access_tokens",
        {"repository_ids": [issue.repository.id], "permissions": {"issues": "write"}},
    )
    assert reply.json["repository_selection"] == "selected"
    assert [one["full_name"] for one in reply.json["repositories"]] == ["octo/tools"]
    assert reply.json["permissions"] == {"issues": "write", "metadata": "read"}
    api.token = reply.json["token"]
    assert (await api("GET", f"/repositories/{issue.repository.id}")).status == 200
    assert (await api("GET", f"/repositories/{other.id}")).status == 404
    assert (await api("GET", f"/repositories/{hidden.id}")).status == 404
    comments = f"/repositories/{other.id}/issues/{elsewhere.number}/comments"
    assert (await api("POST", comments, {"body": "x"})).status == 403
    reached = (await api("GET", "/installation/repositories")).json
    assert [one["id"] for one in reached["repositories"]] == [issue.repository.id]
    by_name = await api.mint(installation, repositories=["Hidden"])
    assert (
        await api("GET", f"/repositories/{hidden.id}", authorization=f"Bearer {by_name}")
    ).status == 200


@pytest.mark.parametrize(
    "narrowing",
    [
        {"permissions": {"contents": "write"}},
        {"permissions": {"administration": "read"}},
        {"permissions": {"issues": "admin"}},
        {"repository_ids": [1]},
        {"repositories": ["nothing"]},
        {"repository_ids": ["1"]},
        {"repos": []},
    ],
)
async def test_a_token_cannot_be_narrowed_to_what_was_not_granted(
    api: Api, installation: Installation, narrowing: dict[str, Any]
) -> None:
    path = f"/app/installations/{installation.id}/access_tokens"
    assert (await api.as_app("POST", path, narrowing)).status == 422


async def test_a_suspended_installation_gets_nothing(
    api: Api, github: GitHubStandIn, installation: Installation
) -> None:
    github.suspend_app(installation)
    path = f"/app/installations/{installation.id}/access_tokens"
    for reply in (
        await api.as_app("POST", path, {}),
        await api("GET", "/installation/repositories"),
    ):
        assert (reply.status, "suspended" in reply.json["message"]) == (403, True)
    shown = (await api.as_app("GET", f"/app/installations/{installation.id}")).json
    assert shown["suspended_by"]["login"] == "octo"
    github.unsuspend_app(installation)
    assert (await api("GET", "/installation/repositories")).status == 200


async def test_a_removed_installation_is_gone(
    api: Api, github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    github.uninstall_app(installation)
    path = f"/app/installations/{installation.id}"
    assert (await api.as_app("POST", f"{path}/access_tokens", {})).status == 404
    assert (await api.as_app("GET", path)).status == 404
    assert (await api.as_app("GET", "/repos/octo/tools/installation")).status == 404
    assert (await api("GET", f"/repositories/{repository.id}")).status == 401
    assert (await api.as_app("GET", "/app/installations")).json == []


async def test_the_installation_of_a_repository_is_found(
    api: Api, installation: Installation, repository: Repository
) -> None:
    for path in ("/repos/octo/tools", f"/repositories/{repository.id}"):
        reply = await api.as_app("GET", f"{path}/installation")
        assert (reply.status, reply.json["id"]) == (200, installation.id)
    listed = (await api.as_app("GET", "/app/installations")).json
    assert [one["account"]["login"] for one in listed] == ["octo"]


async def test_accepted_permissions_count_for_new_tokens(
    api: Api, github: GitHubStandIn, installation: Installation, issue: Issue
) -> None:
    github.accept_permissions(installation, {"metadata": "read", "issues": "read"})
    path = f"/repositories/{issue.repository.id}/issues/{issue.number}/comments"
    assert (await api("POST", path, {"body": "x"})).status == 201
    api.token = await api.mint(installation)
    assert (await api("POST", path, {"body": "x"})).status == 403


async def test_a_repository_that_was_not_chosen_any_more_is_out_of_reach(
    api: Api, github: GitHubStandIn, installation: Installation, repository: Repository
) -> None:
    other = github.create_repository("octo", "other")
    github.choose_repositories(installation, [other])
    assert (await api("GET", f"/repositories/{repository.id}")).status == 404
    assert (await api("GET", f"/repositories/{other.id}")).status == 200


async def test_the_wrong_headers_are_refused(api: Api) -> None:
    reply = await api("GET", "/app", headers={"User-Agent": ""})
    assert (reply.status, "User-Agent" in reply.text) == (403, True)
    reply = await api("GET", "/app", headers={"X-GitHub-Api-Version": "2030-01-01"})
    assert (reply.status, "not a supported version" in reply.text) == (400, True)
    for version in ("2022-11-28", "2026-03-10"):
        headers = {"X-GitHub-Api-Version": version}
        assert (await api("GET", "/installation/repositories", headers=headers)).status == 200


async def test_what_does_not_exist_is_not_found(api: Api) -> None:
    for method, path in (("GET", "/nothing"), ("PUT", "/app"), ("GET", "/repos/octo/nothing")):
        reply = await api(method, path)
        assert (reply.status, reply.json["message"]) == (404, "Not Found")


async def test_old_tokens_make_room_for_new_ones(
    api: Api, github: GitHubStandIn, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "TOKENS_MAX", 2)
    for _ in range(2):
        github.gate.issue(installation, {}, None)
    assert (await api("GET", "/installation/repositories")).status == 401


def test_a_key_pair_signs_and_verifies() -> None:
    private, public = auth.key_pair()
    assert auth.public_key_of(private) == public
    token = jwt.encode({"iss": "1"}, private, algorithm="RS256")
    assert jwt.decode(token, public, algorithms=["RS256"]) == {"iss": "1"}


def test_a_token_s_lifetime_is_what_github_documents() -> None:
    assert timedelta(hours=1) == auth.TOKEN_LIFETIME
