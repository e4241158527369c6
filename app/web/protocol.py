"""How the server speaks HTTP with whoever comes, and what it says of those who do not."""

from __future__ import annotations

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


def runner(app: web.Application, *, stop_seconds_max: float) -> web.AppRunner:
    """Make what answers for an application; nothing is unpacked, and no address is logged."""
    return web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,
        logger=_log(),
        shutdown_timeout=stop_seconds_max,
    )


def _log() -> logging.Logger:
    """Give the library's log; adding a filter again changes nothing."""
    log = logging.getLogger("aiohttp.server")
    log.addFilter(_tell_briefly)
    return log


def _tell_briefly(record: logging.LogRecord) -> bool:
    """Let nobody fill the log with tracebacks by sending what is not HTTP."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args, record.exc_info = "what came was not HTTP", (), None
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
    return True
