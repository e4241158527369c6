from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.environment import KEY_FILE_BYTES_MAX
from app.settings import Settings
from tests.environments import NEEDED, RSA, RSA_KEY, fault, faults, pem


@pytest.mark.parametrize("name", ["SECRET_KEY", "GITHUB_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"])
def test_a_weak_secret_is_refused_and_one_of_16_characters_is_not(name: str) -> None:
    others = {"STRIPE_API_KEY": "rk_test_key", "STRIPE_WEBHOOK_SECRET": "y" * 16}
    sentence = fault(name, "x7" * 7 + "y", **others)
    assert sentence.startswith(f"{name} is weak, it has 15 characters: ")
    assert "x7x7" not in sentence
    Settings.from_env({**NEEDED, **others, name: "x7" * 8})


def test_each_of_several_webhook_secrets_must_be_strong() -> None:
    both = {"STRIPE_API_KEY": "rk_test_key"}
    assert "is weak" in fault("STRIPE_WEBHOOK_SECRET", "whsec_long_enough_1,short", **both)
    assert "nothing but commas" in fault("STRIPE_WEBHOOK_SECRET", ", ,", **both)


@pytest.mark.parametrize(
    "value", ["a-secret-with-a-line-break\n", " a-secret-after-a-space", "ein-Schlüssel-mit-ü"]
)
def test_a_secret_that_was_copied_badly_is_refused(value: str) -> None:
    sentence = fault("GITHUB_WEBHOOK_SECRET", value)
    assert "take it out" in sentence
    assert value.strip() not in sentence


@pytest.mark.parametrize(
    "value",
    [
        "sqlite:///mainstay.db",
        "sqlite:////var/lib/mainstay.db",
        "postgresql://ada@db.example.org:5432/mainstay",
        "postgresql:///mainstay?host=/run/postgresql",
        "postgresql://ada:@/mainstay?host=/tmp/with%20space",
    ],
)
def test_a_database_is_taken_as_it_is_written(value: str) -> None:
    settings = Settings.from_env({**NEEDED, "DATABASE_URL": value})
    assert settings.database_url.get_secret_value() == value


@pytest.mark.parametrize(
    "value",
    [
        "mainstay.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgres://ada:hunter2@db/mainstay",
        "mysql://ada:hunter2@db/mainstay",
        "postgresql://ada:hunter2@db:port/mainstay",
    ],
)
def test_another_database_is_refused_without_showing_it(value: str) -> None:
    sentence = fault("DATABASE_URL", value)
    assert sentence.startswith("DATABASE_URL is not a ")
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    "value", ["https://a.example/", "https://a.example//", " https://a.example "]
)
def test_an_address_loses_the_slash_at_its_end(value: str) -> None:
    assert Settings.from_env({**NEEDED, "PUBLIC_URL": value}).public_url == "https://a.example"


@pytest.mark.parametrize(
    "value",
    [
        "support.example.org",
        "ftp://a.example",
        "https://",
        "https://a b",
        "https://a.example:port",
        "https://ada:hunter2@a.example",
        "https://a.example/?x=1",
        "https://a.example/#x",
        "https://a\n.example",
    ],
)
def test_what_is_no_address_is_refused_without_showing_it(value: str) -> None:
    sentence = fault("PUBLIC_URL", value)
    assert sentence.startswith("PUBLIC_URL ")
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    "name", ["GITHUB_API_URL", "GITHUB_URL", "STRIPE_API_URL", "ACTIONS_OIDC_ISSUER"]
)
def test_secrets_are_not_sent_in_the_clear_but_to_a_private_network(name: str) -> None:
    assert "https://" in fault(name, "http://api.example.org")
    for near in ("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "http://10.0.0.7"):
        Settings.from_env({**NEEDED, name: near})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٨"),
        ("GITHUB_APP_ID", "Iv1.abc"),
        ("SUPPORT_EMAIL", "help"),
        ("TERMS_URL", "terms.html"),
        ("LOG_FORMAT", "xml"),
        ("OPENAI_API", "completions"),
        ("CURRENCIES", "usd,xyz"),
        ("CURRENCIES", ","),
        ("PLATFORM_SHARE", "5"),
        ("PLATFORM_SHARE", "101%"),
        ("PLATFORM_SHARE", "-1%"),
        ("PLATFORM_SHARE", "0.125%"),
        ("PROCESSING_FEE", "0.30"),
        ("PROCESSING_FEE", "2.9% + thirty"),
        ("PROCESSING_FEE", "2.9% + 0.25 eur"),
        ("SELLER_NAME", "Fjord\nSoftware"),
        ("HOST", "127.0.0.1\x00"),
        ("STRIPE_CHECKOUT_URL", "http://pay.example.org"),
        ("STRIPE_CHECKOUT_URL", "https://pay.example.org/c"),
        ("STRIPE_CHECKOUT_URL", "https://pay.example.org;x"),
        ("STRIPE_CHECKOUT_URL", "https://*"),
        ("TRUSTED_PROXIES", "everybody"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(name: str, value: str) -> None:
    sentence = fault(name, value)
    assert sentence.startswith(f"{name} ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_proxies_are_addresses_and_networks() -> None:
    given = {**NEEDED, "TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,fd00::/8"}
    assert [str(each) for each in Settings.from_env(given).trusted_proxies] == [
        "127.0.0.1/32",
        "10.0.0.0/8",
        "fd00::/8",
    ]
    assert Settings.from_env(NEEDED).trusted_proxies == ()


def test_a_key_may_have_its_line_breaks_escaped() -> None:
    settings = Settings.from_env({**NEEDED, "GITHUB_PRIVATE_KEY": RSA.replace("\n", "\\n")})
    assert settings.github.private_key.get_secret_value() == RSA


def test_a_key_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    file.write_text(RSA)
    environment = {**NEEDED, "GITHUB_PRIVATE_KEY": "", "GITHUB_PRIVATE_KEY_FILE": str(file)}
    assert Settings.from_env(environment).github.private_key.get_secret_value() == RSA
    (twice,) = faults({**NEEDED, "GITHUB_PRIVATE_KEY_FILE": str(file)})
    assert "keep one of them" in twice


@pytest.mark.parametrize("size", [0, KEY_FILE_BYTES_MAX, KEY_FILE_BYTES_MAX + 1])
def test_another_file_is_no_key(tmp_path: Path, size: int) -> None:
    file = tmp_path / "app.pem"
    file.write_bytes(b"\xff" * size)
    assert fault("GITHUB_PRIVATE_KEY_FILE", str(file), GITHUB_PRIVATE_KEY="")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    sentence = fault("GITHUB_PRIVATE_KEY_FILE", str(tmp_path / "none"), GITHUB_PRIVATE_KEY="")
    assert "No such file" in sentence


BROKEN = {
    "no key at all": "hunter2-is-not-a-key",
    "cut off": RSA[: len(RSA) // 2],
    "one line lost": "\n".join(RSA.splitlines()[:5] + RSA.splitlines()[6:]),
    "another kind": pem(ec.generate_private_key(ec.SECP256R1())),
    "encrypted": pem(RSA_KEY, b"password"),
    "the public half": RSA_KEY.public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode(),
}


@pytest.mark.parametrize("key", BROKEN.values(), ids=BROKEN)
def test_a_broken_key_is_refused_in_one_sentence_that_does_not_show_it(key: str) -> None:
    sentence = fault("GITHUB_PRIVATE_KEY", key)
    assert sentence.startswith("GITHUB_PRIVATE_KEY is not an RSA private key in PEM: ")
    assert [line for line in filter(None, key.splitlines()) if line in sentence] == []
