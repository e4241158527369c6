"""Merging two versions that grew from one, as git does it: by lines, or not at all. No I/O."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from app.rehearsal.github.git import Objects

Edit = tuple[int, int, tuple[bytes, ...]]
"""Lines of the version before, from and up to but without, and what stands there now."""


def merged_files(objects: Objects, ours_sha: str, theirs_sha: str) -> dict[str, str] | None:
    """Give `path → blob SHA` of two commits that grew from one; None where they conflict."""
    base_sha = objects.merge_base(ours_sha, theirs_sha)
    base, ours, theirs = (objects.files(sha) for sha in (base_sha, ours_sha, theirs_sha))
    merged: dict[str, str] = {}
    for path in sorted(base.keys() | ours.keys() | theirs.keys()):
        was, here, there = base.get(path), ours.get(path), theirs.get(path)
        if there in (here, was):
            kept = here
        elif here == was:
            kept = there
        elif was is None or here is None or there is None:
            return None
        else:
            text = merged_text(objects.blobs[was], objects.blobs[here], objects.blobs[there])
            if text is None:
                return None
            kept = objects.add_blob(text)
        if kept is not None:
            merged[path] = kept
    return merged


def merged_text(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Merge two versions of a text; None where both changed the same lines, or lines that touch."""
    before = base.splitlines(keepends=True)
    edits = {*_edits(before, ours), *_edits(before, theirs)}
    merged: list[bytes] = []
    done = -1
    for begin, end, lines in sorted(edits):
        if begin <= done:
            return None
        merged += [*before[max(done, 0) : begin], *lines]
        done = end
    return b"".join([*merged, *before[max(done, 0) :]])


def _edits(before: list[bytes], after: bytes) -> Iterator[Edit]:
    lines = after.splitlines(keepends=True)
    matcher = SequenceMatcher(None, before, lines, autojunk=False)
    for kind, begin, end, new_begin, new_end in matcher.get_opcodes():
        if kind != "equal":
            yield begin, end, tuple(lines[new_begin:new_end])
