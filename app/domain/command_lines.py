"""Find the command line in what a person wrote, as Markdown shows it; no I/O."""

from __future__ import annotations

import re
from typing import Final

from app.domain.plain_text import COMMENT, seen

_COMMAND: Final = re.compile(
    r"^ {0,3}(?P<sign>/support)(?=\s|\Z)[^\S\n]*(?P<argument>[^\n]*)", re.MULTILINE | re.IGNORECASE
)


def first_command_line(text: str) -> str | None:
    """Give what follows ``/support`` on the first line that is a command; ``None``: there is none.

    A command line has up to three leading spaces; ``/support`` is a whole word there, in any case.
    What a reader sees as a quote or as code is not a command.
    """
    for command in seen(text, _COMMAND):
        return COMMENT.sub(" ", command["argument"]).strip()
    return None
