from __future__ import annotations

import re

import pytest

from app.rehearsal.faults import Fault
from app.rehearsal.stage import house
from app.rehearsal.stage.acts import ACTS
from tests.rehearsal.stage.seat import THREAD, Page, Seat


async def pays(seat: Seat, choice: str) -> None:
    """Follow the pay link of the quick question, and do this at the checkout."""
    page = await seat.get()
    [link] = re.findall(r'href="(http[^"]+/pay/[^"]+plan=question)"', page.html)
    async with seat.browser.post(link) as checkout:
        assert "Checkout" in await checkout.text()
        at = checkout.url
    async with seat.browser.post(at, data={"choice": choice}) as back:
        assert back.status == 200
    await seat.world.settle()


def hints(page: Page) -> str:
    return page.text.partition("Try next ")[2].partition(" Assignees")[0]


async def test_a_story_is_played_by_buttons_alone_from_hint_to_hint(seat: Seat) -> None:
    assert "As carol: /support" in hints(await seat.get())
    assert "Follow a pay link" in hints(await seat.says("carol", "/support"))
    await pays(seat, "pay")
    assert hints(await seat.get()).startswith("ada is asked")
    page = await seat.says("ada", "Set the proxy.")
    assert "As ada: /support propose" in hints(page)
    assert page.url == f"{THREAD}?as=ada"
    assert "As carol: /support accept" in hints(await seat.says("ada", "/support propose"))
    assert "Move the clock" in hints(await seat.says("carol", "/support accept"))
    page = await seat.moves_clock("next")
    assert "It is done" in hints(page)
    assert "<h3>Done</h3>" in page.html
    assert "Owed to ada −$44.92 Owed to octo/widgets −$2.36" in page.text
    assert "Nothing is waited for." in page.text
    assert "Settlement" in page.text


async def test_the_bank_answers_when_it_is_told_to(seat: Seat) -> None:
    await seat.says("carol", "/support")
    await pays(seat, "pay_later")
    page = await seat.get()
    assert "with the bank" in page.text
    assert "let the bank answer" in hints(page)
    [session] = re.findall(r'name="session" value="([^"]+)"', page.html)
    form = {"session": session, "back": THREAD}
    page = await seat.post("/_stage/bank", answer="refuses", **form)
    assert "not paid" in page.text
    assert "money=failed" in page.html
    page = await seat.post("/_stage/bank", answer="pays", **form)
    assert "No bank debit of this checkout is under way." in page.text


async def test_helpers_who_do_not_react_are_passed_by_the_clock(seat: Seat) -> None:
    await seat.says("carol", "/support")
    await pays(seat, "pay")
    page = await seat.get()
    assert "Next: the next helper is asked, 25 Nov, 09:00." in page.text
    page = await seat.moves_clock("next")
    assert "25 Nov 2026, 09:00 UTC" in page.text
    assert hints(page).startswith("grace is asked")
    page = await seat.moves_clock("hour")
    assert "25 Nov 2026, 10:00 UTC" in page.text
    assert "nobody came: everything goes back to the customer, 26 Nov, 09:00." in page.text
    page = await seat.moves_clock("day")
    assert "26 Nov 2026, 10:00 UTC" in page.text
    assert "<h3>Refunded</h3>" in page.html
    assert hints(page).startswith("This one is over.")


async def test_each_button_of_a_thread_does_what_it_says(seat: Seat) -> None:
    async def press(act: str, by: str = "octo", **form: str) -> Page:
        return await seat.post(f"{THREAD}/{act}", by=by, **form)

    issue = seat.issue
    await press("label", label="bug")
    assert [label.name for label in issue.labels] == ["bug"]
    await press("unlabel", unlabel="bug")
    assert issue.labels == []
    await press("assign", assign="ada")
    assert [account.login for account in issue.assignees] == ["ada"]
    await press("unassign", unassign="ada")
    assert issue.assignees == []
    await press("close", comment="Done")
    assert (issue.state, issue.comments[-1].body) == ("closed", "Done")
    page = await press("reopen", comment="")
    assert (issue.state, len(issue.comments)) == ("open", 1)
    await press("comment", comment="  \r\n ")
    assert len(issue.comments) == 1
    assert f'name="delete" value="{issue.comments[0].id}"' in page.html
    page = await press("delete", delete=str(issue.comments[0].id))
    assert issue.comments == []
    assert "octo deleted a comment" in page.text
    assert set(ACTS) <= set(re.findall(rf'"{THREAD}/(\w+)"', page.html)) | {
        *("unlabel", "unassign", "reopen", "delete")
    }


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("completed", "closed this as completed"),
        ("not_planned", "closed this as not planned"),
        ("duplicate", "closed this as duplicate"),
        ("commit", "closed this as completed in "),
        ("pull_request", "closed this as completed in #2"),
        ("nonsense", "closed this as completed"),
    ],
)
async def test_an_issue_is_closed_in_each_way_that_there_is(
    seat: Seat, how: str, words: str
) -> None:
    page = await seat.post(f"{THREAD}/close", by="octo", comment="", how=how)
    assert seat.issue.state == "closed"
    assert words in " ".join(page.text.split())
    is_by_hand = how not in ("commit", "pull_request")
    assert (seat.issue.timeline[-1].closer is None) == is_by_hand


