"""A ticket goes on at its own page: the words of people who are signed in, without the thread."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie

import aiohttp

from app.rehearsal.github.roles import Role
from tests.stories.scene import Scene, Talk, scene


@dataclass
class Reader:
    """Somebody at a browser, signed in."""

    scene: Scene
    cookie: str

    async def get(self, path: str) -> tuple[int, str]:
        return await self.asks("GET", path, {})

    async def asks(self, method: str, path: str, form: dict[str, str]) -> tuple[int, str]:
        async with self.scene.http.request(
            method,
            f"{self.scene.world.url}{path}",
            data=form or None,
            headers={"Cookie": f"__Host-sid={self.cookie}"},
            allow_redirects=False,
        ) as answer:
            return answer.status, answer.headers.get("Location") or unescape(await answer.text())

    async def form(self, talk: Talk) -> dict[str, str]:
        """Give the hidden fields of the forms of a page."""
        _, text = await self.get(f"/t/{talk.token}")
        found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', text))
        assert set(found) == {"csrf", "form"}, text
        return found

    async def buttons(self, talk: Talk) -> list[str]:
        status, text = await self.get(f"/t/{talk.token}")
        assert status == 200
        return re.findall(rf'action="/t/{talk.token}/(\w+)"', text)

    async def presses(self, talk: Talk, verb: str, **fields: str) -> tuple[int, str]:
        form = await self.form(talk)
        answer = await self.asks("POST", f"/t/{talk.token}/{verb}", {**form, **fields})
        await self.scene.settle()
        return answer


async def signed_in(s: Scene, login: str) -> Reader:
    """Go to GitHub and come back."""
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        async with http.get(f"{s.world.url}/login", allow_redirects=False) as sent:
            page, way = sent.headers["Location"], SimpleCookie(sent.headers["Set-Cookie"])
        async with http.post(page, data={"login": login}, allow_redirects=False) as chosen:
            back = chosen.headers["Location"]
        cookie = {"Cookie": f"__Host-login={way['__Host-login'].value}"}
        async with http.get(back, headers=cookie, allow_redirects=False) as came:
            lines = came.headers.getall("Set-Cookie")
    session = SimpleCookie("; ".join(line.split(";")[0] for line in lines))
    return Reader(s, session["__Host-sid"].value)


async def test_a_ticket_is_played_to_its_end_without_a_comment(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        ada, carol = await signed_in(s, "ada"), await signed_in(s, "carol")
        reactions = [len(each.reactions) for each in talk.issue.comments]
        assert await ada.buttons(talk) == ["claim", "propose", "release", "transfer"]
        assert (await ada.presses(talk, "claim"))[0] == 303
        assert talk.state == ("working", "paid")
        assert (await ada.presses(talk, "propose", note="Set proxy=on."))[0] == 303
        assert "Set proxy=on." in talk.card
        assert await carol.buttons(talk) == ["accept", "decline", "escalate", "judge"]
        assert (await carol.presses(talk, "decline", why="It fails.\n/support accept"))[0] == 303
        assert talk.state == ("working", "paid")
        assert (await talk.ticket()).declines == ("It fails. /support accept",)
        await ada.presses(talk, "propose")
        assert (await carol.presses(talk, "accept"))[0] == 303
        assert talk.state == ("accepted", "paid")
        assert [len(each.reactions) for each in talk.issue.comments][: len(reactions)] == reactions


async def test_a_maintainer_decides_a_review_there_by_a_fresh_look(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        maintainer, ada = await signed_in(s, "max"), await signed_in(s, "ada")
        await talk.says("ada", "/support claim")
        assert "refund" in await maintainer.buttons(talk)
        assert "refund" not in await ada.buttons(talk)
        status, text = await ada.presses(talk, "refund", why="Mine.")
        assert status == 409
        assert "Only the maintainer of this ticket can do that" in text
        form = await maintainer.form(talk)
        s.github.set_permission(s.repository, "max", Role.WRITE)
        status, text = await maintainer.asks(
            "POST", f"/t/{talk.token}/refund", {**form, "why": "Late."}
        )
        assert status == 409
        assert talk.refunds == []
        s.github.set_permission(s.repository, "max", Role.MAINTAIN)
        again = form | {"form": "1" * 32, "why": "Nobody answered."}
        assert (await maintainer.asks("POST", f"/t/{talk.token}/refund", again))[0] == 303
        await s.settle()
        assert talk.state == ("refunded", "refunded")
        assert len(talk.refunds) == 1


async def test_a_stranger_sees_facts_and_no_buttons(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        talk = await s.paid()
        mallory = await signed_in(s, "mallory")
        assert await mallory.buttons(talk) == []
        _, text = await talk.page("t")
        assert f'href="/login?next=/t/{talk.token}"' in text
        carol = await signed_in(s, "carol")
        form = await carol.form(talk)
        for wrong in ({"csrf": "x"}, {"form": "../.."}):
            status, _ = await carol.asks("POST", f"/t/{talk.token}/cancel", form | wrong)
            assert status in (400, 403)
        status, _ = await mallory.asks("POST", f"/t/{talk.token}/cancel", form)
        assert status == 403, "the token of another session's forms"
        assert talk.state == ("queued", "paid")
        assert (await carol.asks("POST", f"/t/{talk.token}/cancel", form))[0] == 303
        assert (await carol.asks("POST", f"/t/{talk.token}/cancel", form))[0] == 303, "sent twice"
        await s.settle()
        assert talk.state[0] == "cancelled"
        assert len(talk.refunds) == 1
        form |= {"form": "0" * 32}
        status, text = await carol.asks("POST", f"/t/{talk.token}/cancel", form)
        assert (status, "This ticket is over" in text) == (409, True)


async def test_names_of_a_private_repository_are_for_who_may_read_it(sqlite_url: str) -> None:
    async with scene(sqlite_url, is_private=True) as s:
        talk = await s.asked()
        carol, mallory = await signed_in(s, "carol"), await signed_in(s, "mallory")
        s.github.set_permission(s.repository, "mallory", Role.NONE)
        assert "octo/widgets" in (await carol.get(f"/t/{talk.token}"))[1]
        assert "octo" not in (await mallory.get(f"/t/{talk.token}"))[1]
