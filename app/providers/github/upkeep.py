"""The App's own housekeeping: deliveries that GitHub could not hand over, and asking for them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, Final

from app.domain.effects import ListLostDeliveries, Redeliver
from app.domain.events import LostDeliveriesListed, LostDelivery
from app.providers.github.client import Client

PAGES_MAX: Final = 50
"""Of a hundred deliveries each; what is older is found by the next look, once these are healed."""

LOST_MAX: Final = 500
"""The oldest come first; the rest is found by the next look."""


async def list_lost(client: Client, effect: ListLostDeliveries) -> LostDeliveriesListed:
    """List the deliveries of which no attempt went well, the oldest first.

    GitHub never redelivers by itself. A redelivery is listed like the first attempt, under an id of
    its own and the same guid.
    """
    if not await _has_failures(client, effect):
        return LostDeliveriesListed(lost=())
    attempts: defaultdict[str, list[Any]] = defaultdict(list)
    pages = 0
    async for page in client.pages(None, "app/hook/deliveries?per_page=100"):
        for one in page:
            if _at(one) >= effect.since:
                attempts[one["guid"]].append(one)
        pages += 1
        if pages == PAGES_MAX or not page or _at(page[-1]) < effect.since:
            break
    newest = [
        max(of_one, key=_order)
        for of_one in attempts.values()
        if not any(map(_is_good, of_one)) and max(map(_at, of_one)) <= effect.until
    ]
    newest.sort(key=_order)
    lost = tuple(LostDelivery(id=one["id"], guid=one["guid"]) for one in newest[:LOST_MAX])
    return LostDeliveriesListed(lost=lost)


async def _has_failures(client: Client, effect: ListLostDeliveries) -> bool:
    """Say whether any attempt failed: nearly always none did, and then one request is enough."""
    page = await client.get(None, "app/hook/deliveries?status=failure&per_page=1")
    return any(_at(one) >= effect.since for one in page)


async def redeliver(client: Client, effect: Redeliver) -> None:
    """Ask for one of them again; what comes twice is stored once."""
    path = f"app/hook/deliveries/{effect.delivery}/attempts"
    await client.post(None, path, is_repeatable=True)


def _at(delivery: Any) -> datetime:
    return datetime.fromisoformat(delivery["delivered_at"])


def _order(delivery: Any) -> tuple[datetime, int]:
    return _at(delivery), delivery["id"]  # instants have whole seconds, and ids grow


def _is_good(delivery: Any) -> bool:
    status: int = delivery["status_code"]
    return delivery["status"] == "OK" or 200 <= status < 300
