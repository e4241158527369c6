"""The page of one repository: a maintainer sees what waits and why nothing is sold, and confirms.

For anybody else there is no such page.
"""

from __future__ import annotations

import re
from html import unescape

import pytest

from app.domain.events import ConfirmationGiven
from app.domain.policy import SupportPolicy, parse
from app.rehearsal.faults import Fault, Faults
from app.rehearsal.github.roles import Role
from app.rehearsal.github.state import Repository
from app.store.events import EVENTS
from tests.stories.scene import POLICY, Scene, scene
from tests.stories.test_desk import Reader, signed_in
from tests.stories.test_support_file import (
    BROKEN,
    DEARER,
    HELD_BY_OTHERS,
    PATH,
    RAISED,
    check,
    core_share,
    pushes,
    runs,
)

WORKFLOW = {".github/workflows/support.yml": "uses: dessant/support-requests@v4\n"}


def address(repository: Repository) -> str:
    return f"/dashboard/{repository.id}"


def plain(text: str) -> str:
    """Give what a person reads, in one line: of a page, or of a check run's Markdown."""
    flat = re.sub(r"<[^>]*>|[*`#|]|^\d+\.|^- |---", " ", unescape(text), flags=re.MULTILINE)
    return " ".join(flat.split())


async def look(reader: Reader, s: Scene) -> str:
    status, text = await reader.get(address(s.repository))
    assert status == 200, text
    return plain(text)


async def form_of(reader: Reader, s: Scene) -> dict[str, str]:
    """Give the hidden fields of the button."""
    _, text = await reader.get(address(s.repository))
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', text))
    assert set(found) == {"csrf", "form", "commit"}, text
    return found


async def confirms(reader: Reader, s: Scene, form: dict[str, str]) -> tuple[int, str]:
    answer = await reader.asks("POST", f"{address(s.repository)}/confirm", form)
    await s.settle()
    return answer


async def words_given(s: Scene) -> int:
    """Count the confirmations that were ever given."""
    own = EVENTS.table
    statement = own.select().where(own.c.kind == ConfirmationGiven.__name__)
    return await s.database.reading(
        lambda session: len(session.connection().execute(statement).all())
    )


