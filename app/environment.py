"""The environment's variables, each with its default, its reading and its remedy.

A reading takes text and gives a value, or a ValueError that completes the sentence "NAME …" and
says what to do. What is shown of a wrong value is short, and nothing of what may be a secret.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from app.domain.currencies import CURRENCIES
from app.domain.money import ProcessingFee, read_percent, read_processing_fee

SECRET_CHARACTERS_MIN: Final = 16
KEY_FILE_BYTES_MAX: Final = 64 * 1024
"""A private key has some 1,700 bytes; a much larger file is another one."""

VARIABLES: Final = MappingProxyType(
    {
        "CREDENTIALS_FILE": "mainstay.env",
        "DATABASE_URL": "sqlite:///mainstay.db",
        "HOST": "127.0.0.1",
        "PORT": "8080",
        "PUBLIC_URL": "",
        "TRUSTED_PROXIES": "",
        "SECRET_KEY": "",
        "GITHUB_APP_ID": "",
        "GITHUB_PRIVATE_KEY": "",
        "GITHUB_PRIVATE_KEY_FILE": "",
        "GITHUB_WEBHOOK_SECRET": "",
        "GITHUB_CLIENT_ID": "",
        "GITHUB_CLIENT_SECRET": "",
        "GITHUB_APP_URL": "",
        "GITHUB_API_URL": "https://api.github.com",
        "GITHUB_URL": "https://github.com",
        "ACTIONS_OIDC_ISSUER": "https://token.actions.githubusercontent.com",
        "STRIPE_API_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
        "STRIPE_API_URL": "https://api.stripe.com",
        "STRIPE_CHECKOUT_URL": "https://checkout.stripe.com",
        "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": "https://api.openai.com/v1",
        "OPENAI_MODEL": "",
        "OPENAI_API": "responses",
        "OPENAI_TOKENS_PER_REPOSITORY_AND_DAY": "1000000",
        "PLATFORM_SHARE": "0%",
        "PROCESSING_FEE": "2.9% + 0.30",
        "CURRENCIES": "usd",
        "SELLER_NAME": "",
        "SUPPORT_EMAIL": "",
        "TERMS_URL": "",
        "LOG_FORMAT": "json",
    }
)
"""Every variable with what holds where it is unset; docs/settings.md says what each is for."""

_REMEDIES: Final = {
    "PUBLIC_URL": "give the address at which people reach this server, like "
    "https://support.example.org.",
    "SECRET_KEY": "make one with `openssl rand -hex 32`.",
    "GITHUB_APP_ID": "make an App by `python -m app setup`, or give the number on the settings "
    "page of the one that you have.",
    "GITHUB_PRIVATE_KEY": "`python -m app setup` gets one; or generate a key on the settings page "
    "of the GitHub App and give its text here, or its path in GITHUB_PRIVATE_KEY_FILE.",
    "GITHUB_WEBHOOK_SECRET": "make one with `openssl rand -hex 32` and enter it on the settings "
    "page of the GitHub App too.",
    "GITHUB_CLIENT_ID": "it goes with GITHUB_CLIENT_SECRET; set both, or neither.",
    "GITHUB_CLIENT_SECRET": "it goes with GITHUB_CLIENT_ID; set both, or neither.",
    "STRIPE_API_KEY": "it goes with STRIPE_WEBHOOK_SECRET; set both, or neither.",
    "STRIPE_WEBHOOK_SECRET": "it goes with STRIPE_API_KEY, since a payment that nobody confirms "
    "would never be noticed; set both, or neither.",
}

T = TypeVar("T")


class Reader:
    """Reads variables one by one and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def is_set(self, name: str) -> bool:
        """Tell whether the variable has a value; an empty one has none."""
        return bool(self._environment.get(name, "").strip())

    def __call__(self, name: str, parse: Callable[[str], T]) -> T:
        """Return the parsed value; of one that is at fault nothing is ever seen."""
        text = self._environment[name] if self.is_set(name) else VARIABLES[name]
        if not text:
            return self.refuse(f"{name} is not set: {_REMEDIES[name]}", parse)
        try:
            return parse(text)
        except ValueError as fault:
            return self.refuse(f"{name} {fault}", parse)

    def optional(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Return the parsed value, or None where the variable is unset."""
        return self(name, parse) if self.is_set(name) else None

    def refuse(self, fault: str, _parse: Callable[[str], T]) -> T:
        """Note a fault in place of a value; the None goes no further, since `from_env` raises."""
        self.faults.append(fault)
        return cast("T", None)


def parse_text(text: str) -> str:
    """Read one line of text."""
    if not (text := text.strip()).isprintable():
        raise ValueError("has a line break or another sign that cannot be shown: take it out.")
    return text


def parse_secret(text: str) -> SecretStr:
    """Read a secret that somebody else made."""
    if text != text.strip() or not text.isprintable() or not text.isascii():
        raise ValueError(
            "has a space or a line break at its end, or a sign that is no ASCII: take it out."
        )
    return SecretStr(text)


def parse_own_secret(text: str) -> SecretStr:
    """Read a secret that the operator made, and that must not be guessed."""
    if len(text) < SECRET_CHARACTERS_MIN:
        raise ValueError(
            f"is weak, it has {len(text)} characters: make one of at least "
            f"{SECRET_CHARACTERS_MIN} with `openssl rand -hex 32`."
        )
    return parse_secret(text)


def parse_own_secrets(text: str) -> tuple[SecretStr, ...]:
    """Read one or more of them, separated by commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ValueError("has nothing but commas: give one secret, or several between commas.")
    return tuple(map(parse_own_secret, parts))


def parse_database_url(text: str) -> SecretStr:
    """Read a database that we can work on; it is a secret, since it may hold a password."""
    text = parse_text(text)
    path = text.removeprefix("sqlite:///")
    if path != text and path and not path.startswith((":memory:", "?")):
        return SecretStr(text)
    if text.startswith("postgresql://"):
        _split(text)
        return SecretStr(text)
    raise ValueError(
        "is not a database that Mainstay knows: write sqlite:///path or postgresql://user@host/name."
    )


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL: check its host and its port.") from None
    return parts


def parse_url(text: str) -> str:
    """Read an address, without a slash at its end."""
    text = parse_text(text).rstrip("/")
    parts = _split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", text):
        raise ValueError("is not an address: write it like https://support.example.org.")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("has more than an address: leave out user, password, `?` and `#`.")
    return text


def parse_private_url(text: str) -> str:
    """Read an address that secrets are sent to: by https, or on the way to a private network."""
    text = parse_url(text)
    parts = urlsplit(text)
    if parts.scheme == "http" and not _is_near(parts.hostname or ""):
        raise ValueError("would send secrets in the clear: write https://.")
    return text


def parse_origin(text: str) -> str:
    """Read where somebody's pages are, without a path: it is told to browsers as it stands."""
    text = parse_private_url(text).lower()
    if not re.fullmatch(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?", text):
        raise ValueError("has more than a host: write it like https://payments.example.org.")
    return text


def _is_near(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def parse_networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Read addresses and networks, separated by commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    try:
        return tuple(map(ipaddress.ip_network, parts))
    except ValueError:
        raise ValueError(
            "is not a list of addresses and networks: write it like `127.0.0.1, 10.0.0.0/8`."
        ) from None


def parse_port(text: str) -> int:
    """Read a port number."""
    if not re.fullmatch(r"[0-9]{1,5}", text.strip()) or int(text) > 65535:
        raise ValueError(f"must be a number from 0 to 65535, not {_shown(text)}.")
    return int(text)


def parse_app_id(text: str) -> int:
    """Read the number of a GitHub App."""
    if not re.fullmatch(r"[0-9]{1,18}", text.strip()):
        raise ValueError("must be a number: it stands on the settings page of the GitHub App.")
    return int(text)


def parse_email(text: str) -> str:
    """Read the address of a mailbox."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text.strip()):
        raise ValueError("is not an address: write it like help@example.org.")
    return text.strip()


def parse_log_format(text: str) -> Literal["json", "text"]:
    """Read how logs are written."""
    match text.strip():
        case "json" | "text" as known:
            return known
    raise ValueError(f"must be `json` or `text`, not {_shown(text)}.")


def parse_openai_api(text: str) -> Literal["responses", "chat"]:
    """Read which of OpenAI's two interfaces a server speaks."""
    match text.strip():
        case "responses" | "chat" as known:
            return known
    raise ValueError(f"must be `responses` or `chat`, not {_shown(text)}.")


def parse_tokens(text: str) -> int:
    """Read how many tokens may be used; with or without ``_`` or ``,`` between the thousands."""
    plain = re.sub("[_,]", "", text.strip())
    if not re.fullmatch(r"[0-9]{1,12}", plain):
        raise ValueError(f"must be a number of tokens, like 1000000, not {_shown(text)}.")
    return int(plain)


def parse_currencies(text: str) -> tuple[str, ...]:
    """Read ISO codes, as a tuple without repetition, in lower case."""
    codes = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    if unknown := [code for code in codes if code not in CURRENCIES]:
        raise ValueError(
            f"has {_shown(', '.join(unknown))}, which is no currency that Mainstay knows: write "
            "ISO codes separated by commas, like `usd, eur`."
        )
    if not codes:
        raise ValueError("has no currency: write ISO codes separated by commas, like `usd, eur`.")
    return codes


def parse_share(text: str) -> int:
    """Read a percentage, as basis points."""
    try:
        return read_percent(text)
    except ValueError as error:
        raise ValueError(f"is wrong: {error}.") from None


def parse_fees(text: str, currencies: tuple[str, ...]) -> dict[str, ProcessingFee]:
    """Read "percent + fixed", as the fee of each currency."""
    try:
        return {code: read_processing_fee(text, code) for code in currencies}
    except ValueError as error:
        raise ValueError(f"is wrong: {error}.") from None


def parse_rsa_key(text: str) -> SecretStr:
    """Read a private key, as PEM with real line breaks."""
    # Only a process that starts needs it, and it is slow to import.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = text.replace("\\n", "\n").strip() + "\n"
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(  # noqa: TRY004  # it is the text that is wrong
            "is not an RSA private key in PEM: give the whole file that GitHub let you download, "
            "from -----BEGIN to -----END."
        ) from None
    return SecretStr(pem)


def parse_rsa_key_file(text: str) -> SecretStr:
    """Read the private key in a file."""
    try:
        with Path(text.strip()).open("rb") as file:
            content = file.read(KEY_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise ValueError(
            f"names a file that cannot be read ({error.strerror}): check its path and its owner."
        ) from None
    if len(content) > KEY_FILE_BYTES_MAX:
        raise ValueError("names a file that is too large to be a key: check its path.")
    return parse_rsa_key(content.decode(errors="replace"))


def _shown(text: str) -> str:
    return repr(text.strip()[:40])
