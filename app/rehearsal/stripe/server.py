"""The API over HTTP: key, version, parameters, idempotency, the work, and its answer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

import stripe
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from app.rehearsal.faults import Fault
from app.rehearsal.records import remember
from app.rehearsal.stripe import expand, forms, params, refusals, routes, shapes
from app.rehearsal.stripe.book import NOBODY, Book, Cause
from app.rehearsal.stripe.idempotency import IdempotencyKeys
from app.rehearsal.stripe.refusals import Json, RefusedError
from app.rehearsal.stripe.routes import Route

FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """One request of the product, with what came of it.

    `status` is what was answered, None where the connection was dropped; `is_executed` tells
    whether the work was done for this very request, which is false for a replay.
    """

    at: datetime
    method: str
    path: str
    params: Json
    idempotency_key: str | None
    status: int | None
    is_executed: bool
    is_replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the endpoint answered, whether or not the answer arrives."""

    status: int
    body: bytes
    is_executed: bool = False
    is_replayed: bool = False
    original_request_id: str | None = None


_OUTCOME: Final = web.RequestKey("outcome", Outcome)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """An error of Stripe's own in the middle of a request, before or after its work."""

    path: str
    is_after_work: bool


class Api:
    """Stripe's API for one account."""

    def __init__(
        self, book: Book, keys: IdempotencyKeys, *, api_key: str, latency_seconds: float
    ) -> None:
        self.requests: list[ApiRequest] = []
        self.breakdowns: list[Breakdown] = []
        self._book = book
        self._keys = keys
        self._api_key = api_key
        self._latency_seconds = latency_seconds

    @property
    def recorder(self) -> Middleware:
        """The middleware that writes down every request, also those that a fault takes away."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not request.path.startswith("/v1/"):
                return await handler(request)
            at = self._book.now()
            await request.read()
            response = await handler(request)
            outcome = request.get(_OUTCOME)
            is_lost = request.transport is None or request.transport.is_closing()
            remember(
                self.requests,
                ApiRequest(
                    at=at,
                    method=request.method,
                    path=request.path,
                    params=_readable(await _fields(request)),
                    idempotency_key=request.headers.get("Idempotency-Key"),
                    status=None if is_lost else response.status,
                    is_executed=outcome is not None and outcome.is_executed,
                    is_replayed=outcome is not None and outcome.is_replayed,
                ),
            )
            return response

        return middleware

    async def answer(self, request: web.Request) -> web.Response:
        """Answer any request under /v1."""
        request_id = self._book.new_id("req", 14)
        try:
            outcome = await self._outcome(request, request_id)
        except RefusedError as refused:
            outcome = Outcome(status=refused.status, body=_json(refused.body))
        request[_OUTCOME] = outcome
        headers = {"Request-Id": request_id, "Stripe-Version": stripe.api_version}
        key = request.headers.get("Idempotency-Key")
        if key is not None and request.method == "POST":
            headers["Idempotency-Key"] = key
            headers["Original-Request"] = outcome.original_request_id or request_id
        if outcome.is_replayed:
            headers["Idempotent-Replayed"] = "true"
        if outcome.status >= 400:
            headers["Stripe-Should-Retry"] = "true" if outcome.status == 409 else "false"
        return web.Response(
            status=outcome.status,
            body=outcome.body,
            headers=headers,
            content_type="application/json",
        )

    async def _outcome(self, request: web.Request, request_id: str) -> Outcome:
        self._admit(request)
        route, ids = routes.find(request.method, request.path)
        asked = params.read(route.params, forms.decode(await _fields(request)))
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        if key is None:
            return await self._execute(route, ids, asked, Cause(request_id))
        first = self._keys.begin(
            key, path=request.path, params=asked, request_id=request_id, now=self._book.now()
        )
        if first is not None and first.status is not None:
            return Outcome(
                status=first.status,
                body=first.body,
                is_replayed=True,
                original_request_id=first.request_id,
            )
        try:
            outcome = await self._execute(route, ids, asked, Cause(request_id, key))
        except BaseException:
            self._keys.forget(key)
            raise
        self._keys.finish(key, outcome.status, outcome.body)
        return outcome

    def _admit(self, request: web.Request) -> None:
        """Refuse a request without our key, of another version, or in another format."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or given != self._api_key:
            raise refusals.wrong_key(given if scheme.lower() == "bearer" else None)
        version = request.headers.get("Stripe-Version", stripe.api_version)
        if version != stripe.api_version:
            raise refusals.wrong_version(version)
        account = request.headers.get("Stripe-Account") or request.headers.get("Stripe-Context")
        if account is not None:
            raise refusals.wrong_account(account)
        if request.method == "POST" and request.body_exists and request.content_type != FORM:
            raise RefusedError(
                f"Invalid request (check that your POST content type is {FORM}).", is_saved=False
            )

    async def _execute(
        self, route: Route, ids: tuple[str, ...], asked: Json, cause: Cause
    ) -> Outcome:
        """Do the work; a refusal of the work itself is an outcome like any other."""
        if self._latency_seconds:
            await asyncio.sleep(self._latency_seconds)
        broken = self._take_breakdown(route)
        if broken is not None and not broken.is_after_work:
            return Outcome(status=500, body=_json(_INTERNAL_ERROR))
        book = self._book
        book.tick()
        book.cause = cause
        try:
            answer = route.work(book, asked, *ids)
            answer = expand.expanded(book, answer, asked.get("expand", []))
            self._check(answer)
        except RefusedError as refused:
            if not refused.is_saved:
                raise
            return Outcome(status=refused.status, body=_json(refused.body))
        except Exception as error:
            book.defects.append(f"{route.method} {route.path}: {error!r}")
            raise
        finally:
            book.cause = NOBODY
        if broken is not None:
            return Outcome(status=500, body=_json(_INTERNAL_ERROR), is_executed=True)
        return Outcome(status=200, body=_json(answer), is_executed=True)

    def _check(self, answer: Json) -> None:
        """Hold our own answer against the library's classes: a wrong one is our defect."""
        defects = [] if answer.get("deleted") else shapes.defects(answer)
        if defects:
            raise ValueError(f"the answer is not valid: {'; '.join(defects)}")

    def _take_breakdown(self, route: Route) -> Breakdown | None:
        for breakdown in self.breakdowns:
            if route.match("POST", breakdown.path) is not None:
                self.breakdowns.remove(breakdown)
                return breakdown
        return None


