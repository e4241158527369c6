"""Who plays, and where: a repository with its people, before the curtain rises."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import app
from app.rehearsal.github.roles import Role
from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Repository

MAINTAINER: Final = "octo"
CUSTOMER: Final = "carol"
HELPER: Final = "ada"
OTHER_HELPER: Final = "grace"
HELPERS: Final = (HELPER, OTHER_HELPER)
"""Those whom the example of a support.yml names."""
STRANGER: Final = "mallory"

PARTS: Final[Mapping[str, str]] = {
    CUSTOMER: "customer",
    HELPER: "helper",
    OTHER_HELPER: "helper",
    MAINTAINER: "maintainer",
    STRANGER: "stranger",
}
"""Everybody with the part they play, in the order in which they are offered."""

LABEL: Final = "paid-support"

QUESTION_TITLE: Final = "Sync hangs behind our company's proxy"
QUESTION: Final = """\
Since we moved to the new office, `widgets sync` hangs for half a minute and ends with exit code 4.
`HTTPS_PROXY` is set, and other tools get through.

How do I tell it about the proxy?
"""

_FILES: Final = Path(__file__).parent / "widgets"
_EXAMPLE: Final = Path(app.__file__).parents[1] / ".github" / "support.yml"


def files() -> dict[str, str]:
    """Give the repository's files: its documentation, and our own example of a support.yml."""
    found = {
        path.relative_to(_FILES).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(_FILES.rglob("*.md"))
    }
    return {**found, ".github/support.yml": _EXAMPLE.read_text(encoding="utf-8")}


def assemble(github: GitHubStandIn) -> Repository:
    """Let everybody sign up, and the maintainer install the App; give the repository.

    One helper may push, the other one has no rights in the repository at all: GitHub assigns her
    only once she has commented.
    """
    for login in PARTS:
        github.add_user(login)
    repository = github.create_repository(
        MAINTAINER,
        "widgets",
        files=files(),
        collaborators={HELPER: Role.WRITE},
        description="Keeps a folder and a server the same.",
    )
    github.install_app(MAINTAINER)
    return repository
