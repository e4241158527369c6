"""What a browser is told when something is wrong, and the headers that every answer carries.

Errors carry no status of their own: this is the place that knows which one belongs to what.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from app.domain.errors import Transient
from app.web.rendering import Pages

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {targets}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_SENTENCES: dict[int, tuple[str, str]] = {
    404: ("There is nothing here", "Please check the address; a link from a card always works."),
    405: ("That is not possible here", "Please go back and use the button on the page."),
    413: ("That is too much", "The form that was sent is larger than we take."),
    503: ("Just a moment", "We cannot reach our database right now. Please try again shortly."),
    500: ("Something went wrong", "It is our fault, and we have a note of it. Nothing is lost."),
}

_log = structlog.get_logger("app.web")


def fault_middleware(pages: Pages, *, form_targets: Sequence[str]) -> Middleware:
    """Make the middleware that turns every error into a page with one clear sentence.

    A browser follows the redirect after a form only to ``form_targets``: our checkout's origins.
    """
    policy = _POLICY.format(targets=" ".join(form_targets))
    headers = {**_HEADERS, "Content-Security-Policy": policy}

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await _handled(request, handler, pages)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


async def _handled(request: web.Request, handler: Handler, pages: Pages) -> web.StreamResponse:
    """Answer a request, whatever happens."""
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        if error.status not in _SENTENCES:
            raise
        return fault_page(pages, error.status)
    except Transient as error:
        _log.warning("a page could not be shown", error=str(error))
        return fault_page(pages, HTTPStatus.SERVICE_UNAVAILABLE)
    except Exception:  # noqa: BLE001 - whoever asked is told something in any case
        _log.exception("a page failed")
        return fault_page(pages, HTTPStatus.INTERNAL_SERVER_ERROR)


def fault_page(pages: Pages, status: int) -> web.Response:
    """Say what is wrong, and what to do."""
    title, sentence = _SENTENCES[status]
    return pages.respond("fault.html", status=status, title=title, sentence=sentence)
