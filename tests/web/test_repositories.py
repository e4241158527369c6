"""The page of a repository at the edge: who is asked about, how often, and what nobody learns."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlmodel import Session
from structlog.testing import capture_logs

from app.domain.adoption import PolicyState
from app.domain.checks import Check, Conclusion
from app.domain.deliveries import Provider
from app.domain.errors import Postpone, Refused, Transient
from app.domain.events import RepositorySeen
from app.domain.ids import InstallationId, RepositoryId
from app.domain.people import Identity, Permission
from app.store import installations, policies
from app.store.engine import Database
from app.store.policies import Reading
from app.web import repositories
from tests.domain.policies import TEXT
from tests.web.people import Browser, House, house
from tests.web.samples import NOW

OWN, PRIVATE = 70, 71
NOWHERE = (72, 999_999_999_999_999_999)


@pytest.fixture
async def home(sqlite: Database) -> AsyncIterator[House]:
    async with house(sqlite) as opened:
        await sqlite.in_transaction(known)
        yield opened


def known(session: Session) -> None:
    """Have a repository with a file that waits, a private one, and one that the App has left."""
    for number, installation in ((OWN, 5), (PRIVATE, 5), (72, None)):
        seen = RepositorySeen(
            id=RepositoryId(number),
            owner="octo",
            name=f"widgets-{number}",
            is_private=number == PRIVATE,
        )
        place = None if installation is None else InstallationId(installation)
        installations.save_repository(session, seen, place, now=NOW)
        waiting = Reading(
            repository=seen.id,
            state=PolicyState.PENDING,
            path=".github/support.yml",
            commit="c" * 40,
            blob="b",
            text=TEXT.encode(),
        )
        policies.record(session, waiting, now=NOW)
        told = Check(
            conclusion=Conclusion.ACTION_REQUIRED, title="It waits", summary="Two", text="Three"
        )
        policies.tell(session, seen.id, told)


@pytest.fixture
async def carol(home: House) -> Browser:
    browser = home.browser()
    await browser.signs_in()
    return browser


async def brought_a_file(home: House) -> None:
    """Let carol be known as somebody who brought the files."""
    number = home.github.state.account("carol").id
    by = Identity(provider=Provider.GITHUB, external_id=str(number), login="carol")

    def run(session: Session) -> None:
        for repository in (OWN, PRIVATE):
            row = Reading(
                repository=RepositoryId(repository), state=PolicyState.FAULTY, text=b"x", by=by
            )
            policies.record(session, row, now=NOW)

    await home.database.in_transaction(run)


@pytest.mark.parametrize("permission", [Permission.MAINTAIN, Permission.ADMIN])
async def test_it_is_for_whoever_may_decide_now(
    home: House, carol: Browser, permission: Permission
) -> None:
    home.permission = permission
    for times in (1, 2, 3):
        seen = await carol.get(f"/dashboard/{OWN}")
        assert (seen.status, "A change waits" in seen.text or "The file waits" in seen.text) == (
            200,
            True,
        )
        assert len(home.asked) == times, "GitHub is asked each time"
    home.permission = Permission.WRITE
    assert (await carol.get(f"/dashboard/{OWN}")).status == 404


@pytest.mark.parametrize(
    "answer",
    [*(each for each in Permission if not each.is_maintainer_of_money), Refused("Gone.")],
)
async def test_for_others_it_is_as_if_there_were_no_such_repository(
    home: House, carol: Browser, answer: Permission | Exception
) -> None:
    home.permission = answer
    nothing = [await carol.get(f"/dashboard/{number}") for number in NOWHERE]
    assert home.asked == []
    for number in (OWN, PRIVATE):
        seen = await carol.get(f"/dashboard/{number}")
        assert [(each.status, each.text) for each in nothing] == [(404, seen.text)] * 2
        changing = {"X-Request-ID", "Date"}
        told = {name: words for name, words in seen.headers.items() if name not in changing}
        assert told.items() <= nothing[0].headers.items()
        assert told.keys() | changing == nothing[0].headers.keys()


async def test_while_github_is_away_nobody_learns_where_the_app_is(
    home: House, carol: Browser
) -> None:
    for trouble in (Transient("GitHub is away."), Postpone("It is not our turn.", seconds=60)):
        home.permission = trouble
        nothing = await carol.get(f"/dashboard/{NOWHERE[0]}")
        seen = await carol.get(f"/dashboard/{PRIVATE}")
        assert (seen.status, seen.text) == (404, nothing.text)
        found, nobody = [
            await carol.get(f"/dashboard/find?name=octo/{name}")
            for name in (f"widgets-{PRIVATE}", "nothing")
        ]
        assert (found.status, found.text) == (404, nobody.text)
    await brought_a_file(home)
    seen = await carol.get(f"/dashboard/{PRIVATE}")
    assert (seen.status, "GitHub does not answer" in seen.text) == (503, True)
    assert seen.headers["Retry-After"] == "60"
    assert f"widgets-{PRIVATE}" not in seen.text
    csrf = (await carol.get("/dashboard")).csrf
    form = {"csrf": csrf, "form": "0" * 32, "commit": "c" * 40}
    seen = await carol.post(f"/dashboard/{PRIVATE}/confirm", form)
    assert (seen.status, "Nothing has happened" in seen.text) == (503, True)


async def test_a_stranger_uses_up_nothing_of_what_github_lets_us_ask(
    home: House, carol: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert (await carol.get(f"/dashboard/{OWN}")).status == 404
        await carol.get(f"/dashboard/find?name=octo/widgets-{OWN}")
    assert len(home.asked) == 1


async def test_one_person_looks_so_often_and_no_more(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repositories, "LOOKS_MAX", 3)
    async with house(sqlite) as home:
        await sqlite.in_transaction(known)
        carol, phone, ada = home.browser(), home.browser(), home.browser()
        for browser, login in ((carol, "carol"), (phone, "carol"), (ada, "ada")):
            await browser.signs_in(login)
        home.permission = Permission.ADMIN
        assert (await carol.get(f"/dashboard/{OWN}")).status == 200
        assert (await phone.get(f"/dashboard/{OWN}")).status == 200
        assert (await phone.get(f"/dashboard/find?name=octo/widgets-{OWN}")).status == 303
        seen = await carol.get(f"/dashboard/{OWN}")
        assert (seen.status, seen.headers["Retry-After"]) == (429, "60")
        assert (await ada.get(f"/dashboard/{OWN}")).status == 200
        assert len(home.asked) == 4


async def test_no_number_breaks_anything(home: House, carol: Browser) -> None:
    home.permission = Permission.ADMIN
    for path in ("0", "-1", "70x", "9" * 19, "9" * 40, "%37%30%00", "٧٠", "70/"):
        assert (await carol.get(f"/dashboard/{path}")).status == 404


async def test_a_list_names_what_somebody_may_decide_on_and_says_if_more_may_come(
    home: House, carol: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repositories, "LIST_SECONDS_MAX", 0.1)
    await brought_a_file(home)
    for away in ({PRIVATE: Transient("GitHub is away.")}, {}):
        home.permission = {OWN: Permission.ADMIN, **away}
        seen = await carol.get("/dashboard")
        assert f'href="/dashboard/{OWN}">octo/widgets-{OWN}<' in seen.text
        assert f"widgets-{PRIVATE}" not in seen.text
        assert "GitHub did not answer for all of them" in seen.text
    home.permission = {OWN: Permission.ADMIN, PRIVATE: Permission.WRITE}
    seen = await carol.get("/dashboard")
    assert f"widgets-{PRIVATE}" not in seen.text
    assert "GitHub did not answer" not in seen.text


async def test_a_word_that_takes_long_is_waited_for_by_the_page(
    home: House, carol: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repositories, "WAIT_SECONDS_MAX", 0.1)
    home.permission = Permission.MAINTAIN
    page = await carol.get(f"/dashboard/{OWN}")
    form = {"csrf": page.csrf, "form": "0" * 32, "commit": "c" * 40}
    with capture_logs() as logs:
        sent = await carol.post(f"/dashboard/{OWN}/confirm", form)
        await carol.get(f"/dashboard/{NOWHERE[0]}")
    assert [(log["event"], log["repository"]) for log in logs] == [
        ("a file was confirmed", OWN),
        ("a repository was refused", NOWHERE[0]),
    ]
    assert (sent.status, sent.place) == (303, f"/dashboard/{OWN}?form={'0' * 32}")
    seen = await carol.get(sent.place)
    assert "Your word is on its way" in seen.text
    assert seen.headers["Refresh"] == "3"
    assert "Confirm this file" not in seen.text
    other = await carol.get(f"/dashboard/{OWN}?form={'1' * 32}")
    assert "Your word" not in other.text.replace("Your word</h2>", "")
    assert "Refresh" not in other.headers


async def test_what_stands_in_a_file_is_never_markup(home: House, carol: Browser) -> None:
    home.permission = Permission.ADMIN
    hostile = "<script>alert(1)</script> ![x](https://evil.example/x) [y](javascript:z) <b>b"

    def run(session: Session) -> None:
        told = Check(
            conclusion=Conclusion.ACTION_REQUIRED, title="It", summary=hostile, text=hostile
        )
        policies.tell(session, RepositoryId(OWN), told)
        row = installations.repository(session, RepositoryId(OWN))
        assert row is not None
        named = RepositorySeen(id=row.id, owner='"><script>', name="<img src=x>", is_private=False)
        installations.save_repository(session, named, row.installation, now=NOW)

    await home.database.in_transaction(run)
    for path in (f"/dashboard/{OWN}", "/dashboard/find?name=<script>x</script>"):
        text = (await carol.get(path)).text
        assert "<script" not in text
        assert "<img src=x" not in text
        assert "evil.example/x" not in text.replace("![x](https://evil.example/x)", "")
        assert 'href="javascript' not in text


async def test_the_form_says_which_commit_was_shown(home: House, carol: Browser) -> None:
    home.permission = Permission.ADMIN
    page = await carol.get(f"/dashboard/{OWN}")
    assert f'name="commit" value="{"c" * 40}"' in page.text
    newer = replace(
        Reading(repository=RepositoryId(OWN), state=PolicyState.PENDING, text=b"y"),
        commit="d" * 40,
        path=".github/support.yml",
    )
    await home.database.in_transaction(lambda session: policies.record(session, newer, now=NOW))
    form = {"csrf": page.csrf, "form": "0" * 32, "commit": "c" * 40}
    seen = await carol.post(f"/dashboard/{OWN}/confirm", form)
    assert (seen.status, "The file has changed since" in seen.text) == (409, True)
    for missing in ("commit", "form"):
        less = {name: value for name, value in form.items() if name != missing}
        assert (await carol.post(f"/dashboard/{OWN}/confirm", less)).status in (400, 409)
