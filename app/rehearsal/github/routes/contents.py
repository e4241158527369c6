"""Files, trees, blobs, commits and refs of a repository."""

from __future__ import annotations

from typing import Any, Final

from app.rehearsal.github.answers import Answer, RefusalError, not_found
from app.rehearsal.github.git import Entry
from app.rehearsal.github.routing import Call, Table
from app.rehearsal.github.shapes import contents as shapes
from app.rehearsal.github.state import Repository

BASE64_BYTES_MAX: Final = 1024 * 1024
RAW_BYTES_MAX: Final = 100 * 1024 * 1024
TREE_ENTRIES_MAX: Final = 100_000
SHA_CHARACTERS_MIN: Final = 7

table = Table()


def commit_sha(repository: Repository, ref: str) -> str | None:
    """Resolve a branch, a full or short ref, or a commit's SHA (at least seven characters)."""
    for prefix in ("refs/heads/", "heads/", ""):
        name = ref.removeprefix(prefix)
        if name in repository.branches:
            return repository.branches[name]
    for issue in repository.issues.values():
        pull = issue.pull_request
        if pull is not None and ref in {f"refs/pull/{issue.number}/head", pull.head_sha}:
            return pull.head_sha
        if pull is not None and ref == f"refs/pull/{issue.number}/merge":
            return pull.test_merge_sha
    if len(ref) >= SHA_CHARACTERS_MIN:
        for sha in repository.objects.commits:
            if sha.startswith(ref):
                return sha
    return None


def _commit(call: Call, ref: str) -> str:
    if not call.repository.branches:
        raise RefusalError(409, "Git Repository is empty.")
    sha = commit_sha(call.repository, ref)
    if sha is None:
        raise RefusalError(404, f"No commit found for the ref {ref}")
    return sha


def _wants(call: Call, kind: str) -> bool:
    return f"application/vnd.github.{kind}" in call.headers.get("Accept", "")


@table.add(
    "GET ~/contents/{path:.*}",
    {200: "ContentFile | list[ContentDirectoryItems]"},
    needs="contents:read",
)
def show_contents(call: Call) -> Answer:
    """Show a file, raw if asked, or list a folder."""
    repository, path = call.repository, call.parameters["path"].strip("/")
    if not repository.branches:
        raise RefusalError(404, "This repository is empty.")
    ref = call.query.get("ref", repository.default_branch)
    entry = repository.objects.find(_commit(call, ref), path)
    if entry is None:
        raise not_found()
    if entry.type == "blob":
        return _file(call, path, entry, ref)
    prefix = f"{path}/" if path else ""
    below = repository.objects.trees[entry.sha]
    items = [shapes.item(call.state, repository, prefix + one.path, one, ref) for one in below]
    return Answer(200, items)


@table.add("GET ~/readme", {200: "ContentFile"}, needs="contents:read")
def show_readme(call: Call) -> Answer:
    """Show the README that GitHub would show: in .github, the root, or docs."""
    repository = call.repository
    ref = call.query.get("ref", repository.default_branch)
    if not repository.branches:
        raise not_found()
    sha = _commit(call, ref)
    for folder in (".github/", "", "docs/"):
        for path, blob in repository.objects.files(sha).items():
            name = path.removeprefix(folder)
            is_here = path.startswith(folder) and "/" not in name
            if is_here and name.lower().split(".")[0] == "readme":
                return _file(call, path, Entry(path, "100644", "blob", blob), ref)
    raise not_found()


def _file(call: Call, path: str, entry: Entry, ref: str) -> Answer:
    repository = call.repository
    content = repository.objects.blobs[entry.sha]
    if len(content) > RAW_BYTES_MAX:
        raise RefusalError(403, "This API returns blobs up to 100 MB in size.")
    if _wants(call, "raw"):
        media_type = "application/vnd.github.raw+json; charset=utf-8"
        return Answer(200, content, media_type=media_type)
    return Answer(200, shapes.file(call.state, repository, path, entry, ref, BASE64_BYTES_MAX))


@table.add("GET ~/git/trees/{sha:.+}", {200: "GitTree"}, needs="contents:read")
def show_tree(call: Call) -> Answer:
    """Show a tree by its SHA, or the tree of a commit or branch."""
    repository, wanted = call.repository, call.parameters["sha"]
    sha = wanted
    if sha not in repository.objects.trees:
        sha = repository.objects.commits[_commit(call, wanted)].tree_sha
    entries = list(repository.objects.walk(sha, is_recursive="recursive" in call.query))
    is_truncated = len(entries) > TREE_ENTRIES_MAX
    shown = entries[:TREE_ENTRIES_MAX]
    payload = shapes.tree(call.state, repository, sha, shown, is_truncated=is_truncated)
    return Answer(200, payload)