_INTERNAL_ERROR: Final[Json] = {
    "error": {
        "message": "An unexpected error occurred on our side. We have been notified.",
        "type": "api_error",
    }
}


def fault_answer(fault: Fault, retry_after_seconds: int) -> web.Response:
    """Answer an injected fault in Stripe's words."""
    if fault is Fault.BAD_GATEWAY:
        return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
    if fault in {Fault.RATE_LIMITED, Fault.TOO_MANY}:
        error: Json = {
            "message": "Request rate limit exceeded. Learn more about rate limits here "
            "https://stripe.com/docs/rate-limits.",
            "type": "invalid_request_error",
            "code": "rate_limit",
        }
        headers = {
            "Retry-After": str(retry_after_seconds),
            "Stripe-Rate-Limited-Reason": "global-rate",
        }
        return web.json_response({"error": error}, status=429, headers=headers)
    return web.json_response(_INTERNAL_ERROR, status=500)


async def _fields(request: web.Request) -> list[tuple[str, str]]:
    sent = parse_qsl(request.query_string, keep_blank_values=True)
    if request.method != "POST":
        return sent
    return sent + parse_qsl(await request.text(), keep_blank_values=True)


def _readable(fields: list[tuple[str, str]]) -> Json:
    """Decode for the record; what cannot be decoded was refused, and is shown as it came."""
    try:
        return forms.decode(fields)
    except RefusedError:
        return dict(fields)


def _json(body: Json) -> bytes:
    return json.dumps(body).encode()
