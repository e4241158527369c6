from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from app.domain.money import ProcessingFee
from app.environment import VARIABLES
from app.settings import Settings, SettingsFault
from tests.environments import EVERYTHING, NEEDED, RSA, fault, faults

ROOT = Path(__file__).parent.parent


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Settings.from_env(NEEDED)
    assert settings.database_url.get_secret_value() == "sqlite:///mainstay.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.github.app_id == 1234
    assert settings.github.private_key.get_secret_value() == RSA
    assert settings.github.api_url == "https://api.github.com"
    assert settings.github.url == "https://github.com"
    assert settings.github.oidc_issuer == "https://token.actions.githubusercontent.com"
    assert (settings.github.client_id, settings.stripe, settings.openai) == (None, None, None)
    assert settings.fees.currencies == ("usd",)
    assert settings.fees.platform_share_basis_points == 0
    assert settings.fees.processing_fees == {"usd": ProcessingFee(basis_points=290, fixed_minor=30)}
    assert settings.seller_name == "support.example.org"
    assert (settings.support_email, settings.terms_url) == (None, None)
    assert settings.log_format == "json"


def test_everything_can_be_set() -> None:
    settings = Settings.from_env(EVERYTHING)
    assert settings.database_url.get_secret_value() == EVERYTHING["DATABASE_URL"]
    assert (settings.host, settings.port) == ("0.0.0.0", 9090)
    assert settings.github.client_id == "Iv1.client"
    assert settings.github.client_secret is not None
    assert settings.github.app_url == "https://github.example.org/github-apps/fjord-support"
    assert settings.github.api_url == "https://github.example.org/api/v3"
    assert settings.github.url == "https://github.example.org"
    assert settings.github.oidc_issuer == "https://github.example.org/_services/token"
    assert settings.stripe is not None
    assert [secret.get_secret_value() for secret in settings.stripe.webhook_secrets] == [
        "whsec_first_of_the_tests",
        "whsec_second_of_the_tests",
    ]
    assert settings.stripe.api_url == "http://127.0.0.1:4242"
    assert settings.stripe.checkout_urls == (
        "https://pay.example.org",
        "https://checkout.stripe.com",
    )
    assert settings.openai is not None
    assert settings.openai.base_url == "http://models.example.org/v1"
    assert (settings.openai.model, settings.openai.api) == ("small", "chat")
    assert settings.fees.currencies == ("usd", "eur", "jpy")
    assert settings.fees.platform_share_basis_points == 250
    assert settings.fees.processing_fees == {
        "usd": ProcessingFee(basis_points=150, fixed_minor=125),
        "eur": ProcessingFee(basis_points=150, fixed_minor=125),
        "jpy": ProcessingFee(basis_points=150, fixed_minor=2),
    }
    assert settings.seller_name == "Fjord Software AS"
    assert settings.support_email == "help@example.org"
    assert settings.terms_url == "https://example.org/terms"
    assert settings.log_format == "text"
    assert list(settings.missing()) == []


def test_settings_cannot_be_changed() -> None:
    settings = Settings.from_env(NEEDED)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]  # that it is refused is the test
    with pytest.raises(TypeError):
        settings.fees.processing_fees["usd"] = None  # type: ignore[index]  # the same


def test_all_that_is_missing_is_said_at_once_each_with_its_remedy() -> None:
    said = faults({})
    assert [sentence.split()[0] for sentence in said] == [
        "PUBLIC_URL",
        "SECRET_KEY",
        "GITHUB_APP_ID",
        "GITHUB_PRIVATE_KEY",
        "GITHUB_WEBHOOK_SECRET",
    ]
    for sentence in said:
        assert re.fullmatch(r"[A-Z_]+ is not set: [^\n]+\.", sentence)


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_value_counts_as_unset(name: str, empty: str) -> None:
    assert fault(name, empty).startswith(f"{name} is not set: ")


def test_many_faults_are_one_error_with_a_line_each() -> None:
    with pytest.raises(SettingsFault) as refused:
        Settings.from_env({**NEEDED, "PORT": "http", "LOG_FORMAT": "xml", "CURRENCIES": "dollars"})
    assert len(str(refused.value).splitlines()) == len(refused.value.faults) == 3


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"),
        ("STRIPE_WEBHOOK_SECRET", "STRIPE_API_KEY"),
        ("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"),
        ("GITHUB_CLIENT_SECRET", "GITHUB_CLIENT_ID"),
    ],
)
def test_half_of_a_pair_is_refused(given: str, missing: str) -> None:
    assert fault(given, "long-enough-to-be-one").startswith(f"{missing} is not set: ")


@pytest.mark.parametrize("given", ["OPENAI_API_KEY", "OPENAI_MODEL"])
def test_half_a_model_is_no_model(given: str) -> None:
    settings = Settings.from_env({**NEEDED, given: "small-key"})
    assert settings.openai is None
    assert any("OPENAI_API_KEY and OPENAI_MODEL" in sentence for sentence in settings.missing())


def test_what_the_server_does_not_do_is_said() -> None:
    assert len(list(Settings.from_env(NEEDED).missing())) == 3


def test_no_secret_shows_in_what_is_printed() -> None:
    settings = Settings.from_env(EVERYTHING)
    shown = f"{settings!r} {settings} {settings.github!r} {settings.stripe} {settings.openai}"
    assert [secret for secret in settings.secrets() if secret in shown] == []


def test_every_secret_is_told_to_those_who_must_not_log_it() -> None:
    secrets = set(Settings.from_env(EVERYTHING).secrets())
    assert secrets == {
        NEEDED["SECRET_KEY"],
        RSA,
        NEEDED["GITHUB_WEBHOOK_SECRET"],
        "client-secret",
        "rk_test_key",
        "whsec_first_of_the_tests",
        "whsec_second_of_the_tests",
        "sk-of-the-tests",
        "pass%40word",
        "pass@word",
    }


def test_the_documentation_names_every_variable_with_its_default() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.*?) ?\| (.+) \|$",
        (ROOT / "docs/settings.md").read_text(),
        re.MULTILINE,
    )
    documented = {name: default.strip("`") for name, default, _ in rows}
    needed = {name for name, default in documented.items() if default == "needed"}
    assert needed == {sentence.split()[0] for sentence in faults({})}
    assert {
        name: "" if name in needed else default for name, default in documented.items()
    } == VARIABLES
    assert list(documented) == list(VARIABLES)