@table.add("GET ~/git/blobs/{sha}", {200: "Blob"}, needs="contents:read")
def show_blob(call: Call) -> Answer:
    """Show a blob, raw if asked."""
    repository, sha = call.repository, call.parameters["sha"]
    content = repository.objects.blobs.get(sha)
    if content is None:
        raise not_found()
    if _wants(call, "raw"):
        return Answer(200, content, media_type="application/vnd.github.raw+json; charset=utf-8")
    return Answer(200, shapes.blob(call.state, repository, sha))


@table.add("GET ~/git/ref/heads/{branch:.+}", {200: "GitRef"}, needs="contents:read")
def show_ref(call: Call) -> Answer:
    """Show where a branch points."""
    branch = call.parameters["branch"]
    sha = call.repository.branches.get(branch)
    if sha is None:
        raise not_found()
    return Answer(200, shapes.ref(call.state, call.repository, f"heads/{branch}", sha))


@table.add(
    r"GET ~/git/ref/pull/{number:\d+}/{end:head|merge}", {200: "GitRef"}, needs="contents:read"
)
def show_pull_ref(call: Call) -> Answer:
    """Show where a pull request points, or the last merge that was tried, however old it is."""
    name = f"pull/{call.parameters['number']}/{call.parameters['end']}"
    sha = commit_sha(call.repository, f"refs/{name}")
    if sha is None:
        raise not_found()
    return Answer(200, shapes.ref(call.state, call.repository, name, sha))


@table.add("GET ~/git/commits/{sha}", {200: "GitCommit"}, needs="contents:read")
def show_git_commit(call: Call) -> Answer:
    """Show a commit as git keeps it."""
    commit = call.repository.objects.commits.get(call.parameters["sha"])
    if commit is None:
        raise not_found()
    return Answer(200, shapes.git_commit(call.state, call.repository, commit))


@table.add(
    "GET ~/git/matching-refs/heads/{prefix:.*}", {200: "list[GitRef]"}, needs="contents:read"
)
def list_refs(call: Call) -> Answer:
    """List the branches that begin like this."""
    prefix = call.parameters["prefix"]
    found = [(name, sha) for name, sha in sorted(call.repository.branches.items())]
    found = [(name, sha) for name, sha in found if name.startswith(prefix)]
    refs = [(f"heads/{name}", sha) for name, sha in found]
    return call.page(refs, lambda one: shapes.ref(call.state, call.repository, one[0], one[1]))


@table.add("GET ~/branches/{branch:.+}", {200: "BranchWithProtection"}, needs="contents:read")
def show_branch(call: Call) -> Answer:
    """Show a branch with its newest commit."""
    repository, branch = call.repository, call.parameters["branch"]
    sha = repository.branches.get(branch)
    if sha is None:
        raise RefusalError(404, "Branch not found")
    commit = shapes.commit(call.state, repository, repository.objects.commits[sha])
    page, url = f"{commit['html_url']}", call.url
    payload: dict[str, Any] = {
        "name": branch,
        "commit": commit,
        "_links": {"self": url, "html": page},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{url}/protection",
    }
    return Answer(200, payload)


@table.add("GET ~/commits", {200: "list[Commit]"}, needs="contents:read")
def list_commits(call: Call) -> Answer:
    """List commits, newest first; with `path`, those that changed it."""
    repository = call.repository
    head = _commit(call, call.query.get("sha", repository.default_branch))
    commits = list(repository.objects.history(head))
    path = call.query.get("path")
    if path is not None:
        commits = [one for one in commits if _touches(repository, one.sha, path)]
    return call.page(commits, lambda one: shapes.commit(call.state, repository, one))


def _touches(repository: Repository, sha: str, path: str) -> bool:
    commit = repository.objects.commits[sha]
    after = repository.objects.find(sha, path)
    before = repository.objects.find(commit.parent_shas[0], path) if commit.parent_shas else None
    return (after and after.sha) != (before and before.sha)


@table.add("GET ~/commits/{ref:[^/]+}", {200: "Commit"}, needs="contents:read")
def show_commit(call: Call) -> Answer:
    """Show one commit."""
    ref, repository = call.parameters["ref"], call.repository
    sha = commit_sha(repository, ref)
    if sha is None:
        raise RefusalError(422, f"No commit found for SHA: {ref}")
    commit = repository.objects.commits[sha]
    return Answer(200, shapes.commit(call.state, repository, commit))
