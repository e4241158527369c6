"""Which webhooks are GitHub's own, and what is said to the others."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from app.domain.deliveries import Delivery, Provider, Refusal, Unverified
from app.providers.github.verify import verify

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECRET = "a-webhook-secret-of-some-length"
BODY = b'{"action":"created"}'


def signature(body: bytes = BODY, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, algorithm).hexdigest()}"


def headers(body: bytes = BODY, **changed: str | None) -> dict[str, str]:
    whole = {
        "content-type": "application/json",
        "x-github-event": "issue_comment",
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-hub-signature-256": signature(body),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    return {name: value for name, value in whole.items() if value is not None}


def refusal(body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,), **changed: str | None) -> str:
    verdict = verify(body, headers(body, **changed), secrets, NOW)
    assert isinstance(verdict, Unverified)
    assert verdict.reason.endswith(".")
    return verdict.refusal


def test_a_signed_object_is_taken_as_it_came() -> None:
    assert verify(BODY, headers(), [SECRET], NOW) == Delivery(
        provider=Provider.GITHUB,
        external_id="72d3162e-cc78-11e3-81ab-4c9367dc0958",
        kind="issue_comment",
        body=BODY,
        received_at=NOW,
    )


def test_an_event_that_nobody_knows_is_taken_too() -> None:
    verdict = verify(BODY, headers(x_github_event="made_up"), [SECRET], NOW)
    assert isinstance(verdict, Delivery)


def test_the_content_type_may_name_a_charset() -> None:
    verdict = verify(BODY, headers(content_type="Application/JSON; charset=utf-8"), [SECRET], NOW)
    assert isinstance(verdict, Delivery)


def test_any_of_the_secrets_will_do() -> None:
    assert isinstance(verify(BODY, headers(), ["an-older-secret-of-ours", SECRET], NOW), Delivery)
    assert isinstance(verify(BODY, headers(), [SECRET, "a-newer-secret-of-ours"], NOW), Delivery)


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "g" * 64,
        "sha256=" + "0" * 63,
        "sha256=" + "0" * 65,
        "sha256=" + "0" * 64 + "\n",
        "sha256=" + "٠" * 64,
        "sha256=ünïcode",
        "\udcff" * 71,
        signature(algorithm="sha1"),
        signature(algorithm="sha512"),
        signature().removeprefix("sha256="),
    ],
)
def test_what_is_no_sha256_signature_counts_as_unsigned(given: str | None) -> None:
    assert refusal(x_hub_signature_256=given) == Refusal.UNSIGNED


def test_a_sha1_signature_alone_is_none() -> None:
    sha1 = signature(algorithm="sha1")
    assert refusal(x_hub_signature_256=None, x_hub_signature=sha1) == Refusal.UNSIGNED


def test_a_good_sha1_signature_does_not_help_a_wrong_one() -> None:
    sha1, wrong = signature(algorithm="sha1"), signature(secret="somebody else's secret")
    assert refusal(x_hub_signature_256=wrong, x_hub_signature=sha1) == Refusal.FORGED


@pytest.mark.parametrize(
    "given",
    [
        signature(secret="somebody else's secret"),
        signature(b'{"action":"deleted"}'),
        signature(secret=""),
        "sha256=" + "0" * 64,
    ],
)
def test_a_signature_of_something_else_is_forged(given: str) -> None:
    assert refusal(x_hub_signature_256=given) == Refusal.FORGED


def test_nothing_fits_where_there_is_no_secret_or_an_empty_one() -> None:
    assert refusal(secrets=()) == Refusal.FORGED
    assert refusal(secrets=("",), x_hub_signature_256=signature(secret="")) == Refusal.FORGED


def test_a_secret_and_a_signature_may_be_written_in_other_ways() -> None:
    body, secret = b"{}", "ein-längeres-Geheimnis-🔑"
    upper = "sha256=" + signature(body, secret).removeprefix("sha256=").upper()
    assert isinstance(
        verify(body, headers(body, x_hub_signature_256=upper), [secret], NOW), Delivery
    )


@pytest.mark.parametrize(
    "given", [None, "", "application/x-www-form-urlencoded", "text/json", "application/jsonp"]
)
def test_only_json_is_taken(given: str | None) -> None:
    assert refusal(content_type=given) == Refusal.WRONG_TYPE


@pytest.mark.parametrize("given", [None, "", "two words", "a" * 65, "issue\ncomment", "ïssues"])
def test_the_event_must_have_a_name(given: str | None) -> None:
    assert refusal(x_github_event=given) == Refusal.MALFORMED


@pytest.mark.parametrize("given", [None, "", "a b", "a" * 101, "72d3\x00", "ünïque"])
def test_the_delivery_must_have_an_id(given: str | None) -> None:
    assert refusal(x_github_delivery=given) == Refusal.MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"{",
        b'{"a":1} trailing',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
        b"payload=%7B%7D",
        b'{"a":' * 100_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_signed_body_that_is_no_json_object_is_malformed(body: bytes) -> None:
    assert refusal(body) == Refusal.MALFORMED


def test_nothing_is_parsed_before_the_signature_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    monkeypatch.setattr(
        "app.providers.github.verify.json.loads", lambda *_, **__: parsed.append("")
    )
    wrong = "sha256=" + hashlib.sha256(b"").hexdigest()
    assert refusal(b"{", x_hub_signature_256=wrong) == Refusal.FORGED
    assert parsed == []


def test_a_reason_never_repeats_what_was_sent() -> None:
    verdict = verify(BODY, headers(x_github_event="<script>"), [SECRET], NOW)
    assert isinstance(verdict, Unverified)
    assert "script" not in verdict.reason
