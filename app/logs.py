"""How the product logs: structured, to stderr, and never a secret.

All records take one road, the libraries' own too: what is bound to the context (delivery, lane,
ticket) is merged in, then the whole record is masked, then it is written as JSON, or as text for
people.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "[masked]"
# A part of a secret that is shorter than this would mask ordinary words.
SECRET_CHARACTERS_MIN = 8
# How deep a record is looked into; what lies deeper is written as text, and masked as text.
DEPTH_MAX = 8

# What nobody wants in a log, recognised by its shape, in a message or in a traceback. The public
# tokens of tickets (the last of /pay/… and /t/…) are no secrets, but they are not ours to log.
_SHAPES = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    | \b(?:gh[a-z]_|github_pat_)[\w.-]{8,}   # GitHub's tokens; an installation's holds a JWT
    | \b(?:sk|rk|whsec)[_-][\w-]{8,}         # Stripe's and OpenAI's keys, Stripe's webhook secrets
    | \beyJ[\w-]+\.[\w-]+\.[\w-]+            # a JWT
    | (?<=/pay/)[^\s/?\#"'<>\\]+
    | (?<=/t/)[^\s/?\#"'<>\\]+
    | (?<=://)[^\s/:@]*:[^\s/@]+(?=@)        # user and password of a URL
    | (?<=(?i:bearer)[ ])[\w.~+/=-]{12,}
    | (?<=(?i:basic)[ ])[\w.~+/=-]{16,}
    """,
    re.VERBOSE | re.DOTALL,
)
# A value under such a name is masked whatever it looks like.
_NAMES = re.compile(
    r"(?i)authorization|cookie|password|secret|signature|private_key|api_key|token$"
)
# What would begin a line, or move the cursor of whoever reads: JSON escapes it, text does not.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Libraries that tell every request once more, or more than anybody asked.
_QUIET = (
    "alembic",
    "aiohttp.access",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "openai",
    "stripe",
    "asyncio",
)


class Mask:
    """A processor that leaves no secret in a record: neither a known value nor a known shape."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # A key of many lines may be logged line by line, or with its line breaks escaped.
        parts = {part for secret in secrets for part in secret.split()}
        known = sorted((p for p in parts if len(p) >= SECRET_CHARACTERS_MIN), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
        """Return the record with every secret in it masked, at any depth, names and values."""
        return {self.text(name): self._named(name, value, 1) for name, value in record.items()}

    def text(self, text: str) -> str:
        """Return the text with every secret in it masked."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        return _SHAPES.sub(MASK, text)

    def _named(self, name: str, value: Any, depth: int) -> Any:
        if value is not None and not isinstance(value, bool) and _NAMES.search(name):
            return MASK
        return self._value(value, depth)

    def _value(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, bytes | bytearray):
            return self.text(bytes(value).decode(errors="replace"))
        if depth < DEPTH_MAX and isinstance(value, Mapping):
            return {
                self.text(str(name)): self._named(str(name), item, depth + 1)
                for name, item in value.items()
            }
        if (
            depth < DEPTH_MAX
            and isinstance(value, Sequence | set | frozenset)
            and not isinstance(value, str)
        ):
            return [self._value(item, depth + 1) for item in value]
        return self.text(str(value))


def keep_in_line(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """Let nobody write a line of their own: a control sign is written out, a traceback set in."""
    return {
        name: "\n".join(f"    {_shown(line)}" for line in value.split("\n"))
        if name in {"exception", "stack"}
        else _shown(value)
        if isinstance(value, str)
        else value
        for name, value in record.items()
    }


def _shown(text: str) -> str:
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def set_up(log_format: str, secrets: Iterable[str] = (), stream: IO[str] | None = None) -> None:
    """Send every log of this process to the stream (stderr), as `json` or as `text`.

    The secrets are all that this process knows: their values are masked wherever they turn up.
    """
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderers: list[Processor] = (
        [structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [
            keep_in_line,
            structlog.dev.ConsoleRenderer(
                colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                Mask(secrets),
                *renderers,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # A cached logger would keep what it was given first, and a test could not listen to it.
        cache_logger_on_first_use=False,
    )
