"""What a browser or a machine is told when something is wrong.

Errors carry no status of their own: this is the place that knows which one belongs to what.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Middleware

from app.domain.errors import Transient
from app.web.rendering import Pages

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MACHINES = ("/hooks/", "/healthz", "/readyz", "/metrics")
"""Where nobody reads a page: errors are JSON there."""

_KEPT = (hdrs.ALLOW, hdrs.RETRY_AFTER)
"""What an error's own headers tell, and its page has to repeat."""

_OTHERWISE = ("That did not work", "Please go back and try again.")
_SENTENCES: dict[int, tuple[str, str]] = {
    403: (
        "That did not come from a page of yours",
        "You may be signed out by now. Please open the page again, and sign in if it asks.",
    ),
    404: ("There is nothing here", "Please check the address; a link from a card always works."),
    405: ("That is not possible here", "Please go back and use the button on the page."),
    413: ("That is too much", "What was sent is larger than we take."),
    429: (
        "That was a lot at once",
        "Please wait a minute and try again. Nothing was charged.",
    ),
    500: ("Something went wrong", "It is our fault, and we have a note of it. Nothing is lost."),
    503: ("Just a moment", "We cannot reach our database right now. Please try again shortly."),
}

_log = structlog.get_logger("app.web")


def fault_middleware(pages: Pages) -> Middleware:
    """Make the middleware that turns every error into one clear sentence."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRedirection:
            raise
        except web.HTTPException as error:
            kept = {str(name): error.headers[name] for name in _KEPT if name in error.headers}
            return _fault(request, pages, error.status, kept)
        except (Transient, TimeoutError) as error:
            _log.warning("a request was not answered", route=route_of(request), error=str(error))
            return _fault(request, pages, HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception:  # noqa: BLE001 - whoever asked is told something in any case
            _log.exception("a request failed", route=route_of(request))
            return _fault(request, pages, HTTPStatus.INTERNAL_SERVER_ERROR)

    return middleware


def route_of(request: web.Request) -> str:
    """Name what was asked for without the tokens in its address: they are not logged."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


def _fault(
    request: web.Request, pages: Pages, status: int, headers: dict[str, str] | None = None
) -> web.Response:
    """Say what is wrong, and what to do, in a page or in JSON."""
    title, sentence = _SENTENCES.get(status, _OTHERWISE)
    if request.path.startswith(MACHINES):
        answer = web.json_response({"error": f"{title}. {sentence}"}, status=status)
    else:
        answer = pages.respond("fault.html", status=status, title=title, sentence=sentence)
    answer.headers.update(headers or {})
    return answer
