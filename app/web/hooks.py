"""POST /hooks/{provider}: bounded read, verify, store, 202. Nothing else happens in the request.

Verifying stays in the event loop, whatever the size. Of the time that it takes, parsing is all but
a twentieth, and holds the interpreter in a thread as well: 25 MB took 226 ms, of which a thread
would have freed 12. Only who has the secret gets that far, and such a body is the rarest of all;
one of the usual 20 KB takes 0.3 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web

from app.domain.deliveries import Delivery, Refusal, Unverified
from app.domain.errors import Transient
from app.providers.rooms import Verify
from app.web.bodies import BODY_BYTES_MAX, Bodies, BodyFault
from app.web.intake import Intake

_REFUSED: Mapping[Refusal, HTTPStatus] = {
    Refusal.UNSIGNED: HTTPStatus.UNAUTHORIZED,
    Refusal.FORGED: HTTPStatus.UNAUTHORIZED,
    Refusal.WRONG_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Refusal.MALFORMED: HTTPStatus.BAD_REQUEST,
}
_UNREAD: Mapping[BodyFault, tuple[HTTPStatus, str]] = {
    BodyFault.TOO_LARGE: (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The body is larger than {BODY_BYTES_MAX // 1024 // 1024} MiB.",
    ),
    BodyFault.TOO_SLOW: (HTTPStatus.REQUEST_TIMEOUT, "The body did not come in time."),
    BodyFault.BROKEN: (HTTPStatus.BAD_REQUEST, "The body is not framed as its headers say."),
    BodyFault.LEFT: (HTTPStatus.BAD_REQUEST, "The sender left before the end of the body."),
    BodyFault.ENCODED: (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Send the body as it is, without a Content-Encoding.",
    ),
    BodyFault.NO_ROOM: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too much is being read at the moment. Please send it again later.",
    ),
}

_log = structlog.get_logger("app.hooks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One provider that may send to us."""

    verify: Verify
    secrets: Sequence[str]


class Hooks:
    """The one handler for all providers."""

    def __init__(
        self,
        *,
        sources: Mapping[str, Source],
        intake: Intake,
        bodies: Bodies,
        now: Callable[[], datetime],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._bodies = bodies
        self._now = now
        self._is_stopping = is_stopping

    async def receive(self, request: web.Request) -> web.Response:
        """Take a message in: 202 stored, 200 known already, 4xx never stored, 503 not stored."""
        name = request.match_info["provider"]
        source = self._sources.get(name)
        if source is None:
            return _answer(HTTPStatus.NOT_FOUND, "There is no such hook.")
        if request.method != hdrs.METH_POST:
            answer = _answer(HTTPStatus.METHOD_NOT_ALLOWED, "Send it with POST.")
            answer.headers[hdrs.ALLOW] = hdrs.METH_POST
            return answer
        if self._is_stopping():
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "This process is stopping.")
        body = await self._bodies.read(request)
        if isinstance(body, BodyFault):
            status, reason = _UNREAD[body]
            _log.info("a message was not read", provider=name, fault=body, reason=reason)
            return _answer(status, reason)
        headers = {header.lower(): value for header, value in request.headers.items()}
        verified = source.verify(body, headers, source.secrets, self._now())
        if isinstance(verified, Unverified):
            refusal, reason = verified.refusal, verified.reason
            _log.info("a message was refused", provider=name, refusal=refusal, reason=reason)
            return _answer(_REFUSED[refusal], reason)
        return await self._store(verified)

    async def _store(self, delivery: Delivery) -> web.Response:
        """Store a verified delivery; it is acknowledged only after the commit."""
        names = {"provider": delivery.provider.value, "delivery": delivery.external_id}
        try:
            is_new = await self._intake.store(delivery)
        except Transient as error:
            _log.warning("a delivery was not stored", error=str(error), **names)
            return _answer(
                HTTPStatus.SERVICE_UNAVAILABLE, "It was not stored. Please send it again."
            )
        _log.info("a delivery is stored", kind=delivery.kind, is_new=is_new, **names)
        if is_new:
            return _answer(HTTPStatus.ACCEPTED, "stored")
        return _answer(HTTPStatus.OK, "it was stored before")


def _answer(status: HTTPStatus, reason: str) -> web.Response:
    """Answer as a machine reads it."""
    name = "status" if status < HTTPStatus.BAD_REQUEST else "error"
    return web.json_response({name: reason}, status=status)
