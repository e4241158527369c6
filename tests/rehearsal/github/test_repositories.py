from __future__ import annotations

import base64
import hashlib

import pytest

from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Repository
from tests.rehearsal.github.product import Api

RAW = {"Accept": "application/vnd.github.raw+json"}


async def test_a_repository_is_shown(api: Api, repository: Repository) -> None:
    reply = await api("GET", f"/repositories/{repository.id}")
    assert reply.json["full_name"] == "octo/tools"
    assert reply.json["default_branch"] == "main"
    assert (await api("GET", "/repos/OCTO/Tools")).json["id"] == repository.id
    assert (await api("GET", "/repositories/1")).status == 404


async def test_a_former_name_leads_to_the_id(
    api: Api, github: GitHubStandIn, repository: Repository
) -> None:
    issue = github.open_issue(repository, "Before", by="stranger")
    github.rename_repository(repository, "instruments", by="octo")
    reply = await api("GET", f"/repos/octo/tools/issues/{issue.number}?x=1")
    assert reply.status == 301
    assert reply.headers["Location"].endswith(f"/repositories/{repository.id}/issues/1")
    written = await api("POST", "/repos/octo/tools/issues/1/comments", {"body": "x"})
    assert written.status == 307
    assert (await api("GET", f"/repositories/{repository.id}")).json["name"] == "instruments"
    github.rename_user("octo", "octavia")
    assert (await api("GET", "/repos/octo/instruments")).status == 301
    github.delete_repository(repository, by="octavia")
    for path in (
        "/repos/octo/tools",
        "/repos/octavia/instruments",
        f"/repositories/{repository.id}",
    ):
        assert (await api("GET", path)).status == 404


@pytest.mark.parametrize(
    ("login", "role", "permission"),
    [
        ("octo", "admin", "admin"),
        ("admin", "admin", "admin"),
        ("maintainer", "maintain", "write"),
        ("writer", "write", "write"),
        ("triager", "triage", "read"),
        ("reader", "read", "read"),
        ("stranger", "read", "read"),
    ],
)
async def test_the_role_and_its_legacy_word(
    api: Api, repository: Repository, login: str, role: str, permission: str
) -> None:
    path = f"/repositories/{repository.id}/collaborators/{login}/permission"
    shown = (await api("GET", path)).json
    assert (shown["role_name"], shown["permission"]) == (role, permission)
    assert shown["user"]["login"] == login


async def test_a_private_repository_gives_strangers_nothing(
    api: Api, github: GitHubStandIn, repository: Repository
) -> None:
    github.set_visibility(repository, is_private=True, by="octo")
    path = f"/repositories/{repository.id}/collaborators"
    shown = (await api("GET", f"{path}/stranger/permission")).json
    assert (shown["role_name"], shown["permission"]) == ("none", "none")
    unknown = await api("GET", f"{path}/nobody/permission")
    assert (unknown.status, unknown.json["message"]) == (404, "nobody is not a user")


async def test_members_of_an_organisation_have_its_base_role(
    api: Api, github: GitHubStandIn, repository: Repository
) -> None:
    organization = github.add_organization("acme", owner="admin")
    github.add_member(organization, "stranger")
    shop = github.create_repository(
        "acme", "shop", is_private=True, collaborators={"reader": Role.TRIAGE}
    )
    api.token = await api.mint(github.install_app("acme"))
    roles = {
        login: (await api("GET", f"/repositories/{shop.id}/collaborators/{login}/permission")).json
        for login in ("admin", "stranger", "reader", "writer")
    }
    assert {login: shown["role_name"] for login, shown in roles.items()} == {
        "admin": "admin",
        "stranger": "read",
        "reader": "triage",
        "writer": "none",
    }


async def test_a_file_comes_as_base64_or_raw(api: Api, repository: Repository) -> None:
    path = f"/repositories/{repository.id}/contents/docs/use.md"
    shown = (await api("GET", path)).json
    assert base64.b64decode(shown["content"]).decode() == "Use it.\n"
    assert shown["sha"] == hashlib.sha1(b"blob 8\0Use it.\n", usedforsecurity=False).hexdigest()
    raw = await api("GET", path, headers=RAW)
    assert (raw.text, raw.headers["Content-Type"][:31]) == (
        "Use it.\n",
        "application/vnd.github.raw+json",
    )
    assert (await api("GET", f"/repositories/{repository.id}/contents/nothing")).status == 404


async def test_a_file_is_read_at_a_ref(
    api: Api, github: GitHubStandIn, repository: Repository
) -> None:
    before = repository.branches["main"]
    github.push(repository, {"README.md": "# New\n"}, by="writer")
    github.push(repository, {"README.md": "# Other\n"}, by="writer", branch="other/branch")
    path = f"/repositories/{repository.id}/contents/README.md"
    texts = [
        (await api("GET", f"{path}{query}", headers=RAW)).text
        for query in ("", f"?ref={before}", f"?ref={before[:8]}", "?ref=refs/heads/other/branch")
    ]
    assert texts == ["# New\n", "# Tools\n", "# Tools\n", "# Other\n"]
    assert (await api("GET", f"{path}?ref=nowhere")).status == 404


