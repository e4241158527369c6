"""The few small files that pages need, read once; a browser keeps each until it changes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

DIGEST_CHARACTERS = 16
KEPT_SECONDS = 365 * 24 * 3600

_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    content_type: str
    digest: str


class Assets:
    """The files of one folder, under addresses that name their content."""

    def __init__(self, folder: Path) -> None:
        self._assets = {
            path.name: _asset(path) for path in folder.iterdir() if path.suffix in _TYPES
        }

    def address(self, name: str) -> str:
        """Give the address of a file as it is now."""
        return f"/static/{name}?v={self._assets[name].digest}"

    async def serve(self, request: web.Request) -> web.Response:
        """Give a file: to keep for good under its own address, to ask for again under another."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        is_named = request.query.get("v") == asset.digest
        kept = f"public, max-age={KEPT_SECONDS}, immutable" if is_named else "no-cache"
        headers = {hdrs.CACHE_CONTROL: kept, hdrs.ETAG: f'"{asset.digest}"'}
        if any(each.value in ("*", asset.digest) for each in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=asset.body, content_type=asset.content_type, charset="utf-8", headers=headers
        )


def _asset(path: Path) -> _Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:DIGEST_CHARACTERS]
    return _Asset(body, _TYPES[path.suffix], digest)
