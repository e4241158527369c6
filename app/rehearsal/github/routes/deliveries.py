"""The log of the App's webhooks, and sending one of them again."""

from __future__ import annotations

from typing import Any

from app.rehearsal.github.answers import (
    PER_PAGE_DEFAULT,
    PER_PAGE_MAX,
    Answer,
    RefusalError,
    instant,
    not_found,
    whole_number,
)
from app.rehearsal.github.hooks import HookDelivery
from app.rehearsal.github.routing import Call, Table

table = Table()


@table.add("GET /app/hook/config", {200: "WebhookConfig"}, is_for_app=True)
def show_config(call: Call) -> Answer:
    """Show where the webhooks go."""
    return Answer(200, call.site.hooks.config)


@table.add("GET /app/hook/deliveries", {200: "list[HookDeliveryItem]"}, is_for_app=True)
def list_deliveries(call: Call) -> Answer:
    """List deliveries, newest first; the Link header leads on by a cursor."""
    listed = call.site.hooks.listed()
    wanted = call.query.get("status")
    if wanted is not None:
        listed = [one for one in listed if one.delivery.is_success == (wanted == "success")]
    cursor = call.query.get("cursor")
    if cursor is not None:
        listed = [one for one in listed if one.id < _id_in(cursor)]
    size = min(whole_number(call.query, "per_page", PER_PAGE_DEFAULT), PER_PAGE_MAX)
    headers = {}
    if len(listed) > size:
        kept = f"per_page={size}" + ("" if wanted is None else f"&status={wanted}")
        following = f"{call.url}?{kept}&cursor=v1_{listed[size - 1].id}"
        headers["Link"] = f'<{following}>; rel="next"'
    return Answer(200, [_item(one) for one in listed[:size]], headers)


@table.add(r"GET /app/hook/deliveries/{delivery_id:\d+}", {200: "HookDelivery"}, is_for_app=True)
def show_delivery(call: Call) -> Answer:
    """Show one delivery with everything that went over the wire."""
    found = _delivery(call)
    last = found.delivery.attempts[-1]
    extra = {
        "url": call.site.hooks.url,
        "request": {"headers": dict(found.headers), "payload": found.payload},
        "response": {"headers": dict(last.response_headers), "payload": last.response_body},
    }
    return Answer(200, _item(found) | extra)


@table.add(
    r"POST /app/hook/deliveries/{delivery_id:\d+}/attempts",
    {202: "AppHookDeliveriesDeliveryIdAttemptsPostResponse202"},
    is_for_app=True,
)
def redeliver(call: Call) -> Answer:
    """Send a delivery again, under the same guid."""
    call.site.hooks.redeliver(_delivery(call))
    return Answer(202, {})


def _delivery(call: Call) -> HookDelivery:
    wanted = int(call.parameters["delivery_id"])
    for one in call.site.hooks.listed():
        if one.id == wanted:
            return one
    raise not_found()


def _id_in(cursor: str) -> int:
    version, _, number = cursor.partition("_")
    if version != "v1" or not number.isdecimal():
        raise RefusalError(400, "Invalid cursor")
    return int(number)


def _item(one: HookDelivery) -> dict[str, Any]:
    last = one.delivery.attempts[-1]
    return {
        "id": one.id,
        "guid": one.guid,
        "delivered_at": instant(last.sent_at),
        "redelivery": one.is_redelivery,
        "duration": round(last.duration_seconds, 2),
        "status": one.status,
        "status_code": one.status_code,
        "event": one.event,
        "action": one.action,
        "installation_id": one.installation_id,
        "repository_id": one.repository_id,
        "throttled_at": None,
    }