async def test_what_github_does_not_offer_somebody_is_said_once(seat: Seat) -> None:
    page = await seat.post(f"{THREAD}/label", by="carol", label="paid-support")
    assert "GitHub does not let carol do that: carol has read in octo/widgets" in page.text
    assert seat.issue.labels == []
    assert "does not let carol" not in (await seat.get()).text
    page = await seat.post(f"{THREAD}/assign", by="octo", assign="grace")
    assert "grace cannot be assigned before they have commented here" in page.text


async def test_a_fault_is_armed_and_told_when_it_came_about(seat: Seat) -> None:
    form = {"service": "OpenAI", "fault": "bad_gateway", "back": THREAD}
    page = await seat.post("/_stage/fault", **form)
    assert "OpenAI, next time: 502 Bad Gateway." in page.text
    assert "Armed: 502 Bad Gateway." in page.text
    page = await seat.says("carol", "/support")
    await seat.world.settle()
    page = await seat.get()
    assert "So far: 502 Bad Gateway (1)." in page.text
    assert "AI draft, not checked" in page.text
    assert "OpenAI asks the model for a draft 502" in page.text


async def test_only_what_can_fail_is_armed(seat: Seat) -> None:
    for service, fault in (
        ("GitHub", Fault.DUPLICATE),
        ("Stripe", Fault.REORDER),
        ("Stripe", Fault.ANSWER_LOST),
    ):
        await seat.post("/_stage/fault", service=service, fault=fault, back=THREAD)
        assert seat.world.faults.waiting == [fault]
        seat.world.faults.clear()
    page = await seat.post("/_stage/fault", service="OpenAI", fault="duplicate", back=THREAD)
    assert "OpenAI sends no webhooks." in page.text
    assert seat.world.faults.waiting == []


async def test_everything_said_and_heard_can_be_looked_into(seat: Seat) -> None:
    await seat.says("carol", "/support")
    page = await seat.get("/_stage/outside")
    said, _, told = page.text.partition("What it was told")
    assert "GitHub posts the card (offered, unpaid)" in said
    assert "### Support is on offer" in said
    assert re.search(r"POST /repositories/\d+/issues/1/comments → 201", said)
    assert "GitHub issue_comment.created 202" in told
    assert '"action": "created"' in told


async def test_the_pulse_changes_when_there_is_something_new(seat: Seat) -> None:
    before = await seat.get("/_stage/pulse")
    assert (await seat.get("/_stage/pulse")).html == before.html
    await seat.says("carol", "hello")
    after = await seat.get("/_stage/pulse")
    assert after.html != before.html
    assert f'data-pulse="{after.html}"' in (await seat.get()).html


async def test_a_button_leads_back_to_our_own_pages_alone(seat: Seat) -> None:
    for place in ("https://evil.example/", "//evil.example/", "/\\evil.example", "evil"):
        page = await seat.post("/_stage/clock", move="hour", back=place)
        assert (page.status, page.url) == (200, THREAD), place


async def test_a_button_does_not_wait_for_ever(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "SETTLE_SECONDS_MAX", 0.0)
    page = await seat.says("carol", "/support")
    assert "Mainstay is still at work; this page looks again by itself." in page.text


async def test_every_clock_that_runs_is_shown(seat: Seat) -> None:
    page = await seat.says("carol", "/support community")
    first, second = (
        "the time for volunteers is over, 25 Nov, 09:00.",
        "the unpaid offer ends, 8 Dec",
    )
    assert f"Next: {first}" in page.text
    assert f"Then: {second}" in page.text
    page = await seat.says("carol", "/support cancel")
    assert "Nothing is waited for." in page.text


async def test_a_clock_without_a_deadline_stands_still(seat: Seat) -> None:
    assert "disabled>Next deadline" in (await seat.get()).html
    page = await seat.moves_clock("next")
    assert "Nothing is waited for." in page.text
    assert "24 Nov 2026, 09:00 UTC" in page.text


async def test_nobody_but_the_cast_acts(seat: Seat) -> None:
    assert (await seat.says("mainstay[bot]", "hello")).status == 400
    assert (await seat.post(f"{THREAD}/comment", comment="hello")).status == 400
    wrong = await seat.post("/_stage/fault", service="GitHub", fault="flood", back=THREAD)
    assert wrong.status == 400
    assert (await seat.moves_clock("back")).status == 400
    assert (await seat.post(f"{THREAD}/lock", by="octo")).status == 404
    assert seat.issue.comments == []