async def test_a_large_file_comes_raw_only(
    api: Api, github: GitHubStandIn, repository: Repository
) -> None:
    github.push(repository, {"large.bin": b"x" * (1024 * 1024 + 1)}, by="writer")
    path = f"/repositories/{repository.id}/contents/large.bin"
    shown = (await api("GET", path)).json
    assert (shown["encoding"], shown["content"]) == ("none", "")
    assert len((await api("GET", path, headers=RAW)).text) == 1024 * 1024 + 1


async def test_a_folder_is_listed(api: Api, repository: Repository) -> None:
    root = (await api("GET", f"/repositories/{repository.id}/contents/")).json
    assert [(one["name"], one["type"]) for one in root] == [
        ("README.md", "file"),
        ("docs", "dir"),
        ("src", "dir"),
    ]
    inside = (await api("GET", f"/repositories/{repository.id}/contents/src/a")).json
    assert [one["path"] for one in inside] == ["src/a/b.py"]


async def test_the_readme_is_found(api: Api, github: GitHubStandIn, repository: Repository) -> None:
    path = f"/repositories/{repository.id}/readme"
    assert (await api("GET", path, headers=RAW)).text == "# Tools\n"
    github.push(repository, {".github/readme.rst": "First\n"}, by="writer")
    assert (await api("GET", path)).json["path"] == ".github/readme.rst"
    github.push(repository, {".github/readme.rst": None, "README.md": None}, by="writer")
    assert (await api("GET", path)).status == 404


async def test_tree_and_blobs_lead_to_the_same_text(api: Api, repository: Repository) -> None:
    base = f"/repositories/{repository.id}/git"
    head = (await api("GET", f"{base}/ref/heads/main")).json["object"]["sha"]
    assert head == repository.branches["main"]
    tree = (await api("GET", f"{base}/trees/{head}?recursive=1")).json
    assert [one["path"] for one in tree["tree"] if one["type"] == "blob"] == [
        "README.md",
        "docs/use.md",
        "src/a/b.py",
    ]
    assert tree["truncated"] is False
    flat = (await api("GET", f"{base}/trees/main")).json
    assert [one["path"] for one in flat["tree"]] == ["README.md", "docs", "src"]
    assert flat["sha"] == tree["sha"]
    [item] = [one for one in tree["tree"] if one["path"] == "src/a/b.py"]
    blob = (await api("GET", f"{base}/blobs/{item['sha']}")).json
    assert base64.b64decode(blob["content"]) == b"x = 1\n"
    assert blob["size"] == item["size"] == 6
    raw = await api("GET", f"{base}/blobs/{item['sha']}", headers=RAW)
    assert raw.text == "x = 1\n"
    assert (await api("GET", f"{base}/blobs/{'0' * 40}")).status == 404
    assert (await api("GET", f"{base}/trees/{'0' * 40}")).status == 404
    assert (await api("GET", f"{base}/ref/heads/nothing")).status == 404


async def test_branches_and_commits_are_shown(
    api: Api, github: GitHubStandIn, repository: Repository
) -> None:
    github.push(repository, {"docs/use.md": "Better.\n"}, by="writer", message="Improve")
    commit = github.push(repository, {"x": "y"}, by="writer", branch="feature")
    base = f"/repositories/{repository.id}"
    assert (await api("GET", f"{base}/branches/feature")).json["commit"]["sha"] == commit.sha
    assert (await api("GET", f"{base}/branches/nothing")).status == 404
    shown = (await api("GET", f"{base}/commits/{commit.sha}")).json
    assert shown["author"]["login"] == "writer"
    assert (await api("GET", f"{base}/commits/{'0' * 40}")).status == 422
    listed = (await api("GET", f"{base}/commits?path=docs/use.md")).json
    assert [one["commit"]["message"] for one in listed] == ["Improve", "Begin"]
    refs = (await api("GET", f"{base}/git/matching-refs/heads/fea")).json
    assert [one["ref"] for one in refs] == ["refs/heads/feature"]


async def test_an_empty_repository_says_so(
    api: Api, github: GitHubStandIn, installation: Installation
) -> None:
    empty = github.create_repository("octo", "empty")
    empty.branches.clear()
    base = f"/repositories/{empty.id}"
    assert (await api("GET", f"{base}/git/trees/main")).status == 409
    for path in ("contents/", "readme"):
        assert (await api("GET", f"{base}/{path}")).status == 404


async def test_accounts_are_found_by_login_and_by_id(
    api: Api, github: GitHubStandIn, repository: Repository
) -> None:
    writer = github.state.account("writer")
    by_login = (await api("GET", "/users/WRITER")).json
    github.rename_user("writer", "author")
    by_id = (await api("GET", f"/user/{writer.id}")).json
    assert (by_login["login"], by_id["login"]) == ("writer", "author")
    assert by_login["id"] == by_id["id"] == writer.id
    assert (await api("GET", "/users/writer")).status == 404
    assert (await api("GET", "/user/1")).status == 404
    bot = await api("GET", "/users/mainstay%5Bbot%5D")
    assert bot.json["type"] == "Bot"
