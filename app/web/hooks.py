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

from app.domain.deliveries import Delivery, Refusal
from app.domain.errors import Transient
from app.providers.rooms import Verify
from app.web.bodies import BODY_BYTES_MAX, Bodies, BodyFault
from app.web.intake import Intake
from app.web.limits import Limit

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

_UNPROVEN = frozenset({Refusal.UNSIGNED, Refusal.FORGED})
"""What says nothing of who sent it."""

REFUSED_MAX = 600
REFUSED_SECONDS = 60
"""How often one address is told why its messages are refused, if nothing shows whose they are."""

_OFTEN = (
    "Too many messages came from there that are not signed with our secret. Check the secret at "
    "the sender; what is signed with it is taken in at any time."
)

_log = structlog.get_logger("app.hooks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One provider that may send to us."""

    verify: Verify
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """What is not taken in, and why."""

    status: HTTPStatus
    reason: str
    kind: str = ""
    """What it is called in the log."""
    is_counted: bool = True
    """Anybody may have sent it."""


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
        self._limit = Limit(requests_max=REFUSED_MAX, window_seconds=REFUSED_SECONDS)

    async def receive(self, request: web.Request) -> web.Response:
        """Take a message in: 202 stored, 200 known already, 4xx never stored, 503 not stored.

        What is well signed is never counted, nor refused for what else came from its address: until
        somebody names our proxies, that address is everybody's.
        """
        taken = await self._take(request)
        if isinstance(taken, Delivery):
            return await self._store(taken)
        if taken.is_counted:
            try:
                self._limit.check(request)
            except web.HTTPTooManyRequests as often:
                answer = _answer(HTTPStatus.TOO_MANY_REQUESTS, _OFTEN)
                answer.headers[hdrs.RETRY_AFTER] = often.headers[hdrs.RETRY_AFTER]
                return answer
        if taken.kind:
            name, reason = request.match_info["provider"], taken.reason
            _log.info("a message was refused", provider=name, refusal=taken.kind, reason=reason)
        answer = _answer(taken.status, taken.reason)
        if taken.status is HTTPStatus.METHOD_NOT_ALLOWED:
            answer.headers[hdrs.ALLOW] = hdrs.METH_POST
        return answer

    async def _take(self, request: web.Request) -> Delivery | _Refused:
        """Read a message and verify it; after too many, what cannot be signed is not even read."""
        source = self._sources.get(request.match_info["provider"])
        if source is None:
            return _Refused(status=HTTPStatus.NOT_FOUND, reason="There is no such hook.")
        if request.method != hdrs.METH_POST:
            return _Refused(status=HTTPStatus.METHOD_NOT_ALLOWED, reason="Send it with POST.")
        if self._is_stopping():
            status, reason = HTTPStatus.SERVICE_UNAVAILABLE, "This process is stopping."
            return _Refused(status=status, reason=reason, is_counted=False)
        headers = {header.lower(): value for header, value in request.headers.items()}
        if self._limit.is_used_up(request):
            unsigned = _verified(source, b"", headers, self._now())
            if isinstance(unsigned, _Refused) and unsigned.kind == Refusal.UNSIGNED:
                return unsigned
        body = await self._bodies.read(request)
        if isinstance(body, BodyFault):
            status, reason = _UNREAD[body]
            is_ours = body is BodyFault.NO_ROOM
            return _Refused(status=status, reason=reason, kind=body, is_counted=not is_ours)
        return _verified(source, body, headers, self._now())

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


def _verified(
    source: Source, body: bytes, headers: Mapping[str, str], now: datetime
) -> Delivery | _Refused:
    verified = source.verify(body, headers, source.secrets, now)
    if isinstance(verified, Delivery):
        return verified
    refusal = verified.refusal
    return _Refused(
        status=_REFUSED[refusal],
        reason=verified.reason,
        kind=refusal,
        is_counted=refusal in _UNPROVEN,
    )


def _answer(status: HTTPStatus, reason: str) -> web.Response:
    """Answer as a machine reads it."""
    name = "status" if status < HTTPStatus.BAD_REQUEST else "error"
    return web.json_response({name: reason}, status=status)
