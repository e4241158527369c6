"""Who is calling: the App by its signed token or its client secret, an installation, or a user."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.rehearsal.github.answers import RefusalError
from app.rehearsal.github.state import Account, Installation, State

TOKEN_LIFETIME: Final = timedelta(hours=1)
USER_TOKEN_LIFETIME: Final = timedelta(hours=8)
TOKEN_CHARACTERS: Final = 520
TOKENS_MAX: Final = 10_000
APP_TOKEN_LIFETIME_MAX: Final = timedelta(minutes=10)
LEVELS: Final = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """On whose behalf a request is made. Nobody, the App itself, an installation, or a user."""

    is_app: bool = False
    is_client: bool = False
    """The App by its client secret, which is for the tokens of users alone."""
    user: Account | None = None
    installation: Installation | None = None
    permissions: Mapping[str, str] = field(default_factory=dict)
    repository_ids: frozenset[int] | None = None
    """The repositories that the token was narrowed to; None: all of the installation's."""

    @property
    def name(self) -> str:
        """A word for logs and limits; never a token."""
        if self.installation is not None:
            return f"installation:{self.installation.id}"
        if self.user is not None:
            return f"user:{self.user.id}"
        if self.is_client:
            return "client"
        return "app" if self.is_app else "nobody"

    def may(self, permission: str, level: str) -> bool:
        """Whether the token has this permission at this level or a higher one."""
        return LEVELS.get(self.permissions.get(permission, ""), 0) >= LEVELS[level]


NOBODY: Final = Caller()


@dataclass(frozen=True, slots=True)
class Token:
    """An access token of an installation or a user, with the moment of its end."""

    text: str
    caller: Caller
    issued_at: datetime
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
    """Tells callers apart, and issues the tokens of installations and users."""

    def __init__(self, state: State, *, client_secret: str = "") -> None:
        self._state = state
        self.client_secret = client_secret
        self._tokens: dict[str, Token] = {}

    def issue(
        self,
        installation: Installation,
        permissions: Mapping[str, str],
        repository_ids: frozenset[int] | None,
    ) -> Token:
        """Issue a token in the long form: `ghs_`, the App's id, and three parts with dots."""
        prefix = f"ghs_{self._state.app.id}_"
        junk = self._state.random.randbytes(TOKEN_CHARACTERS)
        letters = base64.urlsafe_b64encode(junk).decode()[: TOKEN_CHARACTERS - len(prefix)]
        text = f"{prefix}eyJ{letters[3:36]}.eyJ{letters[40:-86]}.{letters[-85:]}"
        caller = Caller(
            installation=installation, permissions=permissions, repository_ids=repository_ids
        )
        return self._keep(text, caller, TOKEN_LIFETIME)

    def issue_for_user(self, account: Account) -> Token:
        """Issue a token with which the App asks on behalf of somebody who signed in."""
        text = f"ghu_{self._state.random.randbytes(18).hex()}"
        return self._keep(text, Caller(user=account), USER_TOKEN_LIFETIME)

    def user_token(self, text: str) -> Token | None:
        """Give a user's token that is good now."""
        token = self._tokens.get(text)
        if token is None or token.caller.user is None or token.expires_at <= self._state.now():
            return None
        return token

    def revoke(self, text: str) -> None:
        """End one token."""
        del self._tokens[text]

    def is_client(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the App's credentials for the tokens of users."""
        own = f"{self._state.app.client_id}:{self.client_secret}"
        return hmac.compare_digest(f"{client_id}:{client_secret}".encode(), own.encode())

    def expire_all(self) -> None:
        """End every token at once, as GitHub does when a key is revoked."""
        self._tokens.clear()

    def caller_of(self, authorization: str | None) -> Caller:
        """Find out who is calling, or refuse the credentials with a 401."""
        if authorization is None:
            return NOBODY
        scheme, _, credentials = authorization.partition(" ")
        credentials = credentials.strip()
        if scheme.lower() == "basic":
            return self._client(credentials)
        if scheme.lower() not in {"bearer", "token"} or not credentials:
            raise RefusalError(401, "Bad credentials")
        if credentials.startswith("ghs_"):
            return self._installation(credentials)
        if credentials.startswith("ghu_"):
            return self._user(credentials)
        if scheme.lower() == "bearer" and credentials.count(".") == 2:
            self._verify_app_token(credentials)
            return Caller(is_app=True)
        raise RefusalError(401, "Bad credentials")

    def _keep(self, text: str, caller: Caller, lifetime: timedelta) -> Token:
        while len(self._tokens) >= TOKENS_MAX:
            del self._tokens[next(iter(self._tokens))]
        now = self._state.now()
        token = self._tokens[text] = Token(text, caller, now, now + lifetime)
        return token

    def _client(self, credentials: str) -> Caller:
        try:
            text = base64.b64decode(credentials, validate=True).decode()
        except ValueError:
            raise RefusalError(401, "Bad credentials") from None
        client_id, _, client_secret = text.partition(":")
        if not self.is_client(client_id, client_secret):
            raise RefusalError(401, "Bad credentials")
        return Caller(is_client=True)

    def _user(self, text: str) -> Caller:
        token = self.user_token(text)
        if token is None:
            raise RefusalError(401, "Bad credentials")
        return token.caller

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
