"""What the API refuses: the wrong key, version, format, parameters and values."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.rehearsal.stripe.shop import Shop, line, price

SESSIONS = "/v1/checkout/sessions"


async def refusal(shop: Shop, **changes: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await shop.open(**changes)
    assert refused.value.http_status in {400, 404}
    assert shop.standin.all("checkout.session") == []
    return refused.value


async def test_no_key_and_a_wrong_key_are_401(shop: Shop) -> None:
    status, body = await shop.post(SESSIONS, {}, Authorization="")
    assert (status, body["error"]["type"]) == (401, "invalid_request_error")
    assert "You did not provide an API key" in body["error"]["message"]
    client = stripe.StripeClient(
        "sk_test_wrong_0123456789",
        http_client=stripe.AIOHTTPClient(session=shop.http),
        base_addresses={"api": shop.standin.url},
    )
    with pytest.raises(stripe.AuthenticationError, match=r"sk_test_\*+6789"):
        await client.v1.balance.retrieve_async()


async def test_another_version_of_the_api_is_refused(shop: Shop) -> None:
    status, body = await shop.post(SESSIONS, {}, Stripe_Version="2019-01-01")
    assert status == 400
    assert "2019-01-01" in body["error"]["message"]


async def test_acting_for_another_account_is_403(shop: Shop) -> None:
    with pytest.raises(stripe.PermissionError) as refused:
        await shop.client.v1.balance.retrieve_async({}, {"stripe_account": "acct_1"})
    assert refused.value.http_status == 403
    assert "acct_1" in str(refused.value)


async def test_json_is_no_form(shop: Shop) -> None:
    url = f"{shop.standin.url}{SESSIONS}"
    headers = {"Authorization": f"Bearer {shop.standin.account.api_key}"}
    async with shop.http.post(url, json={"mode": "payment"}, headers=headers) as response:
        assert response.status == 400
        assert "x-www-form-urlencoded" in (await response.json())["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/subscriptions"), ("DELETE", f"{SESSIONS}/cs_1"), ("GET", f"{SESSIONS}/")],
)
async def test_an_unknown_url_is_404(shop: Shop, method: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {shop.standin.account.api_key}"}
    async with shop.http.request(method, f"{shop.standin.url}{path}", headers=headers) as response:
        assert response.status == 404
        error = (await response.json())["error"]
    assert error["message"].startswith(f"Unrecognized request URL ({method}: {path})")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mood": "good"}, "mood"),
        ({"api_key": "sk_test"}, "api_key"),
        ({"automatic_tax": {"enabled": True, "rate": 3}}, "automatic_tax[rate]"),
        ({"line_items": [line(amount_due=3)]}, "line_items[0][amount_due]"),
        (
            {
                "line_items": [
                    line(),
                    line(price_data={"currency": "usd", "product_data": {"name": "x", "sku": 1}}),
                ]
            },
            "line_items[1][price_data][product_data][sku]",
        ),
        ({"payment_intent_data": {"escrow": True}}, "payment_intent_data[escrow]"),
    ],
)
async def test_an_unknown_parameter_is_refused_at_any_depth(
    shop: Shop, changes: dict[str, Any], param: str
) -> None:
    refused = await refusal(shop, **changes)
    assert (refused.code, refused.param) == ("parameter_unknown", param)
    assert refused.user_message == f"Received unknown parameter: {param}"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": None}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"line_items": None}, "line_items"),
        ({"line_items": [line(quantity=0)]}, "line_items[0][quantity]"),
        ({"automatic_tax": {"liability": {"type": "self"}}}, "automatic_tax[enabled]"),
        (
            {"line_items": [line(price_data={"currency": "usd", "unit_amount": 500})]},
            "line_items[0][price_data][product_data]",
        ),
        (
            {"line_items": [line(price_data={"unit_amount": 5, "product_data": {"name": "x"}})]},
            "line_items[0][price_data][currency]",
        ),
        (
            {"line_items": [line(price_data={"currency": "usd", "product_data": {"name": "x"}})]},
            "line_items[0][price_data][unit_amount]",
        ),
    ],
)
async def test_a_missing_parameter_is_refused_by_name(
    shop: Shop, changes: dict[str, Any], param: str
) -> None:
    refused = await refusal(shop, **changes)
    assert (refused.code, refused.param) == ("parameter_missing", param)


@pytest.mark.parametrize(
    ("changes", "param", "says"),
    [
        ({"expires_at": "tomorrow"}, "expires_at", "Invalid integer: tomorrow"),
        ({"expires_at": 1.5}, "expires_at", "Invalid integer: 1.5"),
        ({"automatic_tax": {"enabled": "yes"}}, "automatic_tax[enabled]", "Invalid boolean: yes"),
        ({"automatic_tax": "on"}, "automatic_tax", "Invalid object"),
        ({"line_items": "one"}, "line_items", "Invalid array"),
        ({"line_items": {"first": "x"}}, "line_items", "Invalid object"),
        ({"metadata": "x"}, "metadata", "Invalid object"),
        ({"metadata": {"a": {"b": "c"}}}, "metadata[a]", "Invalid string"),
        ({"cancel_url": {"a": "b"}}, "cancel_url", "Invalid string"),
        ({"cancel_url": ""}, "cancel_url", "You passed an empty string for 'cancel_url'"),
        ({"mode": "gift"}, "mode", "must be one of payment, setup, subscription"),
        ({"locale": "tlh"}, "locale", "must be one of auto"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "unknown parameter"),
        (
            {"allowed_payment_method_types": ["shells"]},
            "allowed_payment_method_types[0]",
            "must be one of",
        ),
        (
            {"allowed_payment_method_types": ["sepa_debit"]},
            "allowed_payment_method_types",
            "No valid payment method types",
        ),
        (
            {"excluded_payment_method_types": ["card", "us_bank_account"]},
            "excluded_payment_method_types",
            "No valid payment method types",
        ),
        (
            {
                "allowed_payment_method_types": ["card"],
                "excluded_payment_method_types": ["us_bank_account"],
            },
            "allowed_payment_method_types",
            "only specify one",
        ),
        ({"line_items": [line(500, "USD")]}, "line_items[0][price_data][currency]", "USD"),
        ({"line_items": [line(500, "xyz")]}, "line_items[0][price_data][currency]", "xyz"),
        ({"line_items": [line(-1)]}, "line_items[0][price_data][unit_amount]", "non-negative"),
        ({"line_items": [line(49)]}, "line_items", "at least 0.50 USD"),
        ({"line_items": [line(29, "gbp")]}, "line_items", "at least 0.30 GBP"),
        ({"line_items": [line(49, "jpy")]}, "line_items", "at least 50 JPY"),
        ({"line_items": [line(100_000_000)]}, "line_items", "no more than 999,999.99 USD"),
        ({"line_items": [line(5001, "kwd")]}, "line_items", "multiple of 10"),
        ({"line_items": [line(5001, "isk")]}, "line_items", "multiple of 100"),
        (
            {"line_items": [line(), line(500, "eur")]},
            "line_items[1][price_data][currency]",
            "same currency",
        ),
        ({"line_items": [line(price="price_1")]}, "line_items[0]", "either `price` or"),
        ({"line_items": [{"price": "price_1"}]}, "line_items[0][price]", "No such price"),
        ({"success_url": "/t/x"}, "success_url", "Not a valid URL"),
        ({"success_url": "https://" + "x" * 5000}, "success_url", "at most 5000 characters"),
        ({"client_reference_id": "x" * 201}, "client_reference_id", "at most 200 characters"),
        ({"customer_email": "ada"}, "customer_email", "Invalid email address"),
        ({"metadata": dict.fromkeys(map(str, range(51)), "x")}, "metadata", "up to 50"),
        ({"metadata": {"k" * 41: "x"}}, f"metadata[{'k' * 41}]", "up to 40 characters"),
        ({"metadata": {"k": "x" * 501}}, "metadata[k]", "up to 500 characters"),
        (
            {"payment_intent_data": {"metadata": {"k": "x" * 501}}},
            "payment_intent_data[metadata][k]",
            "up to 500 characters",
        ),
        (
            {"payment_intent_data": {"statement_descriptor_suffix": "12345"}},
            "payment_intent_data[statement_descriptor_suffix]",
            "at least one letter",
        ),
        ({"line_items": [line() for _ in range(101)]}, "line_items", "at most 100"),
        ({"line_items": [line(tax_rates=["txr_1"])]}, "line_items[0][tax_rates][0]", "No such tax"),
        (
            {"line_items": [line(price_data={"currency": "usd", "product": "prod_1"})]},
            "line_items[0][price_data][product]",
            "No such product",
        ),
        (
            {"line_items": [line(price_data=price(recurring={"interval": "day"}))]},
            "line_items[0][price_data][recurring]",
            "does not know what to do",
        ),
        (
            {"line_items": [line(price_data=price(unit_amount_decimal="a lot"))]},
            "line_items[0][price_data][unit_amount_decimal]",
            "Invalid decimal",
        ),
        (
            {"line_items": [line(metadata={"a": "b"})]},
            "line_items[0][metadata]",
            "does not know what to do",
        ),
        (
            {"payment_intent_data": {"on_behalf_of": "acct_1"}},
            "payment_intent_data[on_behalf_of]",
            "does not know what to do",
        ),
        ({"discounts": [{"coupon": "x"}]}, "discounts", "does not know what to do"),
        ({"mode": "subscription"}, "mode", "does not know what to do"),
        ({"ui_mode": "embedded_page"}, "ui_mode", "does not know what to do"),
    ],
)
async def test_a_wrong_value_is_refused(
    shop: Shop, changes: dict[str, Any], param: str, says: str
) -> None:
    refused = await refusal(shop, **changes)
    assert refused.param == param
    assert says in str(refused)


@pytest.mark.parametrize(("seconds", "is_good"), [
    (1799, False), (1800, True), (86_400, True), (86_401, False),
])  # fmt: skip
async def test_a_session_lasts_between_half_an_hour_and_a_day(
    shop: Shop, seconds: int, *, is_good: bool
) -> None:
    expires_at = shop.clock.seconds + seconds
    if is_good:
        assert (await shop.open(expires_at=expires_at)).expires_at == expires_at
    else:
        assert (await refusal(shop, expires_at=expires_at)).param == "expires_at"


@pytest.mark.parametrize(
    "filtering",
    [
        {"allowed_payment_method_types": ["card", "sepa_debit"]},
        {"excluded_payment_method_types": ["us_bank_account"]},
    ],
)
async def test_payment_methods_can_be_narrowed(shop: Shop, filtering: dict[str, Any]) -> None:
    session = await shop.open(**filtering)
    assert session.payment_method_types == ["card"]
    assert session.to_dict().items() >= filtering.items()


async def test_metadata_may_have_numbers_for_keys(shop: Shop) -> None:
    session = await shop.open(metadata={"0": "zero", "1": "one"})
    assert session.to_dict()["metadata"] == {"0": "zero", "1": "one"}


@pytest.mark.parametrize(
    "field", ["a[", "a]b", "[a]", "a[b][c][d][e][f][g][h][i][j][k][l]", "a[b]]"]
)
async def test_a_misspelt_form_is_refused(shop: Shop, field: str) -> None:
    status, _ = await shop.post(SESSIONS, {field: "x"})
    assert status == 400


async def test_a_form_that_contradicts_itself_is_refused(shop: Shop) -> None:
    for form in ({"metadata": "x", "metadata[a]": "y"}, {"metadata[a]": "y", "metadata": "x"}):
        status, body = await shop.post(SESSIONS, form)
        assert (status, body["error"]["message"]) == (400, "Invalid object")


async def test_a_form_has_a_bound(shop: Shop) -> None:
    status, body = await shop.post(SESSIONS, {f"metadata[{n}]": "x" for n in range(1001)})
    assert status == 400
    assert "at most 1000 parameters" in body["error"]["message"]


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        (f"{SESSIONS}/x", "checkout.session"),
        ("/v1/payment_intents/x", "payment_intent"),
        ("/v1/charges/x", "charge"),
        ("/v1/refunds/x", "refund"),
        ("/v1/balance_transactions/x", "balance_transaction"),
        ("/v1/disputes/x", "dispute"),
        ("/v1/radar/early_fraud_warnings/x", "radar.early_fraud_warning"),
        ("/v1/transfers/x", "transfer"),
        ("/v1/events/x", "event"),
        ("/v1/accounts/x", "account"),
        ("/v1/webhook_endpoints/x", "webhook_endpoint"),
    ],
)
async def test_an_id_that_names_nothing_is_404(shop: Shop, path: str, noun: str) -> None:
    headers = {"Authorization": f"Bearer {shop.standin.account.api_key}"}
    async with shop.http.get(f"{shop.standin.url}{path}", headers=headers) as response:
        error = (await response.json())["error"]
    assert (response.status, error["code"]) == (404, "resource_missing")
    assert error["message"] == f"No such {noun}: 'x'"


async def test_every_request_is_written_down(shop: Shop) -> None:
    session = await shop.open(key="tkt_1:checkout:1")
    with pytest.raises(stripe.InvalidRequestError):
        await shop.session("cs_unknown")
    first, second = shop.standin.requests
    assert (first.method, first.path, first.status) == ("POST", SESSIONS, 200)
    assert (first.idempotency_key, first.is_executed) == ("tkt_1:checkout:1", True)
    assert first.params["line_items"]["0"]["price_data"]["unit_amount"] == "4900"
    assert first.at == shop.clock.at
    assert (second.status, second.is_executed) == (404, False)
    assert session.last_response is not None
    assert session.last_response.headers["Request-Id"].startswith("req_")
    assert session.last_response.headers["Stripe-Version"] == stripe.api_version
