"""Making an App from a manifest, as a browser and its server do it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from app import manifest
from app.providers.github.register import manifest_of
from app.rehearsal.faults import Faults
from app.rehearsal.github.server import GitHubStandIn
from tests.rehearsal.github.product import Clock

US = "https://support.example.org"
ASKED = manifest_of(manifest.read(), public_url=US, name="Fjord", redirect_url=f"{US}/setup/app")


@pytest.fixture
async def github(clock: Clock) -> AsyncIterator[GitHubStandIn]:
    github = GitHubStandIn(now=clock, faults=Faults(), registration=None)
    await github.start()
    github.add_user("ada")
    yield github
    await github.close()
    assert github.defects == []


async def post(url: str, **form: Any) -> tuple[int, str, str]:
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=form, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text(), answer.headers.get("Location", "")


async def made(github: GitHubStandIn, name: str = "Fjord") -> str:
    """Agree to it, and give the code."""
    form = {"manifest": json.dumps(ASKED), "state": "ours", "owner": "ada", "name": name}
    status, _, place = await post(f"{github.url}/settings/apps", **form)
    assert status == 302
    assert place.startswith(f"{US}/setup/app?")
    query = parse_qs(urlsplit(place).query)
    assert query["state"] == ["ours"]
    return query["code"][0]


async def test_a_code_gives_the_credentials_once(github: GitHubStandIn) -> None:
    code = await made(github)
    status, text, _ = await post(f"{github.url}/app-manifests/{code}/conversions")
    given = json.loads(text)
    assert (status, given["name"], given["id"]) == (201, "Fjord", github.state.app.id)
    assert given["permissions"] == ASKED["default_permissions"]
    assert given["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert github.gate.is_client(given["client_id"], given["client_secret"])
    assert (await post(f"{github.url}/app-manifests/{code}/conversions"))[0] == 404
    assert github.deliveries[0].event == "ping"


async def test_a_code_ends_after_an_hour(github: GitHubStandIn, clock: Clock) -> None:
    code = await made(github)
    clock.forward(hours=1)
    assert (await post(f"{github.url}/app-manifests/{code}/conversions"))[0] == 404


async def test_a_name_is_unique(github: GitHubStandIn) -> None:
    await made(github)
    form = {"manifest": json.dumps(ASKED), "owner": "ada", "name": "fjord"}
    assert (await post(f"{github.url}/settings/apps", **form))[0] == 422


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"colour": "green"}, 422),
        ({"redirect_url": ""}, 422),
        ({"default_events": ["member"]}, 422),
    ],
)
async def test_what_github_would_refuse_is_refused(
    github: GitHubStandIn, change: dict[str, Any], status: int
) -> None:
    form = {"manifest": json.dumps({**ASKED, **change})}
    assert (await post(f"{github.url}/settings/apps/new?state=x", **form))[0] == status


async def test_only_an_organization_that_is_there_gets_one(github: GitHubStandIn) -> None:
    form = {"manifest": json.dumps(ASKED)}
    place = f"{github.url}/organizations/fjord/settings/apps/new"
    assert (await post(place, **form))[0] == 404
    github.add_organization("fjord", owner="ada")
    status, page, _ = await post(place, **form)
    assert status == 200
    assert "Create GitHub App for fjord" in page
