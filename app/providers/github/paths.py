"""Where in a repository our configuration stands; no I/O."""

from __future__ import annotations

from typing import Final

POLICY_PATHS: Final = (".github/paid-support.yml", ".github/support.yml")
"""The first of them that exists is read: the second name is used by another App as well."""
