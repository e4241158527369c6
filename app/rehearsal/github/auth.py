"""Who is calling: the App by its signed token, or one of its installations by theirs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.rehearsal.github.answers import RefusalError
from app.rehearsal.github.state import Installation, State

TOKEN_LIFETIME: Final = timedelta(hours=1)
TOKEN_CHARACTERS: Final = 520
TOKENS_MAX: Final = 10_000
APP_TOKEN_LIFETIME_MAX: Final = timedelta(minutes=10)
LEVELS: Final = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """On whose behalf a request is made. Nobody, the App itself, or an installation."""

    is_app: bool = False
    installation: Installation | None = None
    permissions: Mapping[str, str] = field(default_factory=dict)
    repository_ids: frozenset[int] | None = None
    """The repositories that the token was narrowed to; None: all of the installation's."""

    @property
    def name(self) -> str:
        """A word for logs and limits; never a token."""
        if self.installation is not None:
            return f"installation:{self.installation.id}"
        return "app" if self.is_app else "nobody"

    def may(self, permission: str, level: str) -> bool:
        """Whether the token has this permission at this level or a higher one."""
        return LEVELS.get(self.permissions.get(permission, ""), 0) >= LEVELS[level]


NOBODY: Final = Caller()


@dataclass(frozen=True, slots=True)
class Token:
    """An installation access token with the moment of its end."""

    text: str
    caller: Caller
    expires_at: datetime


def key_pair() -> tuple[str, str]:
    """Make a private and a public key in PEM, as GitHub does for a new App."""
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    private_pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return private_pem.decode(), public_key_of(private_pem.decode())


def public_key_of(private_key_pem: str) -> str:
    """Give the public half of a private key, which is all that GitHub keeps."""
    private = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
    return (
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


class Gate:
    """Tells callers apart, and issues installation tokens."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._tokens: dict[str, Token] = {}

    def issue(
        self,
        installation: Installation,
        permissions: Mapping[str, str],
        repository_ids: frozenset[int] | None,
    ) -> Token:
        """Issue a token in the long form: `ghs_`, the App's id, and three parts with dots."""
        while len(self._tokens) >= TOKENS_MAX:
            del self._tokens[next(iter(self._tokens))]
        prefix = f"ghs_{self._state.app.id}_"
        junk = self._state.random.randbytes(TOKEN_CHARACTERS)
        letters = base64.urlsafe_b64encode(junk).decode()[: TOKEN_CHARACTERS - len(prefix)]
        text = f"{prefix}eyJ{letters[3:36]}.eyJ{letters[40:-86]}.{letters[-85:]}"
        caller = Caller(
            installation=installation, permissions=permissions, repository_ids=repository_ids
        )
        token = Token(text, caller, self._state.now() + TOKEN_LIFETIME)
        self._tokens[text] = token
        return token

    def expire_all(self) -> None:
        """End every token at once, as GitHub does when a key is revoked."""
        self._tokens.clear()

    def caller_of(self, authorization: str | None) -> Caller:
        """Find out who is calling, or refuse the credentials with a 401."""
        if authorization is None:
            return NOBODY
        scheme, _, credentials = authorization.partition(" ")
        credentials = credentials.strip()
        if scheme.lower() not in {"bearer", "token"} or not credentials:
            raise RefusalError(401, "Bad credentials")
        if credentials.startswith("ghs_"):
            return self._installation(credentials)
        if scheme.lower() == "bearer" and credentials.count(".") == 2:
            self._verify_app_token(credentials)
            return Caller(is_app=True)
        raise RefusalError(401, "Bad credentials")

    def _installation(self, text: str) -> Caller:
        token = self._tokens.get(text)
        if token is None or token.expires_at <= self._state.now():
            raise RefusalError(401, "Bad credentials")
        installation = token.caller.installation
        if installation is None or installation.id not in self._state.installations:
            raise RefusalError(401, "Bad credentials")
        if installation.suspended_at is not None:
            raise RefusalError(403, "This installation has been suspended")
        return token.caller

    def _verify_app_token(self, text: str) -> None:
        try:
            claims = jwt.decode(
                text,
                self._state.app.public_key_pem,
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.PyJWTError:
            raise RefusalError(401, "A JSON web token could not be decoded") from None
        if str(claims.get("iss")) not in {str(self._state.app.id), self._state.app.client_id}:
            raise RefusalError(404, "Integration not found")
        self._verify_instants(claims)

    def _verify_instants(self, claims: Mapping[str, Any]) -> None:
        now = self._state.now().timestamp()
        expires_at, issued_at = claims.get("exp"), claims.get("iat")
        if not isinstance(expires_at, int) or expires_at <= now:
            raise RefusalError(
                401,
                "'Expiration time' claim ('exp') must be a numeric value representing the future "
                "time at which the assertion expires",
            )
        if expires_at > now + APP_TOKEN_LIFETIME_MAX.total_seconds():
            raise RefusalError(401, "'Expiration time' claim ('exp') is too far in the future")
        if not isinstance(issued_at, int) or issued_at > now:
            raise RefusalError(
                401,
                "'Issued at' claim ('iat') must be an Integer representing the time that the "
                "assertion was issued",
            )
