"""POST /hooks/{provider}: bounded read, verify, store, 202. Nothing else happens in the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import web

from app.domain.deliveries import Delivery, Refusal, Unverified
from app.domain.errors import Transient
from app.providers.rooms import Verify
from app.web.intake import Intake

BODY_BYTES_MAX = 26 * 1024 * 1024
"""GitHub sends at most 25 MB."""

_STATUS: Mapping[Refusal, HTTPStatus] = {
    Refusal.UNSIGNED: HTTPStatus.UNAUTHORIZED,
    Refusal.FORGED: HTTPStatus.UNAUTHORIZED,
    Refusal.WRONG_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Refusal.MALFORMED: HTTPStatus.BAD_REQUEST,
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
        now: Callable[[], datetime],
        is_stopping: Callable[[], bool],
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._now = now
        self._is_stopping = is_stopping

    async def receive(self, request: web.Request) -> web.Response:
        """Take a message in: 202 stored, 200 known already, 4xx never stored, 503 not stored."""
        source = self._sources.get(request.match_info["provider"])
        if source is None:
            return _answer(HTTPStatus.NOT_FOUND, "there is no such hook")
        if self._is_stopping():
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "this process is stopping")
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _answer(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the body is larger than {BODY_BYTES_MAX // 1024 // 1024} MiB",
            )
        headers = {name.lower(): value for name, value in request.headers.items()}
        verified = source.verify(body, headers, source.secrets, self._now())
        if isinstance(verified, Unverified):
            _log.info("a message was refused", refusal=verified.refusal, reason=verified.reason)
            return _answer(_STATUS[verified.refusal], verified.reason)
        return await self._store(verified)

    async def _store(self, delivery: Delivery) -> web.Response:
        """Store a verified delivery; it is acknowledged only after the commit."""
        names = {"provider": delivery.provider.value, "delivery": delivery.external_id}
        try:
            is_new = await self._intake.store(delivery)
        except Transient as error:
            _log.warning("a delivery was not stored", error=str(error), **names)
            return _answer(
                HTTPStatus.SERVICE_UNAVAILABLE, "it was not stored; please send it again"
            )
        _log.info("a delivery is stored", kind=delivery.kind, is_new=is_new, **names)
        if is_new:
            return _answer(HTTPStatus.ACCEPTED, "stored")
        return _answer(HTTPStatus.OK, "it was stored before")


def _answer(status: HTTPStatus, reason: str) -> web.Response:
    """Answer as a machine reads it."""
    name = "status" if status < HTTPStatus.BAD_REQUEST else "error"
    return web.json_response({name: reason}, status=status)
