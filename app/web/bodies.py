"""Reading what somebody sends, before anybody knows who: bounded each, all together, and in time.

Nothing here is about signatures: whoever wants to fill our memory does not need one.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

from aiohttp import hdrs, web

BODY_BYTES_MAX = 26 * 1024 * 1024
"""GitHub sends at most 25 MB."""

READING_BYTES_MAX = 256 * 1024 * 1024
"""Bytes of all bodies that are being read at one moment."""

READ_SECONDS_MAX = 20.0
"""GitHub waits 10 seconds for its answer, Stripe a little longer."""


class BodyFault(StrEnum):
    """Why a body was not read to its end."""

    TOO_LARGE = "too_large"
    """It is larger than any that we take."""
    TOO_SLOW = "too_slow"
    """It did not come in time."""
    BROKEN = "broken"
    """It is not framed as its headers say."""
    LEFT = "left"
    """Whoever sent it left in the middle."""
    ENCODED = "encoded"
    """It is compressed: nobody signs that, and a small one may unfold to a large one."""
    NO_ROOM = "no_room"
    """So much is being read already that this has to come again."""


class Bodies:
    """Reads bodies; one for each process."""

    def __init__(
        self,
        *,
        body_bytes_max: int = BODY_BYTES_MAX,
        reading_bytes_max: int = READING_BYTES_MAX,
        read_seconds_max: float = READ_SECONDS_MAX,
    ) -> None:
        self._body_bytes_max = body_bytes_max
        self._reading_bytes_max = reading_bytes_max
        self._read_seconds_max = read_seconds_max
        self._reading_bytes = 0

    async def read(self, request: web.Request) -> bytes | BodyFault:
        """Give the whole body, or say why not."""
        if request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower() != "identity":
            return BodyFault.ENCODED
        if (request.content_length or 0) > self._body_bytes_max:
            return BodyFault.TOO_LARGE
        try:
            async with asyncio.timeout(self._read_seconds_max):
                return await self._collect(request)
        except TimeoutError:
            return BodyFault.TOO_SLOW
        except web.RequestPayloadError:
            return BodyFault.BROKEN
        except ConnectionError:
            return BodyFault.LEFT

    async def _collect(self, request: web.Request) -> bytes | BodyFault:
        """Take piece after piece, and count it before it is kept."""
        body = bytearray()
        try:
            while piece := await request.content.readany():
                if len(body) + len(piece) > self._body_bytes_max:
                    return BodyFault.TOO_LARGE
                if self._reading_bytes + len(piece) > self._reading_bytes_max:
                    return BodyFault.NO_ROOM
                self._reading_bytes += len(piece)
                body += piece
            return bytes(body)
        finally:
            self._reading_bytes -= len(body)
