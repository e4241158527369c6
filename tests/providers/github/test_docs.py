"""Which files are documentation, and what stands in them."""

from __future__ import annotations

import pytest

from app.domain.conversations import Thread
from app.domain.effects import FetchDocs, ListDocs
from app.domain.errors import Postpone
from app.domain.events import DocsFetched, DocsListed
from app.providers.github.docs import FILES_MAX
from app.providers.github.perform import GitHub
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Repository
from tests.providers.github.orders import FIRST, TICKET, asked


async def listed(performer: GitHub, thread: Thread) -> DocsListed:
    event = await performer.perform(ListDocs(ticket=TICKET, thread=thread), FIRST)
    assert isinstance(event, DocsListed)
    return event


async def fetched(performer: GitHub, thread: Thread, *blobs: str) -> dict[str, str]:
    effect = FetchDocs(ticket=TICKET, thread=thread, blobs=blobs)
    event = await performer.perform(effect, FIRST)
    assert isinstance(event, DocsFetched)
    return dict(event.texts)


async def test_readme_and_docs_are_listed_the_most_telling_first(
    github: GitHubStandIn, thread: Thread, repository: Repository, performer: GitHub
) -> None:
    files = {
        "README.md": "# Tools\n",
        "CHANGELOG.md": "New.\n",
        "LICENSE": "MIT\n",
        "docs/use.md": "Use it.\n",
        "docs/api/index.rst": "API\n",
        "docs/README": "Docs.\n",
        "docs/picture.png": "png",
        "docs/empty.md": "",
        "docs/huge.md": "#" * (64 * 1024 + 1),
        "docs/odd\nname.md": "Odd.\n",
        "src/notes.md": "Notes.\n",
        "src/main.py": "x = 1\n",
    }
    commit = github.push(repository, files, by="octo")
    event = await listed(performer, thread)
    assert event.commit == commit.sha
    assert [file.path for file in event.files] == [
        "README.md",
        "docs/README",
        "docs/use.md",
        "docs/api/index.rst",
        "CHANGELOG.md",
    ]
    blobs = repository.objects.files(commit.sha)
    assert [file.blob for file in event.files] == [blobs[file.path] for file in event.files]
    assert event.files[0].size_bytes == len("# Tools\n")
    assert len(asked(github)) == 2


async def test_there_are_never_too_many(
    github: GitHubStandIn, thread: Thread, repository: Repository, performer: GitHub
) -> None:
    files = {f"docs/{number:03}.md": f"{number}\n" for number in range(60)}
    github.push(repository, files, by="octo")
    event = await listed(performer, thread)
    assert len(event.files) == FILES_MAX
    assert event.files[0].path == "README.md"


async def test_an_empty_repository_has_none(
    thread: Thread, repository: Repository, performer: GitHub
) -> None:
    repository.branches.clear()
    assert await listed(performer, thread) == DocsListed(ticket=TICKET, commit="", files=())


async def test_texts_come_by_their_blobs(
    github: GitHubStandIn, thread: Thread, repository: Repository, performer: GitHub
) -> None:
    github.push(repository, {"docs/a.md": b"caf\xc3\xa9 \xff \x00."}, by="octo")
    event = await listed(performer, thread)
    blobs = [file.blob for file in event.files]
    assert await fetched(performer, thread, *blobs) == {
        blobs[0]: "# Tools\n",
        blobs[1]: "café � .",
    }


async def test_what_is_gone_or_too_large_is_left_out(
    github: GitHubStandIn, thread: Thread, repository: Repository, performer: GitHub
) -> None:
    huge = repository.objects.add_blob(b"#" * (64 * 1024 + 1))
    fine = repository.objects.add_blob(b"Fine.")
    assert await fetched(performer, thread, "0" * 40, huge, fine) == {fine: "Fine."}
    assert await fetched(performer, thread) == {}


async def test_one_error_ends_them_all_in_our_own_words(
    faults: Faults, thread: Thread, repository: Repository, performer: GitHub
) -> None:
    blobs = [repository.objects.add_blob(f"{number}".encode()) for number in range(8)]
    faults.once(Fault.RATE_LIMITED, method="GET", path="/git/blobs/")
    with pytest.raises(Postpone):
        await fetched(performer, thread, *blobs)
