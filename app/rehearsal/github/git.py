"""Git objects with their real ids: equal content has an equal SHA, as in every git. No I/O."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

FILE_MODE: Final = "100644"
TREE_MODE: Final = "040000"
NO_SHA: Final = "0" * 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a tree; the path is relative to the tree that was asked for."""

    path: str
    mode: str
    type: str
    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit with one author, who is also its committer."""

    sha: str
    tree_sha: str
    parent_shas: tuple[str, ...]
    message: str
    author_name: str
    author_email: str
    at: datetime


def _sha(kind: str, content: bytes) -> str:
    header = f"{kind} {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


@dataclass(slots=True)
class Objects:
    """The object store of one repository, with those of its forks' pull requests."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, list[Entry]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)

    def add_blob(self, content: bytes) -> str:
        """Store a file's content."""
        sha = _sha("blob", content)
        self.blobs[sha] = content
        return sha

    def add_tree(self, blobs_by_path: Mapping[str, str]) -> str:
        """Store a tree and its subtrees, from `path → blob SHA`."""
        entries: list[Entry] = []
        folders: dict[str, dict[str, str]] = {}
        for path, sha in blobs_by_path.items():
            name, slash, rest = path.partition("/")
            if slash:
                folders.setdefault(name, {})[rest] = sha
            else:
                entries.append(Entry(name, FILE_MODE, "blob", sha))
        for name, inside in folders.items():
            entries.append(Entry(name, TREE_MODE, "tree", self.add_tree(inside)))
        entries.sort(key=lambda entry: entry.path + ("/" if entry.type == "tree" else ""))
        packed = b"".join(
            f"{entry.mode.lstrip('0')} {entry.path}\0".encode() + bytes.fromhex(entry.sha)
            for entry in entries
        )
        sha = _sha("tree", packed)
        self.trees[sha] = entries
        return sha

    def add_commit(
        self, tree_sha: str, parent_shas: tuple[str, ...], message: str, author: str, at: datetime
    ) -> Commit:
        """Store a commit; the author's address is GitHub's private one."""
        email = f"{author}@users.noreply.github.com"
        signature = f"{author} <{email}> {int(at.timestamp())} +0000"
        lines = [f"tree {tree_sha}", *(f"parent {sha}" for sha in parent_shas)]
        lines += [f"author {signature}", f"committer {signature}", "", message]
        commit = Commit(
            sha=_sha("commit", "\n".join(lines).encode()),
            tree_sha=tree_sha,
            parent_shas=parent_shas,
            message=message,
            author_name=author,
            author_email=email,
            at=at,
        )
        self.commits[commit.sha] = commit
        return commit

    def walk(self, tree_sha: str, *, is_recursive: bool) -> Iterator[Entry]:
        """List a tree, with everything below it if asked, in git's order."""
        for entry in self.trees[tree_sha]:
            yield entry
            if is_recursive and entry.type == "tree":
                for below in self.walk(entry.sha, is_recursive=True):
                    path = f"{entry.path}/{below.path}"
                    yield Entry(path, below.mode, below.type, below.sha)

    def files(self, commit_sha: str) -> dict[str, str]:
        """Give `path → blob SHA` of everything in a commit."""
        tree_sha = self.commits[commit_sha].tree_sha
        found = self.walk(tree_sha, is_recursive=True)
        return {entry.path: entry.sha for entry in found if entry.type == "blob"}

    def find(self, commit_sha: str, path: str) -> Entry | None:
        """Find a file or folder of a commit; the root is the empty path."""
        tree_sha = self.commits[commit_sha].tree_sha
        if not path:
            return Entry("", TREE_MODE, "tree", tree_sha)
        for entry in self.walk(tree_sha, is_recursive=True):
            if entry.path == path:
                return entry
        return None

    def history(self, commit_sha: str) -> Iterator[Commit]:
        """List a commit and its first parents, newest first."""
        sha: str | None = commit_sha
        while sha is not None:
            commit = self.commits[sha]
            yield commit
            sha = commit.parent_shas[0] if commit.parent_shas else None

    def merge_base(self, ours_sha: str, theirs_sha: str) -> str:
        """Find the newest commit from which both grew; they have one."""
        ours = {commit.sha for commit in self.history(ours_sha)}
        return next(commit.sha for commit in self.history(theirs_sha) if commit.sha in ours)
