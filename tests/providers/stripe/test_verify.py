from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from app.domain.deliveries import Delivery, Provider, Refusal, Unverified
from app.providers.stripe.verify import HEADER_CHARACTERS_MAX, verify

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SNAPSHOT_SECRET = "whsec_snapshot_0123456789abcdef"
THIN_SECRET = "whsec_thin_0123456789abcdef01234"
SECRETS = [SNAPSHOT_SECRET, THIN_SECRET]
BODY = b'{"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": {}}'


def sign(body: bytes = BODY, secret: str = SNAPSHOT_SECRET, at: datetime = NOW) -> str:
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def receive(
    body: bytes = BODY,
    *,
    signature: str | None = None,
    content_type: str = "application/json; charset=utf-8",
    secrets: list[str] = SECRETS,
) -> Delivery | Unverified:
    headers = {
        "content-type": content_type,
        "stripe-signature": sign(body) if signature is None else signature,
    }
    return verify(body, headers, secrets, NOW)


def refusal(verdict: Delivery | Unverified) -> Refusal:
    assert isinstance(verdict, Unverified), verdict
    assert verdict.reason.endswith(".")
    return verdict.refusal


def test_a_signed_event_is_a_delivery_as_raw_as_it_came() -> None:
    assert receive() == Delivery(
        provider=Provider.STRIPE,
        external_id="evt_1",
        kind="payment_intent.succeeded",
        body=BODY,
        received_at=NOW,
    )


def test_what_stripes_own_library_signs_is_genuine() -> None:
    signature = stripe.WebhookSignature.generate_signature_header(
        BODY.decode(), SNAPSHOT_SECRET, int(NOW.timestamp())
    )
    assert isinstance(receive(signature=signature), Delivery)


def test_a_thin_event_is_signed_with_a_secret_of_its_own() -> None:
    kind = "v2.core.account[configuration.recipient].capability_status_updated"
    body = json.dumps({"id": "evt_2", "object": "v2.core.event", "type": kind}).encode()
    verdict = receive(body, signature=sign(body, THIN_SECRET))
    assert isinstance(verdict, Delivery)
    assert verdict.kind == kind


def test_while_a_secret_is_changed_one_good_signature_of_several_is_enough() -> None:
    good = sign()
    timestamp, _, v1 = good.partition(",")
    assert isinstance(receive(signature=f"{timestamp},v1={'0' * 64},{v1},v0=1234"), Delivery)


@pytest.mark.parametrize("off_seconds", [-300, 0, 300])
def test_clocks_may_be_five_minutes_apart(off_seconds: int) -> None:
    at = NOW + timedelta(seconds=off_seconds)
    assert isinstance(receive(signature=sign(at=at)), Delivery)


@pytest.mark.parametrize("off_seconds", [-301, 301, 86_400])
def test_an_old_signature_and_one_from_the_future_are_refused(off_seconds: int) -> None:
    at = NOW + timedelta(seconds=off_seconds)
    assert refusal(receive(signature=sign(at=at))) is Refusal.FORGED


def test_a_missing_signature_is_refused() -> None:
    verdict = verify(BODY, {"content-type": "application/json"}, SECRETS, NOW)
    assert refusal(verdict) is Refusal.UNSIGNED


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=1700000000",
        f"v1={'0' * 64}",
        f"t=,v1={'0' * 64}",
        f"t=١٢٣,v1={'0' * 64}",
        f"t=-5,v1={'0' * 64}",
        f"t=1e9,v1={'0' * 64}",
        f"t={'9' * 400},v1={'0' * 64}",
        f"t=1,t=2,v1={'0' * 64}",
        "t=1700000000,v1=zz",
        f"t=1700000000,v1={'é' * 64}",
        "t=1700000000,v1=" + "\udce9" * 64,
        f"t=1700000000,v0={'0' * 64}",
        sign().replace("v1", "v0"),
        sign() + "," * HEADER_CHARACTERS_MAX,
    ],
)
def test_a_malformed_signature_is_refused_and_never_raises(header: str) -> None:
    assert refusal(receive(signature=header)) is Refusal.UNSIGNED


@pytest.mark.parametrize(
    "signature",
    [
        sign(secret="whsec_of_somebody_else_012345678"),
        sign(body=BODY + b" "),
        sign().replace("t=1", "t=2"),
    ],
)
def test_a_signature_that_does_not_belong_to_the_body_is_refused(signature: str) -> None:
    assert refusal(receive(signature=signature)) is Refusal.FORGED


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_genuine(secrets: list[str]) -> None:
    assert refusal(receive(signature=sign(secret=""), secrets=secrets)) is Refusal.FORGED


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_refused(content_type: str) -> None:
    assert refusal(receive(content_type=content_type)) is Refusal.WRONG_TYPE


def test_nothing_of_a_body_is_read_before_its_signature_was_checked() -> None:
    forged = sign(secret="whsec_of_somebody_else_012345678")
    assert refusal(receive(b"\xff{", signature=forged)) is Refusal.FORGED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"[]",
        b'"evt_1"',
        b"null",
        b"{}",
        b'{"id": "evt_1"}',
        b'{"type": "payment_intent.succeeded"}',
        b'{"id": 1, "type": "payment_intent.succeeded"}',
        b'{"id": "", "type": "payment_intent.succeeded"}',
        b'{"id": "evt 1", "type": "payment_intent.succeeded"}',
        b'{"id": "' + b"x" * 256 + b'", "type": "payment_intent.succeeded"}',
        b"[" * 100_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_and_never_raises(body: bytes) -> None:
    assert refusal(receive(body)) is Refusal.MALFORMED
