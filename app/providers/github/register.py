"""Registering the App at GitHub from its manifest: what is asked for, and what comes back.

A person's browser takes the manifest to GitHub and comes back with a code; for an hour the code is
good, once, for the App's credentials, which GitHub shows nobody again.
https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from app.domain.errors import Refused, Transient
from app.providers.github.plain import Answered, ask, connections

HOOK_PATH: Final = "/hooks/github"
LOGIN_PATH: Final = "/login/callback"
INSTALLED_PATH: Final = "/dashboard"
"""Where GitHub sends whoever has just installed the App: there they see their repositories."""

NAME_CHARACTERS_MAX: Final = 34
"""GitHub takes no longer name for an App."""

ORGANISATION: Final = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
"""What a login at GitHub looks like."""

CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")

TIMEOUT_SECONDS: Final = 20.0


class AnswerLost(Transient):
    """GitHub may have given the credentials, and they did not arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApp:
    """An App that has just been made, with all that it can prove itself by."""

    id: int
    name: str
    html_url: str
    """Where people read about it."""
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    private_key: str = field(repr=False)

    @property
    def install_url(self) -> str:
        """Where it is installed in somebody's repositories."""
        return f"{self.html_url}/installations/new"


def manifest_of(
    template: Mapping[str, Any], *, public_url: str, name: str, redirect_url: str
) -> dict[str, Any]:
    """Fill the manifest of `app.yml` with the addresses of this server.

    ``redirect_url`` is where GitHub sends the browser back to.
    """
    return {
        **template,
        "name": name,
        "url": public_url,
        "hook_attributes": {"url": f"{public_url}{HOOK_PATH}", "active": True},
        "redirect_url": redirect_url,
        "callback_urls": [f"{public_url}{LOGIN_PATH}"],
        "setup_url": f"{public_url}{INSTALLED_PATH}",
    }


def form_address(github_url: str, *, organisation: str, state: str) -> str:
    """Give the page to which a form takes the manifest; no organisation: the person's own App."""
    owner = f"/organizations/{quote(organisation, safe='')}" if organisation else ""
    return f"{github_url}{owner}/settings/apps/new?{urlencode({'state': state})}"


async def convert(code: str, *, api_url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> NewApp:
    """Take the credentials that a code is good for.

    Raises ``AnswerLost`` where nobody knows whether it was taken, ``Refused`` for a code that is
    none (any more), and ``Transient`` where the same code may be tried again.
    """
    async with connections(timeout_seconds) as http:
        try:
            answer = await ask(
                http, "POST", f"{api_url}/app-manifests/{quote(code, safe='')}/conversions"
            )
        except Answered as error:
            raise Refused("GitHub does not take this code any more.") from error
    match answer:
        case {
            "id": int(number),
            "name": str(name),
            "html_url": str(html_url),
            "client_id": str(client_id),
            "client_secret": str(client_secret),
            "webhook_secret": str(webhook_secret),
            "pem": str(private_key),
        } if number > 0:
            return NewApp(
                id=number,
                name=name,
                html_url=html_url,
                client_id=client_id,
                client_secret=client_secret,
                webhook_secret=webhook_secret,
                private_key=private_key,
            )
    raise AnswerLost("GitHub's answer has no credentials in it that we understand.")
