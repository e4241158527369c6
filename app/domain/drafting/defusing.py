"""Take the effect out of text: escapes, code, and what GitHub or other bots act on; no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.domain.drafting.characters import clean

# In words: an address, or whatever holds a mention, a formula or a reference.
_ACTIVE: Final = re.compile(
    r"""(?:[a-z0-9+.-]{0,20}:// | www\. | mailto: | xmpp: | javascript: | vbscript:
           | data:[\w.+-]+/) [^\s<>"'`)\]}]*
      | [\w./+-]{0,60}@[\w./:-]* | [\w./-]{0,60}\$[\w./:{}-]*
      | [\w./-]{0,140}\#\d[\w./:-]* | \bGH-\d[\w./:-]*""",
    re.VERBOSE | re.IGNORECASE,
)
# An underscore within a word means nothing; an exclamation mark at the end may stand before a link.
_SPECIAL: Final = re.compile(r"[\\*\[\]<>|~`]|(?<![^\W_])_|_(?![^\W_])|&(?=\#?\w+;)|!\Z")
# A backtick is no backslash's: the escaped one would still count as a part of a longer fence.
_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "`": "&#96;"}
_NUMBER: Final = re.compile(r"(\d{1,9})([.)])(?=\s|\Z)")
_LANGUAGE: Final = re.compile(r"[a-z][a-z0-9+#-]{0,19}")
# GitHub draws or applies these instead of showing them.
_DRAWN: Final = frozenset({"math", "mermaid", "geojson", "topojson", "stl", "suggestion"})
_COMMAND: Final = re.compile(r"^(\s*)(?=/[A-Za-z][\w-]*(?:\s|\Z))", re.MULTILINE)
_CLOSING: Final = re.compile(
    r"\b((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:[\w.-]+/[\w.-]+)?)(\#|GH-)(?=\d)",
    re.IGNORECASE,
)
_HTML: Final = re.compile(
    r"""<!--.*?(?:-->|\Z) | <[!?].*?(?:>|\Z)
      | <(script|style)\b.*?(?:</\1\s*>|\Z)
      | </?[a-z][^>]*(?:>|\Z)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_PLACEHOLDER: Final = re.compile(r"<([a-z][\w -]{0,30})>", re.IGNORECASE)
_ELEMENTS: Final = """
    a abbr address area article aside audio b base bdi bdo big blink blockquote body br button
    canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div
    dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6
    head header hgroup hr html i iframe img input ins kbd label legend li link main map mark
    marquee math menu meta meter nav noscript object ol optgroup option output p param picture
    plaintext pre progress q rp rt ruby s samp script search section select slot small source
    span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead
    time title tr track tt u ul var video wbr xmp
"""


def find_active(text: str) -> Iterator[tuple[str, str]]:
    """Part words from what GitHub acts on: pairs of plain words and what follows them."""
    end = 0
    for match in _ACTIVE.finditer(text):
        active = match[0].rstrip(".,;:!?") or match[0]
        yield text[end : match.start()], active
        end = match.start() + len(active)
    yield text[end:], ""


def escape(text: str) -> str:
    """Write words so that Markdown and HTML see nothing in them."""
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), text)


def escape_line_start(line: str) -> str:
    """Keep a line of a paragraph from being a heading, a list, a rule, or another bot's command."""
    if line[0] in "#+=/:-":
        return f"\\{line}"
    return _NUMBER.sub(r"\1\\\2", line, count=1) if _NUMBER.match(line) else line


def code_span(text: str) -> str:
    """Write a code span; empty where there is nothing to see."""
    text = " ".join(_defuse_code(text).split())
    fence = _fence(text, least=1)
    is_edged = text.startswith("`") or text.endswith("`")
    padding = " " if is_edged else ""
    return f"{fence}{padding}{text}{padding}{fence}" if text else ""


def code_block(text: str, info: str) -> str:
    """Write a fenced block; only a plain language name is kept, and none that GitHub would draw."""
    text = _COMMAND.sub(r"\1$ ", _defuse_code(text).strip("\n"))
    language = info.strip().partition(" ")[0].lower()
    if not _LANGUAGE.fullmatch(language) or language in _DRAWN:
        language = ""
    fence = _fence(text, least=3)
    return f"{fence}{language}\n{text}\n{fence}" if text.strip() else ""


def _fence(text: str, *, least: int) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)


def _defuse_code(text: str) -> str:
    """Break what others look for in the raw text, where a reader hardly sees the difference."""
    text = clean(text).replace("<!--", "<! --").replace("-->", "-- >")
    return _CLOSING.sub(r"\1\2 ", text)


def visible_html(html: str) -> Iterator[tuple[str, str]]:
    """Part the words in raw HTML from placeholders such as ``<name>``; all other tags are gone."""
    end = 0
    for match in _HTML.finditer(html):
        placeholder = _PLACEHOLDER.fullmatch(match[0])
        is_shown = placeholder and placeholder[1].lower() not in _ELEMENTS.split()
        yield html[end : match.start()], match[0] if is_shown else ""
        end = match.end()
    yield html[end:], ""
