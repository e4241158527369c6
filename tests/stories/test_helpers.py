"""Who is asked, what asking means, and when it passes on."""

from __future__ import annotations

from tests.stories.scene import POLICY, scene


async def test_who_cannot_be_assigned_is_asked_in_a_comment_and_assigned_after_answering(
    database_url: str,
) -> None:
    policy = POLICY.replace("  - {login: ada, class: core, tickets_max: 3}\n", "")
    async with scene(database_url, policy=policy) as s:
        talk = await s.paid()
        assert talk.assignees == []  # grace has never written here, and may not push
        (notice,) = talk.notices("asked")
        assert "@grace, would you take this paid ticket?" in notice
        await talk.says("grace", "Yes, I will have a look.")
        assert talk.state == ("working", "paid")
        assert talk.assignees == ["grace"]
        assert len(talk.notices()) == 1


async def test_who_gives_it_back_makes_room_for_the_next_helper(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        released = await talk.says("ada", "/support release")
        assert talk.signs(released) == ["eyes"]
        assert talk.state == ("queued", "paid")
        assert talk.assignees == []
        assert "Asked:** `grace`" in talk.card
        await talk.says("grace", "/support claim")
        assert talk.assignees == ["grace"]
        await talk.says("grace", "/support release")
        assert talk.state == ("queued", "paid")
        assert talk.assignees == []
        assert "one of the helpers, by `/support claim`" in talk.card  # both were asked
        await talk.says("ada", "/support claim")  # and may still change their minds
        assert talk.state == ("working", "paid")
        assert talk.assignees == ["ada"]


async def test_who_does_not_act_in_time_is_passed_over(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        assert talk.assignees == ["ada"]
        await s.wait(hours=8, minutes=1)
        assert talk.assignees == []
        assert "Asked:** `grace`" in talk.card
        late = await talk.says("ada", "Sorry, I am here now.")
        assert talk.signs(late) == []
        assert talk.state == ("queued", "paid")
        await talk.says("ada", "/support claim")
        assert talk.state == ("working", "paid")
        assert talk.assignees == ["ada"]


async def test_tickets_go_round_and_nobody_gets_more_than_they_take(database_url: str) -> None:
    async with scene(database_url) as s:
        asked: list[str] = []
        for _ in range(5):
            talk = await s.paid()
            asked += [each.helper.person.login for each in (await talk.ticket()).asked]
            await s.wait(minutes=1)
        # grace takes one at a time, ada three; the fifth ticket waits for whoever has room.
        assert asked == ["ada", "grace", "ada", "ada"]
        assert talk.state == ("queued", "paid")
        assert "one of the helpers, by `/support claim`" in talk.card


async def test_the_reason_for_this_helper_stands_on_the_card(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        assert "It is their turn: they have not been asked before." in talk.card


async def test_a_helper_who_was_taken_out_of_the_file_has_no_say_any_more(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await talk.says("ada", "/support claim")
        await s.adopts(POLICY.replace("  - {login: ada, class: core, tickets_max: 3}\n", ""))
        proposal = await talk.says("ada", "/support propose it works now")
        assert talk.signs(proposal) == ["-1"]
        assert talk.state == ("queued", "paid")
        assert "Asked:** `grace`" in talk.card
        assert "ada" not in talk.assignees
        await talk.says("grace", "/support claim")
        await talk.says("grace", "/support propose")
        await s.adopts(POLICY.replace("  - {login: grace, class: community, tickets_max: 1}\n", ""))
        assert talk.state == ("proposed", "paid")  # what was proposed is theirs
        assert "$49.00" in talk.card


async def test_who_was_asked_and_taken_out_of_the_file_cannot_take_it_by_answering(
    either_url: str,
) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await s.adopts(POLICY.replace("  - {login: ada, class: core, tickets_max: 3}\n", ""))
        await talk.says("ada", "I am on it.")
        claim = await talk.says("ada", "/support claim")
        assert talk.signs(claim) == ["-1"]
        assert talk.state == ("queued", "paid")
        assert "Asked:** `grace`" in talk.card


async def test_a_sold_ticket_keeps_its_terms_when_the_file_changes(either_url: str) -> None:
    async with scene(either_url) as s:
        talk = await s.paid()
        await s.adopts(POLICY.replace("price: 49", "price: 99").replace("core: 5%", "core: 50%"))
        await talk.says("ada", "/support claim")
        assert "$49.00" in talk.card
        assert "$44.92 to the helper" in talk.card
        other = await s.asked("dave")
        assert "$99.00" in other.card


async def test_a_faulty_file_changes_nothing_and_a_missing_one_ends_new_offers(
    database_url: str,
) -> None:
    async with scene(database_url) as s:
        await s.adopts(POLICY.replace("version: 1", "version: one"))
        talk = await s.asked()
        assert talk.state == ("offered", "unpaid")
        await s.adopts(POLICY.replace("login: grace", "login: nobody-of-this-name"))
        assert (await s.asked("dave")).state == ("offered", "unpaid")
        await s.adopts(None)
        after = await s.asked("mallory")
        assert after.ours == []
        await talk.says("carol", "/support cancel")  # what was offered can still be stopped
        assert talk.state == ("cancelled", "unpaid")
