"""Which links of an answer may stand: those into its own repository, rewritten by us; no I/O."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from app.domain.drafting.characters import is_plain_path

_FRAGMENT: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that an answer is about."""

    url: str
    """Where people read it, without a slash at its end."""
    paths: Collection[str]
    """The documents that are known to exist."""

    def link(self, href: str) -> str | None:
        """Give the address of a link that may stand: a known document, the wiki, the releases.

        Everything else is refused. That includes the repository's own issues, pull requests and
        discussions: a link to one of them leaves a note there and notifies people.
        """
        target, _, fragment = href.strip().partition("#")
        inside = self._inside(target.partition("?")[0])
        if inside is None:
            return None
        mark = f"#{fragment}" if _FRAGMENT.fullmatch(fragment) else ""
        return f"{self.url}{quote(inside)}{mark}"

    def _inside(self, target: str) -> str | None:
        """Give the path below the repository's address, starting with a slash; or empty."""
        if target.lower().startswith(self.url.lower()):
            rest = unquote(target[len(self.url) :])
            if rest in ("", "/"):
                return ""
            if not rest.startswith("/") or not is_plain_path(rest[1:]):
                return None
            kind, *below = rest[1:].split("/")
            if kind == "blob" and "/".join(below[1:]) in self.paths:
                return rest
            return rest if kind in ("wiki", "releases") else None
        path = unquote(target).removeprefix("./").removeprefix("/")
        return f"/blob/HEAD/{path}" if path in self.paths and is_plain_path(path) else None
