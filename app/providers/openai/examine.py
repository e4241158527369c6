"""Whether the model's server answers, and has our model: what the doctor looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from app.domain.errors import Refused
from app.domain.findings import Finding, fault, note, ok
from app.providers.rooms import Check

if TYPE_CHECKING:
    from app.providers.openai.client import Client

TIMEOUT_SECONDS: Final = 8.0
MODELS_SHOWN_MAX: Final = 5


class Examination:
    """One question to the model's server, which costs nothing."""

    def __init__(self, *, api_key: str, base_url: str, model: str) -> None:
        self._api_key = api_key
        self._base_url = base_url
        self._model = model

    def checks(self) -> Sequence[Check]:
        """Give what is to be looked at."""
        return (Check("model", self._offered),)

    async def _offered(self) -> Finding:
        make = await asyncio.to_thread(_load)
        client = make(
            api_key=self._api_key, base_url=self._base_url, timeout_seconds=TIMEOUT_SECONDS
        )
        try:
            listed = await client.ask(lambda api: api.models.with_streaming_response.list())
        except Refused as error:
            if "(404" in str(error):
                return note("The model's server answers, and does not say which models it has.")
            return fault(f"No draft can be made: {error}", "check OPENAI_API_KEY.")
        finally:
            await client.close()
        names = [str(each.get("id")) for each in listed.get("data") or ()]
        if self._model not in names:
            some = ", ".join(names[:MODELS_SHOWN_MAX]) or "none"
            return fault(
                f"The model's server has no model {self._model}.",
                f"set OPENAI_MODEL to one that it has, among them: {some}.",
            )
        return ok(f"The model {self._model} is there.")


def _load() -> type[Client]:
    from app.providers.openai.client import Client

    return Client
