"""What an operator decides: read from the environment, once, when a process starts.

All that is wrong is said at once, one sentence each with its remedy, and no secret is ever shown.
What is built here is frozen, and handed down as arguments: nothing below `app/main.py` imports it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from app import environment as env
from app.domain.errors import MainstayError
from app.domain.money import ProcessingFee
from app.environment import VARIABLES, Reader


class SettingsFault(MainstayError):  # noqa: N818  # the product speaks of faults; so does a policy
    """The environment is not one to start with; `faults` has one sentence for each reason."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(self.faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSettings:
    """How we speak to GitHub, and how we know that GitHub speaks to us."""

    app_id: int
    private_key: SecretStr
    webhook_secret: SecretStr
    client_id: str | None
    """None: nobody can sign in."""
    client_secret: SecretStr | None
    app_url: str | None
    """The App's own page, from which people install it; None: we do not say where it is."""
    api_url: str
    url: str
    oidc_issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StripeSettings:
    """How we speak to Stripe, and how we know that Stripe speaks to us."""

    api_key: SecretStr
    webhook_secrets: tuple[SecretStr, ...]
    """Each is tried: snapshot and thin events have one each, and a new one overlaps the old."""
    api_url: str
    checkout_urls: tuple[str, ...]
    """Where its checkout may be: the operator's own domain, and Stripe's, which it had before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAISettings:
    """Which model drafts, and how it is spoken to."""

    api_key: SecretStr
    base_url: str
    model: str
    api: Literal["responses", "chat"]
    tokens_per_repository_and_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSettings:
    """What the operator keeps of a price, and the currencies that prices may have."""

    currencies: tuple[str, ...]
    """ISO codes in lower case."""
    platform_share_basis_points: int
    processing_fees: Mapping[str, ProcessingFee]
    """For each of the currencies, since its fixed part is counted in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator decides."""

    database_url: SecretStr
    """As it was given; it may hold a password."""
    host: str
    port: int
    public_url: str
    """Without a slash at its end."""
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    """Who may say from where a request came; nobody, if it is empty."""
    secret_key: SecretStr
    github: GitHubSettings
    stripe: StripeSettings | None
    """None: paid plans are not offered."""
    openai: OpenAISettings | None
    """None: there is no AI."""
    fees: FeeSettings
    seller_name: str
    support_email: str | None
    terms_url: str | None
    log_format: Literal["json", "text"]

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Settings:
        """Read and check everything; raise one `SettingsFault` that names all that is wrong."""
        read = Reader(environment)
        settings = cls(
            database_url=read("DATABASE_URL", env.parse_database_url),
            host=read("HOST", env.parse_text),
            port=read("PORT", env.parse_port),
            public_url=(public_url := read("PUBLIC_URL", env.parse_url)),
            trusted_proxies=read.optional("TRUSTED_PROXIES", env.parse_networks) or (),
            secret_key=read("SECRET_KEY", env.parse_own_secret),
            github=_github(read),
            stripe=_stripe(read),
            openai=_openai(read),
            fees=_fees(read),
            seller_name=read.optional("SELLER_NAME", env.parse_text)
            or urlsplit(public_url or "").netloc,
            support_email=read.optional("SUPPORT_EMAIL", env.parse_email),
            terms_url=read.optional("TERMS_URL", env.parse_url),
            log_format=read("LOG_FORMAT", env.parse_log_format),
        )
        if read.faults:
            raise SettingsFault(tuple(read.faults))
        return settings

    def secrets(self) -> Iterator[str]:
        """Give every secret that this process knows, so that none of them is ever logged."""
        yield self.secret_key.get_secret_value()
        yield self.github.private_key.get_secret_value()
        yield self.github.webhook_secret.get_secret_value()
        if self.github.client_secret:
            yield self.github.client_secret.get_secret_value()
        if self.stripe:
            yield self.stripe.api_key.get_secret_value()
            yield from (secret.get_secret_value() for secret in self.stripe.webhook_secrets)
        if self.openai:
            yield self.openai.api_key.get_secret_value()
        if password := urlsplit(self.database_url.get_secret_value()).password:
            yield from (password, unquote(password))

    def missing(self) -> Iterator[str]:
        """Say what this server does not do for want of a setting, one sentence each."""
        if not self.stripe:
            yield "Paid plans are not offered: STRIPE_API_KEY is not set."
        if not self.openai:
            yield "There is no AI: it needs OPENAI_API_KEY and OPENAI_MODEL."
        if not self.github.client_id:
            yield "Nobody can sign in: GITHUB_CLIENT_ID is not set."


def _github(read: Reader) -> GitHubSettings:
    can_sign_in = read.is_set("GITHUB_CLIENT_ID") or read.is_set("GITHUB_CLIENT_SECRET")
    return GitHubSettings(
        app_id=read("GITHUB_APP_ID", env.parse_app_id),
        private_key=_private_key(read),
        webhook_secret=read("GITHUB_WEBHOOK_SECRET", env.parse_own_secret),
        client_id=read("GITHUB_CLIENT_ID", env.parse_text) if can_sign_in else None,
        client_secret=read("GITHUB_CLIENT_SECRET", env.parse_secret) if can_sign_in else None,
        app_url=read.optional("GITHUB_APP_URL", env.parse_url),
        api_url=read("GITHUB_API_URL", env.parse_private_url),
        url=read("GITHUB_URL", env.parse_private_url),
        oidc_issuer=read("ACTIONS_OIDC_ISSUER", env.parse_private_url),
    )


def _private_key(read: Reader) -> SecretStr:
    if not read.is_set("GITHUB_PRIVATE_KEY_FILE"):
        return read("GITHUB_PRIVATE_KEY", env.parse_rsa_key)
    if read.is_set("GITHUB_PRIVATE_KEY"):
        return read.refuse(
            "GITHUB_PRIVATE_KEY and GITHUB_PRIVATE_KEY_FILE are both set: keep one of them.",
            env.parse_rsa_key,
        )
    return read("GITHUB_PRIVATE_KEY_FILE", env.parse_rsa_key_file)


def _stripe(read: Reader) -> StripeSettings | None:
    api_url = read("STRIPE_API_URL", env.parse_private_url)
    checkout_url = read("STRIPE_CHECKOUT_URL", env.parse_origin)
    if not (read.is_set("STRIPE_API_KEY") or read.is_set("STRIPE_WEBHOOK_SECRET")):
        return None
    return StripeSettings(
        api_key=read("STRIPE_API_KEY", env.parse_secret),
        webhook_secrets=read("STRIPE_WEBHOOK_SECRET", env.parse_own_secrets),
        api_url=api_url,
        checkout_urls=tuple(dict.fromkeys((checkout_url, VARIABLES["STRIPE_CHECKOUT_URL"]))),
    )


def _openai(read: Reader) -> OpenAISettings | None:
    api_key = read.optional("OPENAI_API_KEY", env.parse_secret)
    model = read.optional("OPENAI_MODEL", env.parse_text)
    base_url, api = (
        read("OPENAI_BASE_URL", env.parse_url),
        read("OPENAI_API", env.parse_openai_api),
    )
    tokens = read("OPENAI_TOKENS_PER_REPOSITORY_AND_DAY", env.parse_tokens)
    if api_key is None or model is None:
        return None
    return OpenAISettings(
        api_key=api_key,
        base_url=base_url,
        model=model,
        api=api,
        tokens_per_repository_and_day=tokens,
    )


def _fees(read: Reader) -> FeeSettings:
    currencies = read("CURRENCIES", env.parse_currencies) or ()
    fees = read("PROCESSING_FEE", lambda text: env.parse_fees(text, currencies)) or {}
    return FeeSettings(
        currencies=currencies,
        platform_share_basis_points=read("PLATFORM_SHARE", env.parse_share),
        processing_fees=MappingProxyType(fees),
    )
