"""Environments for tests: what is needed, everything, and what is wrong with another one."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from app.settings import Settings, SettingsFault


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, encryption).decode()


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RSA = pem(RSA_KEY)
NEEDED = {
    "PUBLIC_URL": "https://support.example.org",
    "SECRET_KEY": "secret-key-of-the-tests",
    "GITHUB_APP_ID": "1234",
    "GITHUB_PRIVATE_KEY": RSA,
    "GITHUB_WEBHOOK_SECRET": "webhook-secret-of-the-tests",
}
EVERYTHING = {
    **NEEDED,
    "DATABASE_URL": "postgresql://ada:pass%40word@db.example.org/mainstay?host=/run/postgresql",
    "HOST": "0.0.0.0",
    "PORT": "9090",
    "GITHUB_CLIENT_ID": "Iv1.client",
    "GITHUB_CLIENT_SECRET": "client-secret",
    "GITHUB_APP_URL": "https://github.example.org/github-apps/fjord-support/",
    "GITHUB_API_URL": "https://github.example.org/api/v3/",
    "GITHUB_URL": "https://github.example.org/",
    "ACTIONS_OIDC_ISSUER": "https://github.example.org/_services/token",
    "STRIPE_API_KEY": "rk_test_key",
    "STRIPE_WEBHOOK_SECRET": "whsec_first_of_the_tests, whsec_second_of_the_tests",
    "STRIPE_API_URL": "http://127.0.0.1:4242",
    "STRIPE_CHECKOUT_URL": "https://Pay.example.org/",
    "OPENAI_API_KEY": "sk-of-the-tests",
    "OPENAI_BASE_URL": "http://models.example.org/v1/",
    "OPENAI_MODEL": "small",
    "OPENAI_API": "chat",
    "PLATFORM_SHARE": "2.5%",
    "PROCESSING_FEE": "1.5% + 1.25",
    "CURRENCIES": "usd, EUR,jpy,usd",
    "SELLER_NAME": "Fjord Software AS",
    "SUPPORT_EMAIL": "help@example.org",
    "TERMS_URL": "https://example.org/terms",
    "LOG_FORMAT": "text",
}


def faults(environment: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as refused:
        Settings.from_env(environment)
    return refused.value.faults


def fault(name: str, value: str, **others: str) -> str:
    (sentence,) = faults({**NEEDED, **others, name: value})
    return sentence
