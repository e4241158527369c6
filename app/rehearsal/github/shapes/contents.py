"""Git objects, refs and files as JSON."""

from __future__ import annotations

import base64
import textwrap
from typing import Any, Final
from urllib.parse import quote

from app.rehearsal.github.answers import instant
from app.rehearsal.github.git import Commit, Entry
from app.rehearsal.github.shapes.accounts import simple_user_or_none
from app.rehearsal.github.shapes.repositories import api_url, html_url
from app.rehearsal.github.state import Repository, State

BASE64_COLUMNS = 60
UNSIGNED: Final = {
    "verified": False,
    "reason": "unsigned",
    "signature": None,
    "payload": None,
    "verified_at": None,
}


def base64_lines(content: bytes) -> str:
    """Encode as GitHub does: lines of sixty characters, each with its newline."""
    encoded = base64.b64encode(content).decode()
    return "".join(f"{line}\n" for line in textwrap.wrap(encoded, BASE64_COLUMNS))


def ref(state: State, repository: Repository, name: str, sha: str) -> dict[str, Any]:
    """Write a git reference; its name is like `heads/main`."""
    api = f"{api_url(state, repository)}/git"
    return {
        "ref": f"refs/{name}",
        "node_id": f"REF_kwDO{repository.id}{name}",
        "url": f"{api}/refs/{name}",
        "object": {"sha": sha, "type": "commit", "url": f"{api}/commits/{sha}"},
    }


def tree(
    state: State, repository: Repository, sha: str, entries: list[Entry], *, is_truncated: bool
) -> dict[str, Any]:
    """Write a tree with its entries."""
    api = f"{api_url(state, repository)}/git"
    items: list[dict[str, Any]] = []
    for entry in entries:
        item: dict[str, Any] = {
            "path": entry.path,
            "mode": entry.mode,
            "type": entry.type,
            "sha": entry.sha,
            "url": f"{api}/{entry.type}s/{entry.sha}",
        }
        if entry.type == "blob":
            item["size"] = len(repository.objects.blobs[entry.sha])
        items.append(item)
    return {"sha": sha, "url": f"{api}/trees/{sha}", "tree": items, "truncated": is_truncated}


def blob(state: State, repository: Repository, sha: str) -> dict[str, Any]:
    """Write a blob with its whole content."""
    content = repository.objects.blobs[sha]
    return {
        "sha": sha,
        "node_id": f"B_kwDO{repository.id}{sha[:8]}",
        "size": len(content),
        "url": f"{api_url(state, repository)}/git/blobs/{sha}",
        "content": base64_lines(content),
        "encoding": "base64",
    }


def item(state: State, repository: Repository, path: str, entry: Entry, at: str) -> dict[str, Any]:
    """Write a file or folder without its content; `at` is the ref that it was asked at."""
    is_file = entry.type == "blob"
    api, html = api_url(state, repository), html_url(state, repository)
    quoted = quote(path)
    url = f"{api}/contents/{quoted}?ref={quote(at)}"
    git_url = f"{api}/git/{entry.type}s/{entry.sha}"
    page = f"{html}/{entry.type}/{at}/{quoted}"
    return {
        "type": "file" if is_file else "dir",
        "size": len(repository.objects.blobs[entry.sha]) if is_file else 0,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": entry.sha,
        "url": url,
        "git_url": git_url,
        "html_url": page,
        "download_url": f"{html}/raw/{at}/{quoted}" if is_file else None,
        "_links": {"self": url, "git": git_url, "html": page},
    }


def file(
    state: State, repository: Repository, path: str, entry: Entry, at: str, size_max: int
) -> dict[str, Any]:
    """Write a file with its content; above `size_max` bytes it has none and says so."""
    content = repository.objects.blobs[entry.sha]
    is_small = len(content) <= size_max
    return item(state, repository, path, entry, at) | {
        "encoding": "base64" if is_small else "none",
        "content": base64_lines(content) if is_small else "",
    }


def git_commit(state: State, repository: Repository, one: Commit) -> dict[str, Any]:
    """Write a commit as git keeps it."""
    api, html = api_url(state, repository), html_url(state, repository)
    signature = {"name": one.author_name, "email": one.author_email, "date": instant(one.at)}
    return {
        "sha": one.sha,
        "node_id": f"C_kwDO{repository.id}{one.sha[:8]}",
        "url": f"{api}/git/commits/{one.sha}",
        "html_url": f"{html}/commit/{one.sha}",
        "author": signature,
        "committer": signature,
        "message": one.message,
        "tree": {"sha": one.tree_sha, "url": f"{api}/git/trees/{one.tree_sha}"},
        "parents": [
            {"sha": sha, "url": f"{api}/git/commits/{sha}", "html_url": f"{html}/commit/{sha}"}
            for sha in one.parent_shas
        ],
        "verification": UNSIGNED,
    }


def commit(state: State, repository: Repository, one: Commit) -> dict[str, Any]:
    """Write a commit as the commit routes do."""
    api, html = api_url(state, repository), html_url(state, repository)
    signature = {"name": one.author_name, "email": one.author_email, "date": instant(one.at)}
    author = simple_user_or_none(state, state.find_account(one.author_name))
    return {
        "sha": one.sha,
        "node_id": f"C_kwDO{repository.id}{one.sha[:8]}",
        "commit": {
            "author": signature,
            "committer": signature,
            "message": one.message,
            "tree": {
                "sha": one.tree_sha,
                "url": f"{api}/git/trees/{one.tree_sha}",
            },
            "url": f"{api}/git/commits/{one.sha}",
            "comment_count": 0,
            "verification": UNSIGNED,
        },
        "url": f"{api}/commits/{one.sha}",
        "html_url": f"{html}/commit/{one.sha}",
        "comments_url": f"{api}/commits/{one.sha}/comments",
        "author": author,
        "committer": author,
        "parents": [
            {"sha": sha, "url": f"{api}/commits/{sha}", "html_url": f"{html}/commit/{sha}"}
            for sha in one.parent_shas
        ],
    }
