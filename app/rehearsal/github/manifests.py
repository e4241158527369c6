"""Making an App from a manifest: the page on which a person agrees, and the code that he gets.

These are pages of GitHub's and no part of its API; what the code is good for is in
`routes/manifests.py`. The person may still change the name, which is unique on all of GitHub.
https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.rehearsal.github.auth import Gate, key_pair
from app.rehearsal.github.conversions import Conversion
from app.rehearsal.github.hooks import PERMISSION_OF_EVENT
from app.rehearsal.github.oauth import OAuth
from app.rehearsal.github.site import Site
from app.rehearsal.github.state import Account, App

PREFIXES: Final = ("/settings/apps", "/organizations/")
"""Where people look at pages, and no product asks."""

CODE_LIFETIME: Final = timedelta(hours=1)
NAME_CHARACTERS_MAX: Final = 34
KEYS: Final = frozenset(
    {"name", "url", "hook_attributes", "redirect_url", "callback_urls", "setup_url", "description"}
    | {"public", "default_events", "default_permissions", "request_oauth_on_install"}
    | {"setup_on_update"}
)
"""What a manifest may say."""

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)


class Manifests:
    """GitHub's half of making an App; the new one takes the place of any other here."""

    def __init__(self, site: Site, gate: Gate, oauth: OAuth) -> None:
        self._site = site
        self._gate = gate
        self._oauth = oauth

    def routes(self) -> list[web.RouteDef]:
        """Give the pages."""
        return [
            web.post("/settings/apps/new", self.show),
            web.post("/organizations/{organisation}/settings/apps/new", self.show),
            web.post("/settings/apps", self.create),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """POST: the page that asks whether to make this App, and under which name."""
        form = await request.post()
        text = str(form.get("manifest", ""))
        manifest = _read(text)
        html = _TEMPLATES.get_template("manifest.html").render(
            manifest=manifest,
            text=text,
            state=request.query.get("state", ""),
            owners=[one.login for one in self._owners(request)],
        )
        return web.Response(text=html, content_type="text/html")

    async def create(self, request: web.Request) -> web.Response:
        """POST: make the App, and send the person back with a code."""
        form = await request.post()
        manifest = _read(str(form.get("manifest", "")))
        owner = self._site.state.account(str(form.get("owner", "")))
        code = self._make(manifest, owner, str(form.get("name", "")))
        query = {"code": code, "state": str(form.get("state", ""))}
        raise web.HTTPFound(
            f"{manifest['redirect_url']}?{urlencode({k: v for k, v in query.items() if v})}"
        )

    def _owners(self, request: web.Request) -> list[Account]:
        state = self._site.state
        login = request.match_info.get("organisation")
        if login is None:
            return [one for one in state.accounts.values() if one.type == "User"]
        found = state.find_account(login)
        if found is None or not found.is_organization:
            raise web.HTTPNotFound(text="There is no such organization.")
        return [found]

    def _make(self, manifest: Mapping[str, Any], owner: Account, name: str) -> str:
        state = self._site.state
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        if not slug or len(name) > NAME_CHARACTERS_MAX or state.find_account(f"{slug}[bot]"):
            raise web.HTTPUnprocessableEntity(text="Name is already taken, or is too long.")
        private_pem, public_pem = key_pair()
        conversion = Conversion(
            private_key_pem=private_pem,
            webhook_secret=state.random.randbytes(20).hex(),
            client_secret=state.random.randbytes(20).hex(),
            expires_at=state.now() + CODE_LIFETIME,
        )
        state.register(
            App(
                id=state.next_id("app"),
                slug=slug,
                name=name,
                client_id=f"Iv23li{state.random.randbytes(7).hex()}",
                owner=owner,
                bot=state.add_account(f"{slug}[bot]", "Bot"),
                public_key_pem=public_pem,
                permissions=dict(manifest["default_permissions"]),
                events=tuple(manifest["default_events"]),
                created_at=state.now(),
            )
        )
        self._gate.client_secret = conversion.client_secret
        (self._oauth.registered_callback_url,) = manifest["callback_urls"]
        hook = manifest["hook_attributes"]
        self._site.hooks.register(secret=conversion.webhook_secret, url=hook["url"])
        self._site.hooks.ping()
        code = state.random.randbytes(20).hex()
        state.conversions[code] = conversion
        return code


def _read(text: str) -> Mapping[str, Any]:
    """Read a manifest, or refuse it as GitHub does."""
    try:
        manifest = json.loads(text)
    except ValueError:
        raise web.HTTPBadRequest(text="The manifest is no JSON.") from None
    faults = [f"{key} is not permitted." for key in sorted(manifest.keys() - KEYS)]
    faults += [
        f"{key} wasn't supplied."
        for key in ("name", "url", "redirect_url", "hook_attributes")
        if not manifest.get(key)
    ]
    permissions = manifest.get("default_permissions", {})
    faults += [
        f"Default events unsupported: {event}"
        for event in manifest.get("default_events", ())
        if PERMISSION_OF_EVENT.get(event) not in permissions
    ]
    if faults:
        raise web.HTTPUnprocessableEntity(text="\n".join(faults))
    found: Mapping[str, Any] = manifest
    return found
