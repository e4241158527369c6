from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.rehearsal.github.server import GitHubStandIn
from app.rehearsal.github.state import Installation

SECRET = "a-webhook-secret-of-some-length"
PRIVATE_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
PUBLIC_KEY = (
    PRIVATE_KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@dataclass(frozen=True)
class Received:
    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> str:
        return self.headers["X-GitHub-Event"]

    @property
    def payload(self) -> Any:
        return json.loads(self.body)

    @property
    def name(self) -> str:
        action = self.payload.get("action")
        return self.event if action is None else f"{self.event}.{action}"


@dataclass
class Receiver:
    """The product's end of the webhooks."""

    status: int = 202
    received: list[Received] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        self.received.append(Received(request.headers, await request.read()))
        return web.Response(status=self.status)

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.received]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def links(self) -> dict[str, str]:
        found = re.findall(r'<([^>]+)>; rel="(\w+)"', self.headers.get("Link", ""))
        return {relation: url for url, relation in found}


@dataclass
class Api:
    """The product's end of the API: requests with the App's or an installation's credentials."""

    github: GitHubStandIn
    session: aiohttp.ClientSession
    clock: Clock
    token: str = ""

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        wanted = f"Bearer {self.token}" if authorization is None else authorization
        sent = {"User-Agent": "tests", **({"Authorization": wanted} if wanted else {})}
        url = path if path.startswith("http") else self.github.url + path
        data = raw if body is None else json.dumps(body).encode()
        async with self.session.request(
            method, url, data=data, headers={**sent, **(headers or {})}, allow_redirects=False
        ) as response:
            return Reply(response.status, response.headers, await response.text())

    def app_token(self, key: rsa.RSAPrivateKey | str = PRIVATE_KEY, **claims: Any) -> str:
        now = int(self.clock().timestamp())
        whole = {"iss": str(self.github.state.app.id), "iat": now - 60, "exp": now + 540, **claims}
        return jwt.encode(
            {name: value for name, value in whole.items() if value is not None},
            key,
            algorithm="HS256" if isinstance(key, str) else "RS256",
        )

    async def as_app(self, method: str, path: str, body: Any = None) -> Reply:
        return await self(method, path, body, authorization=f"Bearer {self.app_token()}")

    async def mint(self, installation: Installation, **narrowing: Any) -> str:
        path = f"/app/installations/{installation.id}/access_tokens"
        reply = await self.as_app("POST", path, narrowing)
        assert reply.status == 201, reply.text
        token = reply.json["token"]
        assert isinstance(token, str)
        return token
