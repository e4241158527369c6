"""Proof of who we are: the App's own short-lived token, and installation tokens kept for reuse.

An installation token is opaque (its form has changed before), lives for an hour and is minted for
one grant: one repository, and the permissions of one kind of work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

import jwt
from cachetools import TLRUCache
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.domain.errors import Transient
from app.providers.github.grants import PERMISSIONS, Grant

TOKENS_MAX: Final = 4096
"""So many grants have their token kept; the least used one is minted anew when it is needed."""

SPARE: Final = timedelta(minutes=5)
"""A token is not used in the last minutes of its life, so that none ends on the way."""

APP_TOKEN_BEFORE: Final = timedelta(seconds=60)
APP_TOKEN_AFTER: Final = timedelta(minutes=8)
"""GitHub allows ten minutes between the two; the first one forgives a clock that is ahead."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """Mints tokens and keeps them until shortly before their end, by the injected clock.

    ``mint`` posts to a path as the App: (path, data, app token) → GitHub's answer.
    """

    def __init__(
        self,
        *,
        app_id: int,
        private_key: str,
        now: Callable[[], datetime],
        mint: Callable[[str, dict[str, Any]], Awaitable[Any]],
    ) -> None:
        # The settings have proved that it is a sound key, which takes a while.
        key = load_pem_private_key(
            private_key.encode(), password=None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("GitHub signs with RSA keys only")
        self._app_id = app_id
        self._key = key
        self._now = now
        self._mint = mint
        self._kept: TLRUCache[Grant, _Token] = TLRUCache(
            TOKENS_MAX,
            ttu=lambda _grant, token, _now: (token.expires_at - SPARE).timestamp(),
            timer=lambda: now().timestamp(),
        )
        # A lock lives as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[Grant, asyncio.Lock] = WeakValueDictionary()

    def for_app(self) -> str:
        """Sign a token that says that we are the App."""
        now = self._now()
        claims = {
            "iat": int((now - APP_TOKEN_BEFORE).timestamp()),
            "exp": int((now + APP_TOKEN_AFTER).timestamp()),
            "iss": str(self._app_id),
        }
        return jwt.encode(claims, self._key, algorithm="RS256")

    async def for_grant(self, grant: Grant) -> str:
        """Give the token of a grant; those who ask for it at the same time cause one minting."""
        lock = self._locks.get(grant)
        if lock is None:
            lock = self._locks[grant] = asyncio.Lock()
        async with lock:
            token = self._kept.get(grant)
            if token is None:
                token = self._kept[grant] = await self._mint_for(grant)
            return token.text

    def drop(self, grant: Grant, text: str) -> None:
        """Forget a token that GitHub does not take any more; a newer one stays."""
        token = self._kept.get(grant)
        if token is not None and token.text == text:
            del self._kept[grant]

    async def _mint_for(self, grant: Grant) -> _Token:
        answer = await self._mint(
            f"app/installations/{grant.installation}/access_tokens",
            {
                "repository_ids": [grant.repository],
                "permissions": dict(PERMISSIONS[grant.scope]),
            },
        )
        try:
            expires_at = datetime.fromisoformat(answer["expires_at"])
            return _Token(text=str(answer["token"]), expires_at=expires_at)
        except (KeyError, TypeError, ValueError) as error:
            raise Transient("GitHub's answer has no installation token in it") from error
