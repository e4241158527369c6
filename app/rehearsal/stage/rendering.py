"""Pages from templates: everything is escaped, and only our own script and style are run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.wording.texts import moment
from app.rehearsal.cast import PARTS
from app.rehearsal.stage.backstage import pretty
from app.rehearsal.stage.thread import face

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _short(at: datetime) -> str:
    """Write a moment without its year: ``24 Nov, 09:00``."""
    return moment(at).replace(f" {at.year}", "").removesuffix(" UTC")


_TEMPLATES.filters.update(moment=moment, short=_short, pretty=pretty)
_TEMPLATES.globals.update(parts=PARTS, draw=face)


def respond(template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Render a template as an answer that no cache keeps."""
    return web.Response(
        text=_TEMPLATES.get_template(template).render(**values),
        status=status,
        content_type="text/html",
        charset="utf-8",
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": _POLICY,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
