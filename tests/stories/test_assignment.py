"""How a helper is found: by turn, by load, by topic, or by claim; and that the card says why."""

from __future__ import annotations

from tests.stories.scene import POLICY, scene

TOPICS = POLICY.replace("class: core,", "class: core, topics: [Docker, ci],").replace(
    "class: community, tickets_max: 1",
    "class: community, topics: [networking, load balancer]",
)
GRACE_ALONE = POLICY.replace("  - {login: ada, class: core, tickets_max: 3}\n", "").replace(
    "tickets_max: 1", "tickets_max: 9"
)


async def test_whoever_has_the_fewest_open_tickets_is_asked(sqlite_url: str) -> None:
    policy = POLICY.replace("tickets_max: 1", "tickets_max: 9")
    async with scene(sqlite_url, policy=f"{policy}assignment: least_busy\n") as s:
        first = await s.paid()
        assert "**Asked:** `ada`" in first.card
        second = await s.paid()
        assert "**Asked:** `grace`. They have the fewest open tickets: 0." in second.card
        await first.says("ada", "/support claim")
        await first.says("ada", "/support propose done")
        await first.says("carol", "/support accept")
        # By turn it would be ada's; she has none open now, and grace has one.
        third = await s.paid()
        assert "**Asked:** `ada`. They have the fewest open tickets: 0." in third.card


async def test_whoever_knows_about_it_is_asked(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=f"{TOPICS}assignment: topics\n") as s:
        for title, labels, asked in (
            ("It does not start", ("area: networking",), "`grace`. They know about networking."),
            ("The load-balancer hangs", (), "`grace`. They know about load balancer."),
            ("It fails in Docker", ("CI",), "`ada`. They know about Docker and ci."),
            ("It does not start", ("bug",), "`grace`. It is their turn"),
        ):
            talk = await s.opens(title=title, labels=labels)
            await talk.says("carol", "/support")
            await talk.pays()
            assert f"**Asked:** {asked}" in talk.card


async def test_labels_that_come_and_go_later_count_as_they_are(database_url: str) -> None:
    async with scene(database_url, policy=f"{TOPICS}assignment: topics\n") as s:
        first, second = await s.asked(), await s.asked("dave")
        for talk in (first, second):
            s.github.label(talk.issue, "docker", by="max")
            s.github.label(talk.issue, "networking", by="max")
        s.github.unlabel(first.issue, "docker", by="max")
        await s.settle()
        await first.pays()
        assert "**Asked:** `grace`. They know about networking." in first.card
        s.github.unlabel(second.issue, "networking", by="max")
        await s.settle()
        await second.pays()
        assert "**Asked:** `ada`. They know about Docker." in second.card


async def test_where_helpers_claim_nobody_is_asked(sqlite_url: str) -> None:
    async with scene(sqlite_url, policy=f"{POLICY}assignment: claim\n") as s:
        talk = await s.asked()
        assert "Whoever claims it first takes it." in talk.card
        await talk.pays()
        assert talk.state == ("queued", "paid")
        assert talk.assignees == []
        assert "**Asked:** nobody. Here nobody is asked: the first helper who claims" in talk.card
        await talk.says("grace", "Perhaps it is the proxy.")  # nobody asked her
        assert talk.state == ("queued", "paid")
        await talk.says("grace", "/support claim")
        assert talk.state == ("working", "paid")
        late = await talk.says("ada", "/support claim")
        assert talk.signs(late) == ["confused"]
        assert talk.assignees == ["grace"]


async def test_who_never_acts_is_asked_three_times_and_not_again(database_url: str) -> None:
    async with scene(database_url, policy=GRACE_ALONE) as s:
        for _ in range(3):
            talk = await s.paid()
            assert "**Asked:** `grace`" in talk.card
            await s.wait(hours=8, minutes=1)
            assert "**Asked:** nobody." in talk.card
        fourth = await s.paid()
        assert "**Asked:** nobody. No helper can be asked now" in fourth.card
        assert "has not answered when asked before" in fourth.card
        assert len(fourth.notices()) == len(fourth.notices("unclaimed")) == 1
        await fourth.says("grace", "/support claim")  # whoever acts is asked again
        fifth = await s.paid()
        assert "**Asked:** `grace`" in fifth.card