async def test_the_button_does_what_the_one_on_the_check_run_does(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        commit = await pushes(s, RAISED, "ada")
        maintainer = await signed_in(s, "max")
        shown, said = await look(maintainer, s), check(s).output
        for part in (said["summary"], said["text"]):
            for line in filter(None, map(plain, str(part).splitlines())):
                assert line in shown
        assert "the repository gets 0% instead of 5%" in shown
        assert "What is in force" in shown
        form = await form_of(maintainer, s)
        assert form["commit"] == commit == check(s).head_sha

        status, place = await confirms(maintainer, s, form)
        assert (status, place) == (303, f"{address(s.repository)}?form={form['form']}")
        assert "Confirmed. This file is in force." in plain((await maintainer.get(place))[1])
        assert [run.conclusion for run in runs(s, commit)] == ["success"]
        assert "Confirmed by `max`" in str(check(s).output["summary"])
        assert await core_share(s) == 0
        assert (await talk.ticket()).terms.plans[0].share("core").repository_bp == 500
        after = await look(maintainer, s)
        assert "The file is in force" in after
        assert f"Commit {commit[:7]} Since 24 Nov 2026, 09:00 UTC, by max" in after
        assert "Confirm this file" not in after

        assert (await confirms(maintainer, s, form))[0] == 303, "the same form once more"
        status, text = await confirms(maintainer, s, form | {"form": "1" * 32})
        assert (status, "Nothing waits here any more" in text) == (409, True)
        assert await words_given(s) == 1


async def test_what_was_not_shown_is_not_confirmed(either_url: str) -> None:
    async with scene(either_url) as s:
        await pushes(s, RAISED, "ada")
        maintainer = await signed_in(s, "max")
        form = await form_of(maintainer, s)
        newer = await pushes(s, RAISED.replace("price: 49,", "price: 59,"), "ada")
        status, text = await confirms(maintainer, s, form)
        assert (status, "The file has changed since" in text) == (409, True)
        assert f'value="{newer}"' in text, "the newer one can be confirmed from there"
        assert await words_given(s) == 0
        assert check(s).conclusion == "action_required"
        assert await core_share(s) == 500


async def test_a_push_that_nobody_has_heard_of_is_not_confirmed_either(sqlite_url: str) -> None:
    async with scene(sqlite_url, faults=Faults(reorder_seconds=10)) as s:
        await pushes(s, RAISED, "ada")
        maintainer = await signed_in(s, "max")
        form = await form_of(maintainer, s)
        s.world.faults.once(Fault.REORDER, path="push")
        s.github.push(s.repository, {PATH: RAISED.replace("price: 49,", "price: 59,")}, by="ada")
        status, place = await maintainer.asks("POST", f"{address(s.repository)}/confirm", form)
        assert status == 303
        assert "Your word came, and did not settle it" in plain((await maintainer.get(place))[1])
        await s.settle()
        assert await core_share(s) == 500
        assert "A change waits for your word" in await look(maintainer, s)


async def test_for_anybody_else_there_is_no_such_page(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, RAISED, "ada")
        own, unknown = address(s.repository), "/dashboard/4711"
        maintainer, ada, mallory = [await signed_in(s, who) for who in ("max", "ada", "mallory")]
        form, (_, nothing) = await form_of(maintainer, s), await mallory.get(unknown)
        for reader in (ada, mallory):
            assert await reader.get(own) == (404, nothing)
            _, text = await reader.get("/dashboard")
            csrf = dict(re.findall(r'name="(csrf)" value="([^"]+)"', text))
            status, text = await confirms(reader, s, form | csrf)
            assert (status, text) == (404, nothing)
            status, text = await confirms(reader, s, form)
            assert status == 403, "the token of another session's forms"
        for wrong, expected in (({"csrf": "x"}, 403), ({"form": "../.."}, 400)):
            assert (await confirms(maintainer, s, form | wrong))[0] == expected
        assert (await maintainer.get(f"{own}/confirm"))[0] == 405

        other = s.github.create_repository("octo", "gadgets", files={PATH: POLICY})
        s.github.set_permission(other, "ada", Role.WRITE)
        s.github.push(other, {PATH: RAISED}, by="ada")
        await s.settle()
        form |= {"form": "2" * 32, "commit": other.branches["main"]}
        answer = await maintainer.asks("POST", f"{address(other)}/confirm", form)
        assert answer == (404, nothing), "it is another repository, of which max is nothing"
        assert await words_given(s) == 0
        assert await core_share(s) == 500


async def test_who_was_a_maintainer_a_moment_ago_confirms_nothing(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, RAISED, "ada")
        maintainer = await signed_in(s, "max")
        form = await form_of(maintainer, s)
        s.github.set_permission(s.repository, "max", Role.WRITE)
        assert (await confirms(maintainer, s, form))[0] == 404
        assert (await maintainer.get(address(s.repository)))[0] == 404
        assert await words_given(s) == 0
        assert await core_share(s) == 500


async def test_who_is_signed_out_signs_in_and_comes_back(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        nobody = Reader(s, "")
        for path in (address(s.repository), "/dashboard/4711", "/dashboard/find?name=octo/widgets"):
            status, place = await nobody.get(path)
            assert status == 303
            assert place.startswith("/login?next=%2Fdashboard%2F")
        assert (await nobody.asks("POST", f"{address(s.repository)}/confirm", {"a": "b"}))[0] == 403


@pytest.mark.parametrize(
    ("text", "title", "told", "where"),
    [
        (None, "There is no file", "Commit .github/support.yml", "new/main?filename=.github%2Fs"),
        ("", "The file is empty", "write ours to .github/paid-support.yml", f"edit/main/{PATH}"),
        (
            HELD_BY_OTHERS,
            "Another app has this file",
            "that one is read first",
            "new/main?filename=",
        ),
        ("hello: world\n", "The file is not one for Mainstay", "begin it with version: 1", "new/"),
    ],
    ids=["missing", "empty", "foreign", "strange"],
)
async def test_the_installer_sees_why_nothing_is_sold_and_what_to_do(
    sqlite_url: str, text: str | None, title: str, told: str, where: str
) -> None:
    async with scene(sqlite_url, policy=text, files=WORKFLOW) as s:
        octo = await signed_in(s, "octo")
        shown = await look(octo, s)
        assert title in shown
        assert told in shown
        assert "runs dessant/support-requests" in shown
        _, page = await octo.get(address(s.repository))
        assert f'href="{s.github.html_url_base}/octo/widgets/{where}' in page
        (example,) = re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
        assert "login: octo" in example
        good = parse(example.encode(), currencies_settled=("usd",))
        assert isinstance(good, SupportPolicy), "the file to begin with is a good one"
        assert title in plain((await octo.get("/dashboard"))[1])
        await pushes(s, example, "octo", ".github/paid-support.yml")
        assert "The file is in force" in await look(octo, s)


async def test_faults_are_shown_beside_what_stays_in_force(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        await pushes(s, BROKEN, "ada")
        shown = await look(await signed_in(s, "max"), s)
        assert "The newest file has faults" in shown
        assert "Line 8, column 1" in shown
        assert "Did you mean split?" in shown
        assert "What is in force" in shown
        await pushes(s, None, "octo")
        await pushes(s, BROKEN, "octo")
        assert "nothing is offered here yet" in await look(await signed_in(s, "max"), s)


async def test_a_new_owner_is_asked_on_the_page_too(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        s.github.add_user("olga")
        s.github.install_app("olga")
        s.github.transfer_repository(s.repository, "olga", by="octo")
        await s.settle()
        octo, olga = await signed_in(s, "octo"), await signed_in(s, "olga")
        assert (await octo.get(address(s.repository)))[0] == 404
        shown = await look(olga, s)
        assert "A new owner, and a file to agree to" in shown
        assert "The repository has a new owner since" in shown
        assert "olga/widgets" in plain((await olga.get("/dashboard"))[1])
        assert (await confirms(olga, s, await form_of(olga, s)))[0] == 303
        shown = await look(olga, s)
        assert "owner" not in shown.replace("whoever owns", "")
        assert ", by olga" in shown
        assert (await s.asked("dave")).state == ("offered", "unpaid")


async def test_the_page_says_what_else_stands_in_the_way(sqlite_url: str) -> None:
    async with scene(sqlite_url) as s:
        octo = await signed_in(s, "octo")
        s.github.set_visibility(s.repository, is_private=True, by="octo")
        s.github.set_archived(s.repository, is_archived=True, by="octo")
        await s.settle()
        shown = await look(octo, s)
        assert "This repository is private" in shown
        assert "This repository is archived" in shown
        s.github.suspend_app(s.installation)
        await s.settle()
        assert (await octo.get(address(s.repository)))[0] == 404, "nobody says who they are there"


async def test_projects_are_listed_for_whoever_may_decide_there(sqlite_url: str) -> None:
    async with scene(sqlite_url, is_private=True) as s:
        await pushes(s, DEARER, "ada")
        octo, maintainer, ada = [await signed_in(s, who) for who in ("octo", "max", "ada")]
        assert "octo/widgets A change waits for your word" in plain(
            (await octo.get("/dashboard"))[1]
        ), "who installed the App"
        for reader in (maintainer, ada):
            assert "octo/widgets" not in plain((await reader.get("/dashboard"))[1])
        find = "/dashboard/find?name="
        for name in ("octo/widgets", "OCTO/Widgets", f"{s.github.html_url_base}/octo/widgets/"):
            assert await maintainer.get(find + name) == (303, address(s.repository))
        _, nothing = await ada.get(f"{find}octo/nothing")
        status, text = await ada.get(f"{find}octo/widgets")
        without = [re.sub(r'(csrf" value=")[^"]+', "", each) for each in (text, nothing)]
        assert (status, without[0]) == (404, without[1])
        assert (await ada.get(find))[0] == 404
        await confirms(maintainer, s, await form_of(maintainer, s))
        assert "octo/widgets" in plain((await maintainer.get("/dashboard"))[1])
        assert "octo/widgets" not in plain((await ada.get("/dashboard"))[1]), "she may push"
