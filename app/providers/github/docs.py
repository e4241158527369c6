"""The documentation of a repository: which files there are, and their texts by git's blob ids."""

from __future__ import annotations

import base64
from typing import Any, Final

from app.domain.effects import FetchDocs, ListDocs
from app.domain.events import DocFile, DocsFetched, DocsListed
from app.providers.github.client import Client
from app.providers.github.concurrency import for_each
from app.providers.github.grants import grant_to_read
from app.providers.github.paths import repository_path

FILES_MAX: Final = 40
FILE_BYTES_MAX: Final = 64 * 1024
PATH_CHARACTERS_MAX: Final = 500

FOLDERS: Final = ("docs", "doc", "documentation")
ENDINGS: Final = (".md", ".rst", ".txt", ".adoc")
PLAIN_FILE_MODES: Final = ("100644", "100755")


async def list_docs(client: Client, effect: ListDocs) -> DocsListed:
    """Name the README and the docs of the default branch, the most telling first."""
    grant = grant_to_read(effect.thread.installation, effect.thread.repository)
    repository = repository_path(effect.thread.repository)
    # Without a branch's name GitHub lists the default branch; an empty repository has no commit.
    commits = await client.find(grant, f"{repository}/commits?per_page=1")
    if not commits:
        return DocsListed(ticket=effect.ticket, commit="", files=())
    head = commits[0]
    tree = head["commit"]["tree"]["sha"]
    found = await client.get(grant, f"{repository}/git/trees/{tree}?recursive=1")
    files = sorted(filter(_is_doc, found["tree"]), key=_rank)[:FILES_MAX]
    return DocsListed(
        ticket=effect.ticket,
        commit=head["sha"],
        files=tuple(
            DocFile(path=one["path"], blob=one["sha"], size_bytes=one["size"]) for one in files
        ),
    )


async def fetch_docs(client: Client, effect: FetchDocs) -> DocsFetched:
    """Read texts; what is gone or too large meanwhile is left out."""
    grant = grant_to_read(effect.thread.installation, effect.thread.repository)
    repository = repository_path(effect.thread.repository)

    async def fetch(blob: str) -> tuple[str, str] | None:
        found = await client.find(grant, f"{repository}/git/blobs/{blob}")
        if found is None or found["size"] > FILE_BYTES_MAX or found["encoding"] != "base64":
            return None
        text = base64.b64decode(found["content"]).decode("utf-8", "replace")
        return blob, text.replace("\0", "")

    texts = await for_each(effect.blobs[:FILES_MAX], fetch)
    return DocsFetched(ticket=effect.ticket, texts=tuple(filter(None, texts)))


def _is_doc(entry: Any) -> bool:
    path: str = entry["path"]
    is_readable = (
        entry["type"] == "blob"
        and entry["mode"] in PLAIN_FILE_MODES
        and 0 < entry.get("size", 0) <= FILE_BYTES_MAX
        and len(path) <= PATH_CHARACTERS_MAX
        and path.isprintable()
    )
    folder, slash, _ = path.lower().rpartition("/")
    if not is_readable:
        return False
    if not slash:
        return _is_readme(path) or path.lower().endswith(".md")
    is_text = path.lower().endswith(ENDINGS)
    return folder.partition("/")[0] in FOLDERS and (is_text or _is_readme(path))


def _is_readme(path: str) -> bool:
    return path.rpartition("/")[2].lower().startswith("readme")


def _rank(entry: Any) -> tuple[bool, bool, int, str]:
    """Put the README first, then the docs from the top down, then what else lies at the root."""
    path: str = entry["path"]
    depth = path.count("/")
    return (not (depth == 0 and _is_readme(path)), depth == 0, depth, path)
