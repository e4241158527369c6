"""What a ticket sees around it: the helpers in force, how busy they are, and who has a break."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.adoption import PolicyState
from app.domain.effects import Assign, React, Reaction
from app.domain.events import HelperAssigned, HelperWentOff
from app.domain.ids import RepositoryId, UserId
from app.domain.tickets.decision import Around
from app.services.around import around
from app.store.engine import Database
from tests.domain.policies import edited
from tests.services.desk import REPOSITORY, THREAD, USERS, Desk, message, payment

THREE = edited(
    ("  - {login: grace,", "  - {login: nobody, class: core}\n  - {login: grace,"),
    ("assignment: rotate", "assignment: topics"),
)


async def look(desk: Desk) -> Around:
    ticket, context = await desk.ticket(), desk.context()
    # It may meet a helper for the first time, so it writes.
    return await desk.database.in_transaction(lambda session: around(session, ticket, context))


async def asked(desk: Desk) -> list[str]:
    return [each.login for each in await desk.orders(Assign)]


async def test_helpers_are_those_of_the_file_whose_accounts_are_known(desk: Desk) -> None:
    await desk.adopts(THREE)
    await desk.handles(message("carol", "/support"))
    seen = await look(desk)
    assert [each.candidate.login for each in seen.nominees] == ["Ada", "grace"]
    assert seen.topics == frozenset()  # nothing in the issue names one


async def test_topics_of_the_issue_matter_where_the_file_says_so(desk: Desk) -> None:
    about = edited(
        ("topics: [networking]", "topics: [how, networking]"),
        ("assignment: rotate", "assignment: topics"),
    )
    await desk.adopts(about)
    await desk.handles(message("carol", "/support"))
    assert (await look(desk)).topics == {"how"}


async def test_the_file_calls_no_helper_by_a_login_that_is_older_than_what_we_know(
    desk: Desk,
) -> None:
    await desk.sells("carol")
    sold = await desk.ticket()
    learnt = HelperAssigned(
        ticket=sold.id, user=UserId(USERS["ada"]), is_assigned=True, login="lovelace"
    )
    await desk.handles(learnt)
    for _ in range(2):  # to look around changes nothing of it
        seen = await look(desk)
        assert [each.helper.person.login for each in seen.nominees] == ["lovelace", "grace"]
        assert [each.candidate.login for each in seen.nominees] == ["lovelace", "grace"]
        assert [each.named for each in seen.nominees] == ["Ada", "grace"]
    assert (await desk.ticket()).asked[-1].helper.person.login == "lovelace"
    assert {each.login for each in seen.people} == {"carol", "lovelace"}


async def test_without_a_file_there_is_nobody(desk: Desk) -> None:
    await desk.opens("carol")
    await desk.adopts(None, PolicyState.MISSING)
    assert (await look(desk)).nominees == ()


async def test_who_is_busy_is_seen_to_be(desk: Desk) -> None:
    sold = await desk.sells("carol")
    seen = await look(desk)
    loads = {each.candidate.login: each.candidate.open_tickets for each in seen.nominees}
    assert loads == {"Ada": 1, "grace": 0}
    assert sold.asked[-1].helper.person.login == "Ada"


async def test_a_helper_who_takes_a_break_is_asked_no_more_until_it_is_over(desk: Desk) -> None:
    await desk.adopts()
    await desk.handles(message("ada", "/support off 3d"))
    await desk.handles(message("carol", "/support"))
    await desk.handles(payment(await desk.ticket()))
    assert await asked(desk) == ["grace"]
    desk.now += timedelta(days=3, minutes=1)
    assert not any(each.candidate.is_off for each in (await look(desk)).nominees)


async def test_what_they_were_asked_for_passes_on(desk: Desk) -> None:
    await desk.sells("carol")
    assert await asked(desk) == ["Ada"]
    await desk.handles(message("ada", "/support off"))
    passed = [each for each in await desk.follows() if isinstance(each, HelperWentOff)]
    assert len(passed) == 1
    assert (await desk.ticket()).asked[-1].helper.person.login == "grace"


async def test_a_break_in_one_repository_passes_nothing_on_in_another(desk: Desk) -> None:
    await desk.sells("carol")
    other = replace(REPOSITORY, id=RepositoryId(71), name="gears")
    await desk.adopts(repository=other)
    there = replace(THREAD, repository=other.id, issue=701)
    await desk.handles(message("ada", "/support off", thread=there, repository=other))
    assert [each.reaction for each in await desk.orders(React)][-1] is Reaction.TAKEN
    assert not any(isinstance(each, HelperWentOff) for each in await desk.follows())
    assert (await desk.ticket()).asked[-1].helper.person.login == "Ada"


async def test_what_they_have_taken_stays_theirs_and_they_come_back_with_a_word(
    desk: Desk,
) -> None:
    sold = await desk.sells("carol")
    await desk.handles(message("ada", "/support claim"))
    await desk.handles(message("ada", "/support off"))
    await desk.follows()
    helper = (await desk.saved(sold.id)).helper
    assert helper is not None
    assert helper.person.login in {"ada", "Ada"}
    assert {each.candidate.login for each in (await look(desk)).nominees if each.candidate.is_off}
    await desk.handles(message("ada", "/support off 0"))
    assert not any(each.candidate.is_off for each in (await look(desk)).nominees)


async def test_only_helpers_can_be_off(desk: Desk, database: Database) -> None:
    await desk.adopts()
    await desk.handles(message("mallory", "/support off"))
    assert [each.reaction for each in await desk.orders(React)] == [Reaction.REFUSED]
