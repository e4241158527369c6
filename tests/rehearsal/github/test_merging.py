"""Pull requests merge as git merges them: by lines, for trying first, and not over a conflict."""

from __future__ import annotations

import pytest

from app.rehearsal.github.merging import merged_text
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation, Issue, Repository
from tests.rehearsal.github.product import Api

BASE = "a\nb\nc\nd\ne\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (BASE, "a\nB\nc\nd\ne\n", "a\nB\nc\nd\ne\n"),
        ("A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n"),
        ("a\nb\nc\nd\ne\nf\n", "0\na\nb\nc\nd\ne\n", "0\na\nb\nc\nd\ne\nf\n"),
        ("a\nc\nd\ne\n", "a\nb\nc\nd\nx\ny\n", "a\nc\nd\nx\ny\n"),
        ("a\nB\nc\nd\nE\n", "a\nB\nc\nd\ne\n", "a\nB\nc\nd\nE\n"),
        ("a\nB\nc\nd\ne\n", "a\nX\nc\nd\ne\n", None),
        ("a\nB\nc\nd\ne\n", "a\nb\nC\nd\ne\n", None),
        ("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nd\ne\ng\n", None),
        ("", "A\nb\nc\nd\ne\n", None),
    ],
)
def test_a_text_is_merged_by_lines(ours: str, theirs: str, merged: str | None) -> None:
    found = merged_text(BASE.encode(), ours.encode(), theirs.encode())
    assert found == (None if merged is None else merged.encode())
    assert merged_text(BASE.encode(), theirs.encode(), ours.encode()) == found


def propose(github: GitHubStandIn, repository: Repository) -> Issue:
    github.push(repository, {"notes": BASE, "old": "1"}, by="writer")
    return github.open_pull_request(
        repository, "End", {"notes": f"{BASE}f\n", "old": None}, by="stranger"
    )


async def looked_at(api: Api, pull: Issue) -> dict[str, object]:
    """Look at a pull request until it is known whether it can be merged."""
    path = f"/repositories/{pull.repository.id}/pulls/{pull.number}"
    first = (await api("GET", path)).json
    assert (first["mergeable"], first["mergeable_state"]) == (None, "unknown")
    found: dict[str, object] = (await api("GET", path)).json
    return found


async def test_who_looks_again_finds_the_merge_that_was_tried(
    api: Api, github: GitHubStandIn, repository: Repository, installation: Installation
) -> None:
    pull, base = propose(github, repository), f"/repositories/{repository.id}"
    ref = f"{base}/git/ref/pull/{pull.number}/merge"
    assert (await api("GET", ref)).status == 404, "nobody has looked"
    tip = github.push(repository, {"notes": f"0\n{BASE}"}, by="writer").sha
    assert (await looked_at(api, pull))["mergeable"] is True

    tried = (await api("GET", ref)).json["object"]["sha"]
    commit = (await api("GET", f"{base}/git/commits/{tried}")).json
    head = (await api("GET", f"{base}/git/ref/pull/{pull.number}/head")).json["object"]["sha"]
    assert [each["sha"] for each in commit["parents"]] == [tip, head]
    whole = (await api("GET", f"{base}/git/trees/{tried}")).json["tree"]
    assert "old" not in [each["path"] for each in whole]

    github.push(repository, {"notes": f"{BASE}g\n"}, by="writer")
    assert (await api("GET", ref)).json["object"]["sha"] == tried, "it is out of date in silence"
    assert (await looked_at(api, pull))["mergeable"] is False
    with pytest.raises(ValueError, match="conflicts with main"):
        github.merge(pull, by="writer")

    github.push(repository, {"notes": f"0\n{BASE}"}, by="writer")
    github.merge(pull, by="writer")
    blob = repository.objects.files(repository.branches["main"])["notes"]
    assert repository.objects.blobs[blob] == f"0\n{BASE}f\n".encode()
    closed = (await api("GET", f"{base}/pulls/{pull.number}")).json
    assert (closed["state"], closed["mergeable"]) == ("closed", None)


async def test_a_pull_request_goes_into_the_branch_that_somebody_chose(
    api: Api, github: GitHubStandIn, repository: Repository, installation: Installation
) -> None:
    pull = propose(github, repository)
    github.push(repository, {"more": "2"}, by="writer", branch="next")
    before = repository.branches["main"]
    github.retarget(pull, "next", by="writer")
    await github.settle()
    told = github.deliveries[-1]
    assert (told.event, told.payload["action"]) == ("pull_request", "edited")
    assert told.payload["changes"]["base"]["ref"] == {"from": "main"}
    files = await api("GET", f"/repositories/{repository.id}/pulls/{pull.number}/files")
    assert [each["filename"] for each in files.json] == ["notes", "old"]

    github.merge(pull, by="writer")
    assert repository.branches["main"] == before
    paths = repository.objects.files(repository.branches["next"])
    assert {"more", "notes"} <= paths.keys()
    assert "old" not in paths
