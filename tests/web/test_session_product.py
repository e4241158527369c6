"""Signing in to the whole product: as the rehearsal has it, and where it is not set up."""

from __future__ import annotations

from http.cookies import SimpleCookie

import aiohttp
import pytest

from app.rehearsal.world import Plot, world
from tests.rehearsal.stage.seat import take

CLOSED = {"GITHUB_CLIENT_ID": "", "GITHUB_CLIENT_SECRET": ""}


async def test_who_signs_in_on_the_stage_lands_on_their_tickets(sqlite_url: str) -> None:
    async with take(sqlite_url) as seat, aiohttp.ClientSession() as http:
        product = seat.world.url
        seat.world.github.comment(seat.issue, "/support", by="carol")
        await seat.world.settle()
        async with http.get(f"{product}/login", allow_redirects=False) as sent:
            page, way = sent.headers["Location"], SimpleCookie(sent.headers["Set-Cookie"])
        assert page.startswith(f"{seat.url}/login/oauth/authorize?")
        async with http.post(page, data={"login": "carol"}, allow_redirects=False) as chosen:
            back = chosen.headers["Location"]
        assert back.startswith(f"{product}/login/callback?")
        cookie = {"Cookie": f"__Host-login={way['__Host-login'].value}"}
        async with http.get(back, headers=cookie, allow_redirects=False) as came:
            assert (came.status, came.headers["Location"]) == (303, "/dashboard")
            session = SimpleCookie(came.headers["Set-Cookie"])["__Host-sid"].value
        cookie = {"Cookie": f"__Host-sid={session}"}
        async with http.get(f"{product}/dashboard", headers=cookie) as shown:
            text = await shown.text()
        assert seat.issue.title in text.replace("&#39;", "'")
        assert "octo/widgets #1" in text


@pytest.mark.parametrize("path", ["/login", "/dashboard", "/dashboard/70", "/dashboard/find"])
async def test_without_a_client_id_nobody_can_sign_in(sqlite_url: str, path: str) -> None:
    async with (
        world(Plot(database_url=sqlite_url, environment=CLOSED)) as played,
        aiohttp.ClientSession(played.url) as http,
        http.get(path, allow_redirects=False) as answer,
    ):
        assert answer.status == 503
        text = await answer.text()
    assert "Signing in is not set up here" in text
    assert "Your tickets" not in text
