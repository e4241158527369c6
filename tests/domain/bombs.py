"""Files and comments that were made to take long, and how long they may take.

Most were found by looking: pieces of the language, a few of them repeated until the file was full.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

from app.domain.policy.syntax import OPENINGS_PER_LINE_MAX, SIZE_BYTES_MAX

HEAD: Final = "version: 1\nhelpers: [{login: ada}]\n"
COMMENT_CHARACTERS_MAX: Final = 65_536
"""GitHub's own limit."""

SECONDS_MAX: Final = 0.1
"""What the largest file and the longest comment may take, of one processor of today."""


def patience() -> float:
    """Give a slow machine some slack, and one that traces every line more."""
    return SECONDS_MAX * (2.5 if sys.gettrace() is None else 10)


def cpu_seconds(call: Callable[[], object], times: int = 3) -> float:
    """Measure what a call takes of the processor, without what others take of it."""
    spent = []
    for _ in range(times):
        started = time.process_time()
        call()
        spent.append(time.process_time() - started)
    return min(spent)


_HELPERS: Final = "".join(
    f"  - login: ada{n}\n    topics: [{', '.join(f'{chr(97 + m) * 48}' for m in range(20))}]\n"
    for n in range(50)
)
_LARGE: Final = f"version: 1\nhelpers:\n{_HELPERS}"

FILES: Final = {
    "helpers": "version: 1\nhelpers:\n" + "  - {login: a, topics: [b, c]}\n" * 3000,
    "zones": "version: 1\nhelpers:\n"
    + "".join(f"  - {{login: a{n}, timezone: Europe/Olso{n}}}\n" for n in range(50))
    + "plans:\n"
    + "  - {id: x, price: 1, titel: y}\n" * 250,
    "keys": HEAD + "".join(f"helper{n}: 1\n" for n in range(1200)),
    "open lists": "[" * SIZE_BYTES_MAX,
    "open lists in lines": ("[" * OPENINGS_PER_LINE_MAX + "\n") * 300,
    "open mappings": "{? " * SIZE_BYTES_MAX,
    "flow pairs": "{" + "a: b, " * SIZE_BYTES_MAX,
    "quoted pairs": "{" + '"a":b,' * SIZE_BYTES_MAX,
    "items": "- a\n" * SIZE_BYTES_MAX,
    "words": "a: " + "x " * SIZE_BYTES_MAX,
    "lines": "a: b\n" + "\n" * (SIZE_BYTES_MAX - 9) + "c: d",
    "block": "a: |\n" + "  b\n" * SIZE_BYTES_MAX,
    "quotes": 'a: "' + "\n" * (SIZE_BYTES_MAX - 9) + '"',
    "directives": "%A b\n" * SIZE_BYTES_MAX,
    "a number": "version: " + "9" * SIZE_BYTES_MAX,
    "a title": HEAD + "plans: [{id: a, price: 1, title: '" + "a " * 30_000 + "'}]",
    "hours": HEAD + "calendar: {hours: '" + "Mon, " * 13_000 + "'}",
    "laughs": "a: &a [x, x, x]\n" + "b: &b [*a, *a, *a]\n" * 3000,
    "block of empty lines": "|\n" + "\n" * SIZE_BYTES_MAX,
    "continued lines": "\\\n" * SIZE_BYTES_MAX,
    "flow lines": "[\n" + "a\n" * SIZE_BYTES_MAX,
    "keys that are none": "? " * SIZE_BYTES_MAX,
    "words in quotes": "'" + "a " * SIZE_BYTES_MAX,
    "a tag": "!" + "a" * SIZE_BYTES_MAX,
    "keys in a line": "{" + "a: b, " * 2000,
    "files": HEAD * 2000,
    "large": _LARGE,
    "large and filled": _LARGE + "# and so on\n" * ((SIZE_BYTES_MAX - len(_LARGE)) // 12),
}

VALID: Final = frozenset({"large", "large and filled"})

COMMENTS: Final = (
    *("`", "`a", "x <!--", "<!-- a\n", "\\", "<a ", "<a b='", "a<?", "a<![CDATA[", "<b>", "<", "&"),
    *(">", "> a\n", ">#\\", "- ", "* a\n", "* a\n  ", "- a\n  - b\n", "1. a\n", "a\n", "a\n\n"),
    *(
        "[a]: b\n",
        "[a]:\nb\n",
        "[a]: b 'c\n",
        "[",
        "![",
        "a\n=\n",
        "=\n",
        "# a\n",
        "\n",
        "\t",
        "\0",
    ),
    *("<div>\n\n", "<pre>", "```\n\n", "~~~\n", "/support\n", "/support x\n"),
    *("---\n> ---\n/support ", "> ---\n/support ", "> > ---\n/support a\n"),
)
"""Each is repeated until a comment is full."""


def comment(piece: str) -> str:
    """Make a comment that is full of it; a command stands in it, and another one at its end."""
    end = f"\n/support status\n\n{piece}\n/support status"
    return piece * ((COMMENT_CHARACTERS_MAX - len(end)) // len(piece)) + end
